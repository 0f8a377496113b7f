//! People, how they sign in, and the port's write half over a dialect.

use std::time::Duration;

use async_trait::async_trait;
use confab_domain::Append;
use confab_proto::http::Member;
use confab_proto::{ClientId, ConversationId, Seq, SessionId, StreamId, Timestamp, UserId};
use uuid::Uuid;

use crate::channel::Sql;
use crate::decode::{self, count, user_columns};
use crate::dialect::{Arg, Columns, Dialect, Statement};
use crate::error::{Constraint, StoreError};
use crate::lists::{escape_like, fold};
use crate::port::{Appender, NewSession, NewUser, Outcome, ReadMark, Reader, SignUpOutcome, Store};
use crate::rates::{Rate, RateKey};
use crate::read::{
    ConversationRow, Credentials, Earlier, EventPage, HistoryPage, KnownRules, Listed, LogHead, MemberFilter,
    MessageWindow, SessionRow, TokenHash, UserRow,
};
use crate::sessions::new_session;

const NEW_USER: &str =
    "insert into users (id, username, display_name, display_key, created_at) values ($1, $2, $3, $4, $5)";
const NEW_CREDENTIALS: &str = "insert into credentials (user_id, password_hash) values ($1, $2)";
const SET_PASSWORD: &str = "update credentials set password_hash = $2 where user_id = $1";
const REPLACE_PASSWORD: &str = "update credentials set password_hash = $2 where user_id = $1 and password_hash = $3";
const NEW_USER_STREAM: &str =
    "insert into streams (id, kind, guard_seq, visibility, created_at) values ($1, 'user', 0, 'private', $2)";

const CREDENTIALS: &str = concat!(
    "select ",
    user_columns!(),
    ", c.password_hash
    from users u join credentials c on c.user_id = u.id where u.username = $1"
);
const FIND_USERS: &str = concat!(
    "select ",
    user_columns!(),
    " from users u
    where u.deleted_at is null and (u.username like $1 escape '\\' or u.display_key like $1 escape '\\'
        or u.display_key like '% ' || $1 escape '\\')
    order by u.username limit $2"
);

const COUNT_USERS: &str = "select count(*) as people from users where deleted_at is null";

const NEW_EPOCH: &str = "update store set epoch = $1";

const USERNAME_TAKEN: Constraint = Constraint { name: "users_username_key", column: "users.username" };

impl<D: Dialect> Sql<D> {
    /// The account, its own stream and, for somebody who signs up, the first session.
    async fn write_user(&self, user: &NewUser, session: Option<Statement<'_>>) -> Result<SignUpOutcome, StoreError> {
        let NewUser { user: UserRow { id, username, display_name, .. }, password_hash } = user;
        let (id, now) = (Arg::Id(id.uuid()), Arg::Int(Timestamp::now().0));
        let display_key = fold(display_name);
        let mut statements = vec![
            (NEW_USER, vec![id, Arg::Text(username), Arg::Text(display_name), Arg::Text(&display_key), now]),
            (NEW_CREDENTIALS, vec![id, Arg::Text(password_hash)]),
            (NEW_USER_STREAM, vec![id, now]),
        ];
        statements.extend(session);
        match self.0.write(&statements).await {
            Ok(_) => Ok(SignUpOutcome::Created),
            Err(error) if error.breaks(&USERNAME_TAKEN) => Ok(SignUpOutcome::UsernameTaken),
            Err(error) => Err(error),
        }
    }
}

/// The port's terms for a batch. Two commands of one identity would need each other's outcome.
fn check_batch(batch: &[Append]) -> Result<(), StoreError> {
    let mut identities: Vec<_> = batch.iter().map(|c| (c.first_stream(), c.actor, c.client_id.uuid())).collect();
    identities.sort_unstable();
    if identities.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(StoreError::misused("the same command stands twice in one batch"));
    }
    if batch.len() > 256 || !batch.iter().all(Append::is_plain) {
        return Err(StoreError::misused("a batch has at most 256 plain commands"));
    }
    Ok(())
}

#[async_trait]
impl<D: Dialect> Appender for Sql<D> {
    async fn append_plain(&self, batch: &[Append]) -> Result<Vec<Outcome>, StoreError> {
        check_batch(batch)?;
        if batch.is_empty() { Ok(Vec::new()) } else { self.0.append_plain(batch).await }
    }

    async fn append_rule(&self, command: &Append) -> Result<Outcome, StoreError> {
        self.0.append_rule(command).await
    }
}

#[async_trait]
impl<D: Dialect> Store for Sql<D> {
    async fn earlier(
        &self,
        stream: StreamId,
        actor: UserId,
        client_id: ClientId,
    ) -> Result<Option<Earlier>, StoreError> {
        self.read_earlier(stream, actor, client_id).await
    }

    async fn known_rules(&self, conversation: ConversationId, user: UserId) -> Result<Option<KnownRules>, StoreError> {
        self.read_known_rules(conversation, user).await
    }

    async fn conversation(
        &self,
        conversation: ConversationId,
        viewer: UserId,
    ) -> Result<Option<ConversationRow>, StoreError> {
        self.read_conversation(conversation, viewer).await
    }

