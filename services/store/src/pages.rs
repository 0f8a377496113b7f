//! Pages of one conversation, each with the right checked in the statement that reads it, and what decisions need.

use confab_domain::{MemberRow, Placed, RequestHash, may};
use confab_proto::event_data::Role;
use confab_proto::http::Member;
use confab_proto::{ClientId, ConversationId, MessageNo, Position, Seq, StreamId, Timestamp, UserId};

use crate::channel::{Sql, event_page, events_after};
use crate::decode::{
    self, bound, count, event_columns, log_columns, log_head, own_columns, own_row, rules, rules_columns, user_columns,
};
use crate::dialect::{Arg, Columns, Dialect};
use crate::error::StoreError;
use crate::lists::escape_like;
use crate::port::ReadMark;
use crate::read::{Earlier, EventPage, KnownRules, Listed, MemberFilter};

/// The columns that say whether `viewer` may read, and the head: by the parameter, since by the column it would be looked up again for each row.
macro_rules! gate_columns {
    () => {
        concat!(
            log_columns!(),
            ", coalesce((select max(x.seq) from events x where x.stream_id = $1), 0) as head_seq, ",
            rules_columns!(),
            ", ",
            own_columns!()
        )
    };
}

/// The conversation `$1` as the user `$viewer` meets it.
macro_rules! gate {
    ($viewer:literal) => {
        concat!(
            " from log_head h join streams s on s.id = $1 and s.kind <> 'user'
              left join members m on m.stream_id = s.id and m.user_id = ",
            $viewer
        )
    };
}

pub(crate) use {gate, gate_columns};

const GATE: &str = concat!("select ", gate_columns!(), ", s.member_count", gate!("$2"));

/// With what is known of the person `$3`.
const KNOWN: &str = concat!(
    "select ",
    gate_columns!(),
    ", exists (select 1 from members w where w.stream_id = s.id and w.role = 'owner' and w.user_id <> $2) as other_owner,
       o.role as other_role, o.since_seq as other_since, o.guard_seq as other_guard",
    gate!("$2"),
    " left join members o on o.stream_id = s.id and o.user_id = $3"
);

const EVENTS_FOR: &str = concat!(
    "select ",
    gate_columns!(),
    ", ",
    event_columns!(),
    gate!("$5"),
    " left join ",
    events_after!(),
    " on true order by e.seq"
);

const MEMBERS: &str = concat!(
    "select ",
    gate_columns!(),
    ", o.*",
    gate!("$2"),
    " left join (select ",
    user_columns!(),
    ", x.role
          from members x join users u on u.id = x.user_id
          where x.stream_id = $1 and x.role <> 'banned' and ($6 = '' or x.role = $6) and x.user_id > $3
              and (u.username like $5 escape '\\' or u.display_key like $5 escape '\\'
                  or u.display_key like '% ' || $5 escape '\\')
          order by x.user_id limit $4) o on true
      order by o.user_id"
);

const EARLIER: &str = "select seq, position, message_no, at, request_hash from events
    where stream_id = $1 and actor_id = $2 and client_id = $3";

const MARK_READ: &str = "insert into read_marks (stream_id, user_id, seq)
    select m.stream_id, m.user_id, $3 from members m where m.stream_id = $1 and m.user_id = $2 and m.role <> 'banned'
    on conflict (stream_id, user_id) do update set seq = excluded.seq where excluded.seq > read_marks.seq";

/// The rows, unless the conversation is not there or not the viewer's to read.
pub(crate) fn gated<R: Columns>(rows: Vec<R>) -> Result<Option<Vec<R>>, StoreError> {
    let Some(row) = rows.first() else { return Ok(None) };
    let Some(rules) = rules(row)? else { return Ok(None) };
    let role = own_row(row)?.map(|own| own.role);
    Ok(may::read(&rules, role).then_some(rows))
}

impl<D: Dialect> Sql<D> {
    pub(crate) async fn read_earlier(
        &self,
        stream: StreamId,
        actor: UserId,
        client_id: ClientId,
    ) -> Result<Option<Earlier>, StoreError> {
        let args = [Arg::Id(stream.uuid()), Arg::Id(actor.uuid()), Arg::Id(client_id.uuid())];
        let rows = self.0.rows(EARLIER, &args).await?;
        rows.first().map(earlier).transpose()
    }

    pub(crate) async fn read_known_rules(
        &self,
        conversation: ConversationId,
        user: UserId,
    ) -> Result<Option<KnownRules>, StoreError> {
        Ok(self.read_known_about(conversation, user, user).await?.map(|(known, _)| known))
    }

