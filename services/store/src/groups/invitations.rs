//! Links that let people into a group. The token in them is stored nowhere, its hash is.

use confab_domain::RuleError;
use confab_domain::may::Action;
use confab_proto::event_data::Role;
use confab_proto::http::Invitation;
use confab_proto::{ConversationId, InvitationId, Timestamp, UserId};

use super::{ATTEMPTS, InvitedRow, NewInvitation, Overseen, from_met, ids, may_act, met, unmoved, where_met};
use crate::channel::Sql;
use crate::decode::{own_columns, own_row, rules, rules_columns};
use crate::dialect::{Arg, Columns, Dialect};
use crate::error::StoreError;
use crate::read::TokenHash;

/// Of one group that let somebody in at once.
const MAX_INVITATIONS: i64 = 100;

/// Of an invitation `i`: it lets somebody in at `$3`.
macro_rules! usable {
    () => {
        "i.revoked_at is null and (i.max_uses is null or i.uses < i.max_uses)
            and (i.expires_at is null or i.expires_at > $3)"
    };
}

macro_rules! invitation_columns {
    () => {
        "i.id as invitation_id, i.created_by, i.created_at, i.expires_at, i.max_uses, i.uses, i.revoked_at"
    };
}

const INVITING: &str = concat!(
    met!(),
    ", (select count(*) from invitations i where i.stream_id = $1 and ",
    usable!(),
    ") as usable",
    from_met!(),
    where_met!()
);

const ADD_INVITATION: &str = concat!(
    "insert into invitations (id, stream_id, token_hash, created_by, created_at, expires_at, max_uses)
     select $5, s.id, $6, m.user_id, $7, $8, $9",
    unmoved!()
);

const INVITATIONS: &str = concat!(
    met!(),
    ", ",
    invitation_columns!(),
    from_met!(),
    " left join invitations i on i.stream_id = s.id and ",
    usable!(),
    where_met!(),
    " order by i.id desc limit 200"
);

const ONE_INVITATION: &str = concat!(
    met!(),
    ", ",
    invitation_columns!(),
    from_met!(),
    " left join invitations i on i.stream_id = s.id and i.id = $3",
    where_met!()
);

const REVOKE: &str = concat!(
    "update invitations set revoked_at = $6 where id = $5 and stream_id = $1 and revoked_at is null and exists (select 1",
    unmoved!(),
    ")"
);

const INVITED_TO: &str = concat!(
    met!(),
    ", s.member_count, i.id as invitation_id",
    " from invitations i join streams s on s.id = i.stream_id
      left join members m on m.stream_id = s.id and m.user_id = $2
      where i.token_hash = $1 and ",
    usable!()
);

fn invitation(row: &impl Columns) -> Result<Option<Invitation>, StoreError> {
    let Some(id) = row.maybe_id("invitation_id")? else { return Ok(None) };
    let max_uses = row.maybe_int("max_uses")?.map(u32::try_from).transpose();
    Ok(Some(Invitation {
        id: InvitationId::from_uuid(id),
        created_by: UserId::from_uuid(row.id("created_by")?),
        created_at: Timestamp(row.int("created_at")?),
        expires_at: row.maybe_int("expires_at")?.map(Timestamp),
        max_uses: max_uses.map_err(|_| StoreError::Damaged("an invitation for too many".to_owned()))?,
        uses: row.int("uses")?.cast_unsigned(),
    }))
}

impl<D: Dialect> Sql<D> {
    pub(super) async fn write_invitation(&self, new: &NewInvitation) -> Result<Overseen, StoreError> {
        let [id, actor] = ids(new.conversation, new.created_by);
        let created_at = Arg::Int(new.created_at.0);
        for _ in 0..ATTEMPTS {
            let rows = self.0.rows(INVITING, &[id, actor, created_at]).await?;
            let guards = match may_act(&rows, Action::Invite)? {
                Ok(guards) => guards,
                Err(refusal) => return Ok(Overseen::Refused(refusal)),
            };
            if rows[0].int("usable")? >= MAX_INVITATIONS {
                return Ok(Overseen::TooMany);
            }
            let (expires_at, max_uses) = (new.expires_at.map(|at| at.0), new.max_uses.map(i64::from));
            let args = vec![
                id,
                actor,
                guards.rules,
                guards.own,
                Arg::Id(new.id.uuid()),
                Arg::Bytes(&new.token),
                created_at,
                Arg::MaybeInt(expires_at),
                Arg::MaybeInt(max_uses),
            ];
            if self.0.write(&[(ADD_INVITATION, args)]).await? == [1] {
                return Ok(Overseen::Done);
            }
        }
        Err(StoreError::timed_out())
    }

    pub(super) async fn read_invitations_of(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        now: Timestamp,
    ) -> Result<Result<Vec<Invitation>, RuleError>, StoreError> {
        let [id, viewer] = ids(conversation, viewer);
        let rows = self.0.rows(INVITATIONS, &[id, viewer, Arg::Int(now.0)]).await?;
        match may_act(&rows, Action::Oversee)? {
            Ok(_) => rows.iter().filter_map(|row| invitation(row).transpose()).collect::<Result<_, _>>().map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    pub(super) async fn write_revoked_invitation(
        &self,
        conversation: ConversationId,
        invitation: InvitationId,
        actor: UserId,
        now: Timestamp,
    ) -> Result<Overseen, StoreError> {
        let [id, actor] = ids(conversation, actor);
        let invitation = Arg::Id(invitation.uuid());
        for _ in 0..ATTEMPTS {
            let rows = self.0.rows(ONE_INVITATION, &[id, actor, invitation]).await?;
            let guards = match may_act(&rows, Action::Oversee)? {
                Ok(guards) => guards,
                Err(refusal) => return Ok(Overseen::Refused(refusal)),
            };
            if rows[0].maybe_id("invitation_id")?.is_none() {
                return Ok(Overseen::Missing);
            }
            if rows[0].maybe_int("revoked_at")?.is_some() {
                return Ok(Overseen::Done);
            }
            let args = vec![id, actor, guards.rules, guards.own, invitation, Arg::Int(now.0)];
            if self.0.write(&[(REVOKE, args)]).await? == [1] {
                return Ok(Overseen::Done);
            }
        }
        Err(StoreError::timed_out())
    }

    pub(super) async fn read_invited_to(
        &self,
        token: &TokenHash,
        viewer: UserId,
        now: Timestamp,
    ) -> Result<Option<InvitedRow>, StoreError> {
        let args = [Arg::Bytes(token), Arg::Id(viewer.uuid()), Arg::Int(now.0)];
        let rows = self.0.rows(INVITED_TO, &args).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let Some(rules) = rules(row)? else { return Ok(None) };
        let role = own_row(row)?.map(|own| own.role);
        let invitation = InvitationId::from_uuid(row.id("invitation_id")?);
        let member_count = row.int("member_count")?.cast_unsigned();
        Ok((role != Some(Role::Banned)).then_some(InvitedRow { invitation, rules, role, member_count }))
    }
}