    async fn conversations_of(
        &self,
        viewer: UserId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Option<Listed<ConversationRow>>, StoreError> {
        self.read_conversations_of(viewer, limit, cursor).await
    }

    async fn public_groups(
        &self,
        viewer: UserId,
        query: &str,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Option<Listed<ConversationRow>>, StoreError> {
        self.read_public_groups(viewer, query, limit, cursor).await
    }

    async fn members(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        filter: MemberFilter<'_>,
        limit: usize,
        after: Option<UserId>,
    ) -> Result<Option<Listed<Member>>, StoreError> {
        self.read_members(conversation, viewer, filter, limit, after).await
    }

    async fn history(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        window: MessageWindow,
        limit: usize,
    ) -> Result<Option<HistoryPage>, StoreError> {
        self.read_history(conversation, viewer, window, limit).await
    }

    async fn events_for(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        after: Seq,
        limit: usize,
        max_bytes: usize,
    ) -> Result<Option<EventPage>, StoreError> {
        self.read_events_for(conversation, viewer, after, limit, max_bytes).await
    }

    async fn mark_read(&self, conversation: ConversationId, user: UserId, seq: Seq) -> Result<ReadMark, StoreError> {
        self.write_read_mark(conversation, user, seq).await
    }

    async fn sign_up(&self, user: &NewUser, session: &NewSession) -> Result<SignUpOutcome, StoreError> {
        self.write_user(user, Some(new_session(session))).await
    }

    async fn add_session(&self, session: &NewSession, password_hash: &str) -> Result<bool, StoreError> {
        self.write_session(session, password_hash).await
    }

    async fn session_row(&self, token: &TokenHash) -> Result<Option<SessionRow>, StoreError> {
        self.read_session_row(token).await
    }

    async fn sessions_of(&self, user: UserId) -> Result<Vec<SessionRow>, StoreError> {
        self.read_sessions_of(user).await
    }

    async fn extend_session(
        &self,
        session: SessionId,
        expires_at: Timestamp,
        last_seen_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_extension(session, expires_at, last_seen_at).await
    }

    async fn set_password(&self, user: UserId, password_hash: &str) -> Result<(), StoreError> {
        self.0.write(&[(SET_PASSWORD, vec![Arg::Id(user.uuid()), Arg::Text(password_hash)])]).await.map(drop)
    }

    async fn replace_password(&self, user: UserId, old_hash: &str, new_hash: &str) -> Result<bool, StoreError> {
        let args = vec![Arg::Id(user.uuid()), Arg::Text(new_hash), Arg::Text(old_hash)];
        Ok(self.0.write(&[(REPLACE_PASSWORD, args)]).await? == [1])
    }

    async fn credentials(&self, username: &str) -> Result<Option<Credentials>, StoreError> {
        if username.contains('\0') {
            return Ok(None);
        }
        let rows = self.0.rows(CREDENTIALS, &[Arg::Text(username)]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(Credentials { user: decode::user(row)?, password_hash: row.text("password_hash")? }))
    }

    async fn users_by_id(&self, ids: &[UserId]) -> Result<Vec<UserRow>, StoreError> {
        let ids: Vec<String> = ids.iter().map(|id| id.uuid().simple().to_string()).collect();
        let json = serde_json::to_string(&ids).expect("texts are JSON");
        self.0.rows(D::USERS_BY_ID, &[Arg::Text(&json)]).await?.iter().map(decode::user).collect()
    }

    async fn find_users(&self, prefix: &str, limit: usize) -> Result<Vec<UserRow>, StoreError> {
        let Some(pattern) = escape_like(prefix).map(|prefix| prefix + "%") else { return Ok(Vec::new()) };
        let rows = self.0.rows(FIND_USERS, &[Arg::Text(&pattern), Arg::Int(count(limit))]).await?;
        rows.iter().map(decode::user).collect()
    }

    async fn add_user(&self, user: &NewUser) -> Result<SignUpOutcome, StoreError> {
        self.write_user(user, None).await
    }

    async fn count_users(&self) -> Result<u64, StoreError> {
        let rows = self.0.rows(COUNT_USERS, &[]).await?;
        let row = rows.first().ok_or_else(|| StoreError::Damaged("a count gave no row".to_owned()))?;
        Ok(row.int("people")?.cast_unsigned())
    }

    async fn take_token(&self, key: &RateKey, rate: Rate, now: Timestamp) -> Result<Result<(), Duration>, StoreError> {
        self.write_take_token(key, rate, now).await
    }

    async fn give_back(&self, tokens: &[(RateKey, Rate)]) -> Result<(), StoreError> {
        self.write_give_back(tokens).await
    }

    async fn remember(&self, key: &RateKey, until: Timestamp) -> Result<(), StoreError> {
        self.write_remember(key, until).await
    }

    async fn remembers(&self, key: &RateKey, now: Timestamp) -> Result<bool, StoreError> {
        self.read_remembers(key, now).await
    }

    async fn forget_full_buckets(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write_forget_full_buckets(now).await
    }

    async fn restored(&self) -> Result<LogHead, StoreError> {
        let (_, epoch) = Uuid::new_v4().as_u64_pair();
        self.0.write(&[(NEW_EPOCH, vec![Arg::Int(epoch.cast_signed())])]).await?;
        self.log_head().await
    }
}
