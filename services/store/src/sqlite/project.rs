//! The rows that a command projects, inside its transaction. In Postgres this is `confab_project`.

use confab_domain::{Placed, Row};
use confab_proto::event_data::Role;
use confab_proto::{StreamId, Timestamp, UserId};
use sqlx::SqliteConnection;

use crate::dialect::{Arg, bind_all};
use crate::error::StoreError;
use crate::lists::fold;

const NEW_STREAM: &str = "insert into streams (id, kind, guard_seq, name, name_key, visibility, created_at)
    values ($1, $2, $3, $4, $5, $6, $7)";
const CHANGE_SETTINGS: &str = "update streams set guard_seq = $2, name = $3, name_key = $4, topic = $5,
        visibility = $6, posting = $7, slow_mode_seconds = $8,
        archived_at = case when $9 then coalesce(archived_at, $10) end
    where id = $1";
/// Before the row changes: what the change makes of the number of members.
const COUNT_MEMBER: &str = "update streams set member_count = member_count + $3 - exists (
        select 1 from members where stream_id = $1 and user_id = $2 and role <> 'banned')
    where id = $1";
const ADD_MEMBER: &str =
    "insert into members (stream_id, user_id, role, since_seq, guard_seq) values ($1, $2, $3, $4, $4)
    on conflict (stream_id, user_id) do update
    set role = excluded.role, since_seq = excluded.since_seq, guard_seq = excluded.guard_seq";
const FORGET_REQUEST: &str = "delete from join_requests where stream_id = $1 and user_id = $2";
const CHANGE_ROLE: &str = "update members set role = $3, guard_seq = $4 where stream_id = $1 and user_id = $2";
const DROP_MEMBER: &str = "delete from members where stream_id = $1 and user_id = $2";
const END_SESSION: &str = "delete from sessions where id = $1";
const BLANK: &str = "update events set data = '{}', request_hash = null, redacted_at = $3
    where stream_id = $1 and redacted_at is null and seq in (
        select $2
        union all
        select x.seq from events x where x.stream_id = $1 and x.target_seq = $2 and x.type <> 'message.replied'
            and x.type = 'message.edited')";
const USE_INVITATION: &str = "update invitations set uses = uses + 1 where id = $1";
/// Of what a message gives up, that which no other one has.
const DROP_FILES: &str = "update files set state = 'dropped'
    where id in (select x.file_id from file_uses x where x.stream_id = $1 and x.seq = $2)
        and not exists (select 1 from file_uses x where x.file_id = files.id and (x.stream_id, x.seq) <> ($1, $2))";
const DROP_USES: &str = "delete from file_uses where stream_id = $1 and seq = $2";
const TAKE_FILE: &str = "update files set state = 'used' where id = $1 and state = 'unused'";
const USE_FILE: &str = "insert into file_uses (file_id, stream_id, seq) values ($1, $2, $3)";

/// `placed` is where the command's events stand.
pub(super) async fn project(
    connection: &mut SqliteConnection,
    row: &Row,
    placed: &[Placed],
    at: Timestamp,
) -> Result<(), StoreError> {
    let mut sql = Statements(connection);
    let seq = |event: usize| Arg::Int(placed[event].seq.as_i64());
    let id = |stream: StreamId| Arg::Id(stream.uuid());
    let person = |user: UserId| Arg::Id(user.uuid());
    match row {
        Row::NewConversation { stream, kind, name, visibility, event } => {
            let key = name.as_deref().map(fold);
            let (name, key) = (Arg::MaybeText(name.as_deref()), Arg::MaybeText(key.as_deref()));
            let visibility = Arg::Text(visibility.as_str());
            let args = [id(*stream), Arg::Text(kind.as_str()), seq(*event), name, key, visibility, Arg::Int(at.0)];
            sql.run(NEW_STREAM, &args).await
        }
        Row::ChangeSettings { rules, event } => {
            let key = rules.name.as_deref().map(fold);
            let args = [
                id(rules.stream),
                seq(*event),
                Arg::MaybeText(rules.name.as_deref()),
                Arg::MaybeText(key.as_deref()),
                Arg::Text(&rules.topic),
                Arg::Text(rules.visibility.as_str()),
                Arg::Text(rules.posting.as_str()),
                Arg::Int(i64::from(rules.slow_mode_seconds)),
                Arg::Int(i64::from(rules.archived)),
                Arg::Int(at.0),
            ];
            sql.run(CHANGE_SETTINGS, &args).await
        }
        Row::AddMember { stream, user, role, event } => {
            let is_counted = Arg::Int(i64::from(*role != Role::Banned));
            sql.run(COUNT_MEMBER, &[id(*stream), person(*user), is_counted]).await?;
            sql.run(ADD_MEMBER, &[id(*stream), person(*user), Arg::Text(role.as_str()), seq(*event)]).await?;
            sql.run(FORGET_REQUEST, &[id(*stream), person(*user)]).await
        }
        Row::ChangeRole { stream, user, role, event } => {
            sql.run(CHANGE_ROLE, &[id(*stream), person(*user), Arg::Text(role.as_str()), seq(*event)]).await
        }
        Row::DropMember { stream, user } => {
            sql.run(COUNT_MEMBER, &[id(*stream), person(*user), Arg::Int(0)]).await?;
            sql.run(DROP_MEMBER, &[id(*stream), person(*user)]).await
        }
        Row::EndSession { session } => sql.run(END_SESSION, &[Arg::Id(session.uuid())]).await,
        Row::Blank { stream, target } => {
            let target = Arg::Int(target.as_i64());
            sql.run(BLANK, &[id(*stream), target, Arg::Int(at.0)]).await?;
            sql.run(DROP_FILES, &[id(*stream), target]).await?;
            sql.run(DROP_USES, &[id(*stream), target]).await
        }
        Row::UseInvitation { invitation } => sql.run(USE_INVITATION, &[Arg::Id(invitation.uuid())]).await,
        Row::UseFile { file, stream, event } => {
            sql.run(TAKE_FILE, &[Arg::Id(file.uuid())]).await?;
            sql.run(USE_FILE, &[Arg::Id(file.uuid()), id(*stream), seq(*event)]).await
        }
    }
}

struct Statements<'c>(&'c mut SqliteConnection);

impl Statements<'_> {
    async fn run(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<(), StoreError> {
        bind_all!(sqlx::query(sql), args).execute(&mut *self.0).await?;
        Ok(())
    }
}
