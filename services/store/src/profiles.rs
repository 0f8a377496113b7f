//! What people say of themselves, and the deletion of accounts.
//!
//! An account goes in two steps: at once nobody can sign in with it and nothing in its row tells who it was; then, however
//! long that takes and whoever does it, it leaves its groups and takes its messages back, if that was wished.

use async_trait::async_trait;
use confab_domain::departure::OwnMessage;
use confab_proto::http::MessagesLeft;
use confab_proto::{ConversationId, EventType, Seq, Timestamp, UserId};

use crate::channel::Sql;
use crate::decode::count;
use crate::dialect::{Arg, Columns, Dialect};
use crate::error::StoreError;
use crate::files::DROP_OTHER_PICTURES;
use crate::lists::fold;
use crate::pushes::DROP_OF_DELETED;

/// What a deleted account is called.
const NOBODY: &str = "Deleted user";

/// What the API does with profiles.
#[async_trait]
pub trait Profiles: Send + Sync + 'static {
    /// Changes what is given.
    async fn set_profile(
        &self,
        user: UserId,
        display_name: Option<&str>,
        status_text: Option<&str>,
    ) -> Result<(), StoreError>;

    /// Some of the conversations in which others see this person, at most `limit`.
    async fn seen_in(&self, user: UserId, limit: usize) -> Result<Vec<ConversationId>, StoreError>;

    /// Names of groups with other people in them that nobody but this person owns.
    async fn owned_alone(&self, user: UserId) -> Result<Vec<String>, StoreError>;

    /// Ends the account if it still has this password hash; `false`: it has another, or is gone. Its sessions stay.
    async fn delete_account(
        &self,
        user: UserId,
        password_hash: &str,
        messages: MessagesLeft,
    ) -> Result<bool, StoreError>;

    /// Somebody whose account is gone and who has not left everywhere.
    async fn next_leaving(&self) -> Result<Option<(UserId, MessagesLeft)>, StoreError>;

    /// Messages of a conversation by this person that were not taken back, in any order.
    async fn messages_by(
        &self,
        conversation: ConversationId,
        user: UserId,
        limit: usize,
    ) -> Result<Vec<OwnMessage>, StoreError>;

    /// Nothing is left to do.
    async fn has_left(&self, user: UserId) -> Result<(), StoreError>;
}

const SET_NAME: &str = "update users set display_name = $2, display_key = $3 where id = $1 and deleted_at is null";
const SET_STATUS: &str = "update users set status_text = $2 where id = $1 and deleted_at is null";

const SEEN_IN: &str = "select m.stream_id from members m cross join streams s
    where m.user_id = $1 and m.role <> 'banned' and s.id = m.stream_id and s.kind <> 'user' limit $2";

const OWNED_ALONE: &str = "select s.name from members m cross join streams s
    where m.user_id = $1 and m.role = 'owner' and s.id = m.stream_id and s.kind = 'group' and s.member_count > 1
        and not exists (select 1 from members o where o.stream_id = s.id and o.role = 'owner' and o.user_id <> $1)
    order by s.name_key, s.id limit 20";

const DROP_CREDENTIALS: &str = "delete from credentials where user_id = $1 and password_hash = $2";
const FORGET: &str = "update users set username = $2, display_name = $3, display_key = $4, status_text = '',
        avatar_id = null, deleted_at = $5, leaving = $6
    where id = $1 and deleted_at is null and not exists (select 1 from credentials c where c.user_id = $1)";
const DROP_REQUESTS: &str = "delete from join_requests where user_id = $1
    and exists (select 1 from users u where u.id = $1 and u.deleted_at is not null)";

const DROP_PREFERENCES: &str = "delete from preferences where user_id = $1
    and exists (select 1 from users u where u.id = $1 and u.deleted_at is not null)";
const DROP_FOLLOWS: &str = "delete from thread_follows where user_id = $1
    and exists (select 1 from users u where u.id = $1 and u.deleted_at is not null)";

const NEXT_LEAVING: &str = "select id, leaving from users where leaving is not null order by id limit 1";
const HAS_LEFT: &str = "update users set leaving = null where id = $1";