    /// And the row of somebody else.
    pub(crate) async fn read_known_about(
        &self,
        conversation: ConversationId,
        user: UserId,
        other: UserId,
    ) -> Result<Option<(KnownRules, Option<MemberRow>)>, StoreError> {
        let args = [Arg::Id(conversation.uuid()), Arg::Id(user.uuid()), Arg::Id(other.uuid())];
        let rows = self.0.rows(KNOWN, &args).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let Some(rules) = rules(row)? else { return Ok(None) };
        let (epoch, other_owner) = (log_head(row)?.epoch, row.flag("other_owner")?);
        Ok(Some((KnownRules { epoch, rules, own: own_row(row)?, other_owner }, decode::other_row(row)?)))
    }

    pub(crate) async fn read_members(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        filter: MemberFilter<'_>,
        limit: usize,
        after: Option<UserId>,
    ) -> Result<Option<Listed<Member>>, StoreError> {
        // A text that no row can hold begins no name, as a line feed does not.
        let begins = escape_like(filter.query).map_or_else(|| "\n".to_owned(), |begin| begin + "%");
        let after = after.map_or_else(uuid::Uuid::nil, UserId::uuid);
        let limit_and_one = Arg::Int(count(limit).saturating_add(1));
        let args = [
            Arg::Id(conversation.uuid()),
            Arg::Id(viewer.uuid()),
            Arg::Id(after),
            limit_and_one,
            Arg::Text(&begins),
            Arg::Text(filter.role.map_or("", Role::as_str)),
        ];
        let Some(rows) = gated(self.0.rows(MEMBERS, &args).await?)? else { return Ok(None) };
        let mut members = Vec::new();
        for row in &rows {
            if row.maybe_id("user_id")?.is_some() {
                members.push(Member { user: decode::user(row)?, role: decode::role(&row.text("role")?)? });
            }
        }
        let more = members.len() > limit;
        members.truncate(limit);
        let next = members.last().filter(|_| more).map(|member| member.user.id.to_string());
        Ok(Some(Listed { rows: members, next }))
    }

    pub(crate) async fn read_events_for(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        after: Seq,
        limit: usize,
        max_bytes: usize,
    ) -> Result<Option<EventPage>, StoreError> {
        let args = [
            Arg::Id(conversation.uuid()),
            Arg::Int(bound(after.0)),
            Arg::Int(count(limit)),
            Arg::Int(count(max_bytes)),
            Arg::Id(viewer.uuid()),
        ];
        let Some(rows) = gated(self.0.rows(EVENTS_FOR, &args).await?)? else { return Ok(None) };
        event_page(&rows).map(Some)
    }

    pub(crate) async fn write_read_mark(
        &self,
        conversation: ConversationId,
        user: UserId,
        seq: Seq,
    ) -> Result<ReadMark, StoreError> {
        let args = vec![Arg::Id(conversation.uuid()), Arg::Id(user.uuid()), Arg::Int(bound(seq.0))];
        let Some(rows) = gated(self.0.rows(GATE, &args[..2]).await?)? else { return Ok(ReadMark::NotThere) };
        if own_row(&rows[0])?.is_none() {
            return Ok(ReadMark::NotAMember);
        }
        // The head only grows, so this no and this yes still hold when the mark is written.
        if Seq::from_i64(rows[0].int("head_seq")?) < seq {
            return Ok(ReadMark::AboveHead);
        }
        let touched = self.0.write(&[(MARK_READ, args)]).await?;
        if touched.first().is_none_or(|rows| *rows == 0) {
            return Ok(ReadMark::Done);
        }
        Ok(ReadMark::Moved(rows[0].int("member_count")?.cast_unsigned()))
    }
}

fn earlier(row: &impl Columns) -> Result<Earlier, StoreError> {
    let hash = row.maybe_bytes("request_hash")?;
    let request_hash = hash
        .map(|bytes| <[u8; 16]>::try_from(bytes).map(RequestHash))
        .transpose()
        .map_err(|_| StoreError::Damaged("a request hash has not 16 bytes".to_owned()))?;
    Ok(Earlier { placed: placed(row)?, request_hash })
}

pub(crate) fn placed(row: &impl Columns) -> Result<Placed, StoreError> {
    let seq = Seq::from_i64(row.int("seq")?);
    let position = Position::from_i64(row.int("position")?);
    let message_no = MessageNo::from_i64(row.int("message_no")?);
    Ok(Placed { seq, position, message_no, at: Timestamp(row.int("at")?) })
}
