//! The port. A gateway reads, the API also writes (two database roles); of the API only the writer appends.
//!
//! Reads that name a `viewer` check the right in the same statement or snapshot as the page, with `domain::may::read`,
//! and answer `None` for "not there" and "not yours" alike.

use std::time::Duration;

use async_trait::async_trait;
use confab_domain::{Append, Placed};
use confab_proto::http::Member;
use confab_proto::{ClientId, ConversationId, Position, Seq, SessionId, StreamId, Timestamp, UserId};
use uuid::Uuid;

use crate::error::StoreError;
use crate::files::Files;
use crate::groups::Groups;
use crate::history::Messages;
use crate::preferences::Preferences;
use crate::profiles::Profiles;
use crate::pushes::Pushes;
use crate::rates::{Rate, RateKey};
use crate::read::{
    ConversationRow, Credentials, Earlier, EventPage, HistoryPage, KnownRules, Listed, LogHead, LogPage, MemberFilter,
    MessageWindow, Session, SessionRow, Snapshot, Sweep, TokenHash, UserRow,
};
use crate::search::Searcher;

/// What a gateway may do: read.
#[async_trait]
pub trait Reader: Send + Sync + 'static {
    /// Epoch and last position; also the readiness probe.
    async fn log_head(&self) -> Result<LogHead, StoreError>;

    /// Head, rules and members of a stream, in one snapshot; `None` if there is no such stream.
    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, StoreError>;

    /// Events with `seq` above `after`, at most `limit`, and at most `max_bytes` of `data`, but at least one if there
    /// is one. No right is checked: the channel does that. An unknown stream has head 0.
    async fn events_after(
        &self,
        stream: StreamId,
        after: Seq,
        limit: usize,
        max_bytes: usize,
    ) -> Result<EventPage, StoreError>;

    /// Which streams moved after `position`, on a connection of its own; at most some 100,000 events are looked at.
    /// With `None` only the head.
    async fn sweep(&self, position: Option<Position>) -> Result<Sweep, StoreError>;

    /// The session of a token, expired or not; `None` if it is unknown or ended.
    async fn session(&self, token: &TokenHash) -> Result<Option<Session>, StoreError>;

    /// The conversations that `user` is a member of, in any order.
    async fn conversations_joined(&self, user: UserId) -> Result<Vec<ConversationId>, StoreError>;

    /// When these people were last here, as far as that is known; in any order.
    async fn last_seen(&self, users: &[UserId]) -> Result<Vec<(UserId, Timestamp)>, StoreError>;

    /// Lets go of the database in good order, at the end of the process: an SQLite store is then one whole file.
    async fn close(&self) {}
}

/// The answer to one command. A batch has one each, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// One place per event of the command.
    Appended(Vec<Placed>),
    /// The same command stands in the log already: the place of its first event.
    Duplicate(Placed),
    /// An expectation failed or the epoch changed: read again and decide again.
    Conflict,
    /// The `clientId` stands in the log with another request.
    Reused,
}

/// A new account.
#[derive(Clone)]
pub struct NewUser {
    pub user: UserRow,
    pub password_hash: String,
}

/// A session that begins.
#[derive(Clone)]
pub struct NewSession {
    pub session: Session,
    pub token: TokenHash,
    pub created_at: Timestamp,
    /// What signs in; empty if it does not say.
    pub client: String,
}

/// Whether the account was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUpOutcome {
    Created,
    UsernameTaken,
}

/// What became of a read mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadMark {
    /// Moved, in a conversation of so many members.
    Moved(u64),
    /// Was as far or further already.
    Done,
    AboveHead,
    /// No such conversation, or none that the user may see.
    NotThere,
    /// May see it, but is no member.
    NotAMember,
}

/// What the writer does: the one way into the log.
#[async_trait]
pub trait Appender: Send + Sync + 'static {
    /// Appends a batch of plain commands (`Append::is_plain`), at most 256, no two with the same
    /// `(stream, actor, clientId)` and no two about the same message. One call, one commit, one outcome each.
    async fn append_plain(&self, batch: &[Append]) -> Result<Vec<Outcome>, StoreError>;

    /// Appends one command of any number of events, streams and rows, all or nothing.
    async fn append_rule(&self, command: &Append) -> Result<Outcome, StoreError>;
}

/// What the relay does: it follows the whole log, one process at a time.
#[async_trait]
pub trait Follower: Send + Sync + 'static {
    /// Events after a position, ascending and without a gap, at most `limit`, and at most `max_bytes` of `data`, but at
    /// least one if there is one. Checks no right, and gives internal events too.
    async fn log_after(&self, after: Position, limit: usize, max_bytes: usize) -> Result<LogPage, StoreError>;

    /// Takes or renews the lease `name` for `ttl` from now, by the clock of the database. `false`: somebody else has it.
    async fn take_lease(&self, name: &str, holder: Uuid, ttl: Duration) -> Result<bool, StoreError>;

    /// Gives the lease back at once; nothing happens if `holder` does not have it.
    async fn release_lease(&self, name: &str, holder: Uuid) -> Result<(), StoreError>;
}

