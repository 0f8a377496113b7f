//! Requests to join a private group, and the banned: people whom only its admins see.

use confab_domain::RuleError;
use confab_domain::may::{self, Action};
use confab_proto::http::{JoinRequest, OwnJoinRequest};
use confab_proto::{ConversationId, StreamId, Timestamp, UserId};

use super::{ATTEMPTS, Asked, Overseen, from_met, ids, may_act, met, unmoved, where_met};
use crate::channel::Sql;
use crate::decode::{self, count, own_columns, own_row, rules, rules_columns, user_columns};
use crate::dialect::{Arg, Columns, Dialect};
use crate::error::StoreError;
use crate::read::{Listed, UserRow};

/// Of one person that stand at once.
const MAX_REQUESTS: i64 = 100;

/// A row in any case: there may be no such conversation.
const ASKING: &str = concat!(
    met!(),
    ", (select count(*) from join_requests r where r.user_id = $2) as asked,
       exists (select 1 from join_requests r where r.user_id = $2 and r.stream_id = $1) as stands
       from (select 1 as one) h left join streams s on s.id = $1 and s.kind <> 'user'
       left join members m on m.stream_id = s.id and m.user_id = $2"
);

const ASK: &str = "insert into join_requests (stream_id, user_id, at)
    select $1, $2, $3 where not exists (
        select 1 from members m where m.stream_id = $1 and m.user_id = $2 and m.role <> 'banned')
    on conflict (stream_id, user_id) do nothing";

const WITHDRAW: &str = "delete from join_requests where stream_id = $1 and user_id = $2";

const REQUESTS_OF: &str = "select stream_id, at from join_requests where user_id = $1 order by stream_id limit 200";

/// Those of the banned are not shown, and whoever is in has no need of one.
const REQUESTS_FOR: &str = concat!(
    met!(),
    ", q.*",
    from_met!(),
    " left join (select ",
    user_columns!(),
    ", r.at from join_requests r join users u on u.id = r.user_id
          where r.stream_id = $1 and r.user_id > $3
              and not exists (select 1 from members x where x.stream_id = $1 and x.user_id = r.user_id)
          order by r.user_id limit $4) q on true",
    where_met!(),
    " order by q.user_id"
);

const ONE_REQUEST: &str = concat!(
    met!(),
    ", r.user_id as asked_by",
    from_met!(),
    " left join join_requests r on r.stream_id = s.id and r.user_id = $3",
    where_met!()
);

const HAS_ASKED: &str = "select user_id from join_requests where stream_id = $1 and user_id = $2";

const REFUSE: &str =
    concat!("delete from join_requests where stream_id = $1 and user_id = $5 and exists (select 1", unmoved!(), ")");

const BANS: &str = concat!(
    met!(),
    ", q.*",
    from_met!(),
    " left join (select ",
    user_columns!(),
    " from members x join users u on u.id = x.user_id
          where x.stream_id = $1 and x.role = 'banned' and x.user_id > $3 order by x.user_id limit $4) q on true",
    where_met!(),
    " order by q.user_id"
);

/// Without the row too many that tells whether there is one.
fn listed<T>(mut rows: Vec<T>, limit: usize, id: impl Fn(&T) -> UserId) -> Listed<T> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| id(row).to_string());
    Listed { rows, next }
}