/// Whatever somebody says is the first event of its command, so it is found by the key of commands.
const MESSAGES_BY: &str = "select e.seq, e.type, e.target_seq from events e
    where e.stream_id = $1 and e.actor_id = $2 and e.client_id is not null and e.redacted_at is null
        and e.type in ('message.posted', 'message.replied') limit $3";

fn word(messages: MessagesLeft) -> &'static str {
    match messages {
        MessagesLeft::Keep => "keep",
        MessagesLeft::Delete => "delete",
    }
}

#[async_trait]
impl<D: Dialect> Profiles for Sql<D> {
    async fn set_profile(
        &self,
        user: UserId,
        display_name: Option<&str>,
        status_text: Option<&str>,
    ) -> Result<(), StoreError> {
        let id = Arg::Id(user.uuid());
        let key = display_name.map(fold);
        let mut statements = Vec::new();
        if let (Some(name), Some(key)) = (display_name, &key) {
            statements.push((SET_NAME, vec![id, Arg::Text(name), Arg::Text(key)]));
        }
        if let Some(text) = status_text {
            statements.push((SET_STATUS, vec![id, Arg::Text(text)]));
        }
        if statements.is_empty() {
            return Ok(());
        }
        self.0.write(&statements).await.map(drop)
    }

    async fn seen_in(&self, user: UserId, limit: usize) -> Result<Vec<ConversationId>, StoreError> {
        let rows = self.0.rows(SEEN_IN, &[Arg::Id(user.uuid()), Arg::Int(count(limit))]).await?;
        rows.iter().map(|row| Ok(ConversationId::from_uuid(row.id("stream_id")?))).collect()
    }

    async fn owned_alone(&self, user: UserId) -> Result<Vec<String>, StoreError> {
        let rows = self.0.rows(OWNED_ALONE, &[Arg::Id(user.uuid())]).await?;
        rows.iter().map(|row| Ok(row.maybe_text("name")?.unwrap_or_default())).collect()
    }

    async fn delete_account(
        &self,
        user: UserId,
        password_hash: &str,
        messages: MessagesLeft,
    ) -> Result<bool, StoreError> {
        let id = Arg::Id(user.uuid());
        let (username, key) = (format!("deleted-{user}"), fold(NOBODY));
        let now = Arg::Int(Timestamp::now().0);
        let forget = vec![id, Arg::Text(&username), Arg::Text(NOBODY), Arg::Text(&key), now, Arg::Text(word(messages))];
        let mut statements = vec![(DROP_CREDENTIALS, vec![id, Arg::Text(password_hash)]), (FORGET, forget)];
        statements.extend(
            [DROP_REQUESTS, DROP_PREFERENCES, DROP_FOLLOWS, DROP_OF_DELETED, DROP_OTHER_PICTURES]
                .map(|sql| (sql, vec![id])),
        );
        let touched = self.0.write(&statements).await?;
        Ok(touched[1] == 1)
    }

    async fn next_leaving(&self) -> Result<Option<(UserId, MessagesLeft)>, StoreError> {
        let rows = self.0.rows(NEXT_LEAVING, &[]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let messages = match row.text("leaving")?.as_str() {
            "keep" => MessagesLeft::Keep,
            "delete" => MessagesLeft::Delete,
            other => return Err(StoreError::Damaged(format!("unknown way of leaving {other:?}"))),
        };
        Ok(Some((UserId::from_uuid(row.id("id")?), messages)))
    }

    async fn messages_by(
        &self,
        conversation: ConversationId,
        user: UserId,
        limit: usize,
    ) -> Result<Vec<OwnMessage>, StoreError> {
        let args = [Arg::Id(conversation.uuid()), Arg::Id(user.uuid()), Arg::Int(count(limit))];
        let rows = self.0.rows(MESSAGES_BY, &args).await?;
        let read = |row: &D::Row| {
            let is_reply = row.text("type")? == EventType::MessageReplied.as_str();
            let thread_seq = row.maybe_int("target_seq")?.filter(|_| is_reply).map(Seq::from_i64);
            Ok(OwnMessage { seq: Seq::from_i64(row.int("seq")?), thread_seq })
        };
        rows.iter().map(read).collect()
    }

    async fn has_left(&self, user: UserId) -> Result<(), StoreError> {
        self.0.write(&[(HAS_LEFT, vec![Arg::Id(user.uuid())])]).await.map(drop)
    }
}