/// What the API may do.
#[async_trait]
pub trait Store:
    Reader + Appender + Follower + Messages + Searcher + Profiles + Files + Groups + Preferences + Pushes
{
    /// The first answer given to this command, if it stands in the log.
    async fn earlier(
        &self,
        stream: StreamId,
        actor: UserId,
        client_id: ClientId,
    ) -> Result<Option<Earlier>, StoreError>;

    /// Settings and `user`'s row, for a decision; `None` if there is no such conversation. Checks no right.
    async fn known_rules(&self, conversation: ConversationId, user: UserId) -> Result<Option<KnownRules>, StoreError>;

    /// One conversation as `viewer` sees it.
    async fn conversation(
        &self,
        conversation: ConversationId,
        viewer: UserId,
    ) -> Result<Option<ConversationRow>, StoreError>;

    /// The conversations that `viewer` is a member of, latest message (or creation) first.
    /// An unreadable cursor is `Ok(None)`.
    async fn conversations_of(
        &self,
        viewer: UserId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Option<Listed<ConversationRow>>, StoreError>;

    /// Public groups whose name contains `query` (case-insensitive, all if empty) and that `viewer` may read, by name.
    /// An unreadable cursor is `Ok(None)`.
    async fn public_groups(
        &self,
        viewer: UserId,
        query: &str,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Option<Listed<ConversationRow>>, StoreError>;

    /// Members (without the banned) that fit the filter, by user id. `Ok(None)`: not there, not yours.
    async fn members(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        filter: MemberFilter<'_>,
        limit: usize,
        after: Option<UserId>,
    ) -> Result<Option<Listed<Member>>, StoreError>;

    /// A window of history with at most `limit` messages.
    async fn history(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        window: MessageWindow,
        limit: usize,
    ) -> Result<Option<HistoryPage>, StoreError>;

    /// Like [`Reader::events_after`], with the right checked.
    async fn events_for(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        after: Seq,
        limit: usize,
        max_bytes: usize,
    ) -> Result<Option<EventPage>, StoreError>;

    /// Moves the read mark of a member forward, never back.
    async fn mark_read(&self, conversation: ConversationId, user: UserId, seq: Seq) -> Result<ReadMark, StoreError>;

    /// Makes an account, its own stream and its first session, all or nothing.
    async fn sign_up(&self, user: &NewUser, session: &NewSession) -> Result<SignUpOutcome, StoreError>;

    /// Adds a session to whoever still has this password hash, and drops those of the same user that have expired.
    /// `false`, and none was added, if the password was changed meanwhile.
    async fn add_session(&self, session: &NewSession, password_hash: &str) -> Result<bool, StoreError>;

    /// Like [`Reader::session`], with how it is used.
    async fn session_row(&self, token: &TokenHash) -> Result<Option<SessionRow>, StoreError>;

    /// The sessions of a user that have not expired, the newest first.
    async fn sessions_of(&self, user: UserId) -> Result<Vec<SessionRow>, StoreError>;

    /// Moves both moments of a session forward, never back. One that has ended or expired stays so.
    async fn extend_session(
        &self,
        session: SessionId,
        expires_at: Timestamp,
        last_seen_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Gives an account another password. Its sessions stay.
    async fn set_password(&self, user: UserId, password_hash: &str) -> Result<(), StoreError>;

    /// Like `set_password`, but only instead of the hash that was verified; `false`: it is another one by now.
    async fn replace_password(&self, user: UserId, old_hash: &str, new_hash: &str) -> Result<bool, StoreError>;

    /// By username (lower case).
    async fn credentials(&self, username: &str) -> Result<Option<Credentials>, StoreError>;

    /// In any order; unknown ids are left out.
    async fn users_by_id(&self, ids: &[UserId]) -> Result<Vec<UserRow>, StoreError>;

    /// By prefix of the username or of a word of the display name, case-insensitive, by username. All if `prefix` is empty.
    async fn find_users(&self, prefix: &str, limit: usize) -> Result<Vec<UserRow>, StoreError>;

    /// Makes an account and its own stream, all or nothing, for somebody who will sign in later.
    async fn add_user(&self, user: &NewUser) -> Result<SignUpOutcome, StoreError>;

    /// How many accounts there are.
    async fn count_users(&self) -> Result<u64, StoreError>;

    /// Takes a token out of a bucket that all replicas share; if there is none, the time until there will be one.
    async fn take_token(&self, key: &RateKey, rate: Rate, now: Timestamp) -> Result<Result<(), Duration>, StoreError>;

    /// Gives back tokens that were taken.
    async fn give_back(&self, tokens: &[(RateKey, Rate)]) -> Result<(), StoreError>;

    /// Remembers `key` until `until`. It shares its space with the buckets.
    async fn remember(&self, key: &RateKey, until: Timestamp) -> Result<(), StoreError>;

    /// Whether `key` is remembered at `now`.
    async fn remembers(&self, key: &RateKey, now: Timestamp) -> Result<bool, StoreError>;

    /// Drops some buckets that are full at `now`, and what is no longer remembered.
    async fn forget_full_buckets(&self, now: Timestamp) -> Result<(), StoreError>;

    /// After files of the store were put back: begins a new epoch.
    async fn restored(&self) -> Result<LogHead, StoreError>;
}