impl<D: Dialect> Sql<D> {
    /// A page of people that the viewer oversees.
    async fn people(
        &self,
        sql: &'static str,
        [conversation, viewer]: [Arg<'static>; 2],
        limit: usize,
        after: Option<UserId>,
    ) -> Result<Result<Vec<D::Row>, RuleError>, StoreError> {
        let after = Arg::Id(after.map_or_else(uuid::Uuid::nil, UserId::uuid));
        let limit_and_one = Arg::Int(count(limit).saturating_add(1));
        let mut rows = self.0.rows(sql, &[conversation, viewer, after, limit_and_one]).await?;
        if let Err(refusal) = may_act(&rows, Action::Oversee)? {
            return Ok(Err(refusal));
        }
        // One row without a person, if there is nobody.
        if rows.first().map(|row| row.maybe_id("user_id")).transpose()?.flatten().is_none() {
            rows.clear();
        }
        Ok(Ok(rows))
    }

    pub(super) async fn write_request(
        &self,
        conversation: ConversationId,
        user: UserId,
        now: Timestamp,
    ) -> Result<Asked, StoreError> {
        let [id, person] = ids(conversation, user);
        let rows = self.0.rows(ASKING, &[id, person]).await?;
        let row = rows.first().ok_or_else(|| StoreError::Damaged("a question gave no row".to_owned()))?;
        let there = match row.maybe_text("kind")? {
            Some(_) => rules(row)?,
            None => None,
        };
        let role = own_row(row)?.map(|own| own.role);
        match &there {
            Some(rules) if may::read(rules, role) => {
                return Ok(if role.is_some() { Asked::Member } else { Asked::Public });
            }
            _ if row.flag("stands")? => return Ok(Asked::Stands { new: false }),
            _ if row.int("asked")? >= MAX_REQUESTS => return Ok(Asked::TooMany),
            _ => {}
        }
        let touched = self.0.write(&[(ASK, vec![id, person, Arg::Int(now.0)])]).await?;
        Ok(Asked::Stands { new: touched == [1] && there.is_some() && role.is_none() })
    }

    pub(super) async fn write_withdrawal(
        &self,
        conversation: ConversationId,
        user: UserId,
    ) -> Result<bool, StoreError> {
        Ok(self.0.write(&[(WITHDRAW, ids(conversation, user).to_vec())]).await? == [1])
    }

    pub(super) async fn read_requests_of(&self, user: UserId) -> Result<Vec<OwnJoinRequest>, StoreError> {
        let rows = self.0.rows(REQUESTS_OF, &[Arg::Id(user.uuid())]).await?;
        let request = |row: &D::Row| {
            let conversation_id = StreamId::from_uuid(row.id("stream_id")?).conversation();
            Ok(OwnJoinRequest { conversation_id, at: Timestamp(row.int("at")?) })
        };
        rows.iter().map(request).collect()
    }

    pub(super) async fn read_requests_for(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        limit: usize,
        after: Option<UserId>,
    ) -> Result<Result<Listed<JoinRequest>, RuleError>, StoreError> {
        let rows = match self.people(REQUESTS_FOR, ids(conversation, viewer), limit, after).await? {
            Ok(rows) => rows,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let request = |row: &D::Row| Ok(JoinRequest { user: decode::user(row)?, at: Timestamp(row.int("at")?) });
        let requests = rows.iter().map(request).collect::<Result<_, StoreError>>()?;
        Ok(Ok(listed(requests, limit, |request: &JoinRequest| request.user.id)))
    }

    pub(super) async fn write_refusal(
        &self,
        conversation: ConversationId,
        user: UserId,
        actor: UserId,
    ) -> Result<Overseen, StoreError> {
        let [id, actor] = ids(conversation, actor);
        let user = Arg::Id(user.uuid());
        for _ in 0..ATTEMPTS {
            let rows = self.0.rows(ONE_REQUEST, &[id, actor, user]).await?;
            let guards = match may_act(&rows, Action::Oversee)? {
                Ok(guards) => guards,
                Err(refusal) => return Ok(Overseen::Refused(refusal)),
            };
            if rows[0].maybe_id("asked_by")?.is_none() {
                return Ok(Overseen::Missing);
            }
            if self.0.write(&[(REFUSE, vec![id, actor, guards.rules, guards.own, user])]).await? == [1] {
                return Ok(Overseen::Done);
            }
        }
        Err(StoreError::timed_out())
    }

    pub(super) async fn read_has_asked(&self, conversation: ConversationId, user: UserId) -> Result<bool, StoreError> {
        Ok(!self.0.rows(HAS_ASKED, &ids(conversation, user)).await?.is_empty())
    }

    pub(super) async fn read_bans_of(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        limit: usize,
        after: Option<UserId>,
    ) -> Result<Result<Listed<UserRow>, RuleError>, StoreError> {
        let rows = match self.people(BANS, ids(conversation, viewer), limit, after).await? {
            Ok(rows) => rows,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let people = rows.iter().map(decode::user).collect::<Result<_, _>>()?;
        Ok(Ok(listed(people, limit, |user: &UserRow| user.id)))
    }
}
