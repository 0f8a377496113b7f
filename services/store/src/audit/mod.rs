//! The whole store, row by row: what proves it (`confab verify`), moves it (`export`, `import`) and mends its projections.
//!
//! [`Audit`] reads one snapshot, however long it takes and whoever writes meanwhile. In Postgres any login that may read all tables
//! will do; the transaction is read-only. [`Rebuild`] writes, in one transaction that holds the lock under which numbers are given
//! out; in Postgres it takes the login that owns the tables.

mod file_rows;
pub(crate) mod hex;
mod pinned;
mod push_rows;
mod rows;
mod search;
pub(crate) mod table;
mod way_rows;

use async_trait::async_trait;
use confab_proto::{FileId, InvitationId, SessionId, StreamId, UserId};
use serde::Serialize;
use uuid::Uuid;

pub use file_rows::{FileLine, FileUseRow};
pub(crate) use pinned::Pinned;
pub use push_rows::{PushKeyRow, PushSubscriptionRow};
pub use rows::{
    AccountRow, CredentialRow, EventRow, MemberLine, PreferenceRow, ReadMarkRow, SessionLine, StreamRow,
    ThreadFollowRow,
};
pub use search::{Found, Search};
pub use way_rows::{InvitationLine, JoinRequestRow};

use crate::decode::log_head;
use crate::dialect::{Arg, Columns};
use crate::error::StoreError;
use crate::read::LogHead;
use rows::{BEFORE_ALL, Stored};

/// Rows of a page. With texts of the greatest length it is some 32 MiB.
const PAGE: i64 = 500;

/// A store in one snapshot. Every page comes in the order of its key, and is empty only at the end. `None` begins.
#[async_trait]
pub trait Audit: Send {
    /// Epoch and last position.
    async fn log_head(&mut self) -> Result<LogHead, StoreError>;

    /// By position.
    async fn events(&mut self, after: Option<i64>) -> Result<Vec<EventRow>, StoreError>;

    /// By stream and `seq`.
    async fn events_by_stream(&mut self, after: Option<(StreamId, i64)>) -> Result<Vec<EventRow>, StoreError>;

    /// By id.
    async fn streams(&mut self, after: Option<StreamId>) -> Result<Vec<StreamRow>, StoreError>;

    /// By stream and user.
    async fn members(&mut self, after: Option<(StreamId, UserId)>) -> Result<Vec<MemberLine>, StoreError>;

    /// By id.
    async fn accounts(&mut self, after: Option<UserId>) -> Result<Vec<AccountRow>, StoreError>;

    /// By user.
    async fn credentials(&mut self, after: Option<UserId>) -> Result<Vec<CredentialRow>, StoreError>;

    /// By user and id.
    async fn sessions(&mut self, after: Option<(UserId, SessionId)>) -> Result<Vec<SessionLine>, StoreError>;

    /// By stream and user.
    async fn read_marks(&mut self, after: Option<(StreamId, UserId)>) -> Result<Vec<ReadMarkRow>, StoreError>;

    /// By user and stream.
    async fn preferences(&mut self, after: Option<(UserId, StreamId)>) -> Result<Vec<PreferenceRow>, StoreError>;

    /// By stream, root and user.
    async fn thread_follows(
        &mut self,
        after: Option<(StreamId, i64, UserId)>,
    ) -> Result<Vec<ThreadFollowRow>, StoreError>;

    /// By id.
    async fn invitations(&mut self, after: Option<InvitationId>) -> Result<Vec<InvitationLine>, StoreError>;

    /// By stream and user.
    async fn join_requests(&mut self, after: Option<(StreamId, UserId)>) -> Result<Vec<JoinRequestRow>, StoreError>;

    /// By id.
    async fn files(&mut self, after: Option<FileId>) -> Result<Vec<FileLine>, StoreError>;

    /// By file, stream and `seq`.
    async fn file_uses(&mut self, after: Option<(FileId, StreamId, i64)>) -> Result<Vec<FileUseRow>, StoreError>;

    /// By session.
    async fn push_subscriptions(&mut self, after: Option<SessionId>) -> Result<Vec<PushSubscriptionRow>, StoreError>;

    /// One at most.
    async fn push_keys(&mut self, after: Option<i64>) -> Result<Vec<PushKeyRow>, StoreError>;

    /// At most 1,000 of what is looked for.
    async fn search(&mut self, what: Search) -> Result<Vec<Found>, StoreError>;

    /// Lets go of the store, and waits until it is done: a process that ends sooner may leave files of SQLite behind.
    async fn close(self: Box<Self>) -> Result<(), StoreError>;
}

/// Rows on their way into an empty store.
pub enum Batch<'a> {
    Accounts(&'a [AccountRow]),
    Credentials(&'a [CredentialRow]),
    Sessions(&'a [SessionLine]),
    ReadMarks(&'a [ReadMarkRow]),
    Preferences(&'a [PreferenceRow]),
    ThreadFollows(&'a [ThreadFollowRow]),
    /// Their streams may come later, until the commit.
    Invitations(&'a [InvitationLine]),
    JoinRequests(&'a [JoinRequestRow]),
    Events(&'a [EventRow]),
    Files(&'a [FileLine]),
    FileUses(&'a [FileUseRow]),
    PushKeys(&'a [PushKeyRow]),
    PushSubscriptions(&'a [PushSubscriptionRow]),
}

/// A store that is being written to, before the commit: nobody else gives out numbers, and all of it happens or nothing. It sees
/// what it wrote. Dropped without a commit it leaves no trace.
#[async_trait]
pub trait Rebuild: Audit {
    /// Whether nobody and nothing is in the store. From here on nobody else writes into it, either.
    async fn claim_if_empty(&mut self) -> Result<bool, StoreError>;

    async fn insert(&mut self, batch: Batch<'_>) -> Result<(), StoreError>;

    /// Makes or replaces the rows.
    async fn put_streams(&mut self, rows: &[StreamRow]) -> Result<(), StoreError>;

    /// Makes or replaces the rows.
    async fn put_members(&mut self, rows: &[MemberLine]) -> Result<(), StoreError>;

    /// With the links that led into it.
    async fn drop_stream(&mut self, stream: StreamId) -> Result<(), StoreError>;

    async fn drop_member(&mut self, stream: StreamId, user: UserId) -> Result<(), StoreError>;

    async fn drop_session(&mut self, session: SessionId) -> Result<(), StoreError>;

    /// Numbers of before mean nothing any more.
    async fn new_epoch(&mut self) -> Result<(), StoreError>;

    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// Either port over a connection of either dialect.
pub(crate) struct Whole<P>(pub(crate) P);

impl<P: Pinned> Whole<P> {
    async fn page<T: Stored>(
        &mut self,
        key: &[&'static str],
        after: Option<[Arg<'_>; 2]>,
    ) -> Result<Vec<T>, StoreError> {
        let after = after.unwrap_or(BEFORE_ALL);
        self.page_after(key, &after[..key.len()]).await
    }

    async fn page_after<T: Stored>(&mut self, key: &[&'static str], after: &[Arg<'_>]) -> Result<Vec<T>, StoreError> {
        let mut args = after.to_vec();
        args.push(Arg::Int(PAGE));
        let rows = self.0.rows(T::TABLE.page(key), &args).await?;
        rows.iter().map(|row| Ok(T::read(row)?)).collect()
    }

    async fn put<T: Stored>(&mut self, rows: &[T], or_replace: bool) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.0.execute(P::insert(&T::TABLE, or_replace), &[Arg::Text(&json(rows))]).await.map(drop)
    }

    async fn remove(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<(), StoreError> {
        self.0.execute(sql.to_owned(), args).await.map(drop)
    }
}

fn json(rows: &[impl Serialize]) -> String {
    serde_json::to_string(rows).expect("rows have string keys only")
}

fn pair(first: Uuid, second: Uuid) -> [Arg<'static>; 2] {
    [Arg::Id(first), Arg::Id(second)]
}

#[async_trait]
impl<P: Pinned> Audit for Whole<P> {
    async fn log_head(&mut self) -> Result<LogHead, StoreError> {
        let sql = "select h.epoch as log_epoch, h.position as log_position from log_head h";
        let rows = self.0.rows(sql.to_owned(), &[]).await?;
        log_head(rows.first().ok_or_else(|| StoreError::Damaged("the row of the table store is gone".to_owned()))?)
    }

    async fn events(&mut self, after: Option<i64>) -> Result<Vec<EventRow>, StoreError> {
        let after = Arg::Int(after.unwrap_or(i64::MIN));
        self.page(&["position"], Some([after, after])).await
    }

    async fn events_by_stream(&mut self, after: Option<(StreamId, i64)>) -> Result<Vec<EventRow>, StoreError> {
        let (stream, seq) = after.unwrap_or((StreamId::from_uuid(Uuid::nil()), i64::MIN));
        self.page(&["stream_id", "seq"], Some([Arg::Id(stream.uuid()), Arg::Int(seq)])).await
    }

    async fn streams(&mut self, after: Option<StreamId>) -> Result<Vec<StreamRow>, StoreError> {
        self.page(&["id"], after.map(|id| pair(id.uuid(), id.uuid()))).await
    }

    async fn members(&mut self, after: Option<(StreamId, UserId)>) -> Result<Vec<MemberLine>, StoreError> {
        self.page(&["stream_id", "user_id"], after.map(|(stream, user)| pair(stream.uuid(), user.uuid()))).await
    }

    async fn accounts(&mut self, after: Option<UserId>) -> Result<Vec<AccountRow>, StoreError> {
        self.page(&["id"], after.map(|id| pair(id.uuid(), id.uuid()))).await
    }

    async fn credentials(&mut self, after: Option<UserId>) -> Result<Vec<CredentialRow>, StoreError> {
        self.page(&["user_id"], after.map(|id| pair(id.uuid(), id.uuid()))).await
    }

    async fn sessions(&mut self, after: Option<(UserId, SessionId)>) -> Result<Vec<SessionLine>, StoreError> {
        self.page(&["user_id", "id"], after.map(|(user, id)| pair(user.uuid(), id.uuid()))).await
    }

    async fn read_marks(&mut self, after: Option<(StreamId, UserId)>) -> Result<Vec<ReadMarkRow>, StoreError> {
        self.page(&["stream_id", "user_id"], after.map(|(stream, user)| pair(stream.uuid(), user.uuid()))).await
    }

    async fn preferences(&mut self, after: Option<(UserId, StreamId)>) -> Result<Vec<PreferenceRow>, StoreError> {
        self.page(&["user_id", "stream_id"], after.map(|(user, stream)| pair(user.uuid(), stream.uuid()))).await
    }

    async fn thread_follows(
        &mut self,
        after: Option<(StreamId, i64, UserId)>,
    ) -> Result<Vec<ThreadFollowRow>, StoreError> {
        let first = (StreamId::from_uuid(Uuid::nil()), i64::MIN, UserId::from_uuid(Uuid::nil()));
        let (stream, root, user) = after.unwrap_or(first);
        let after = [Arg::Id(stream.uuid()), Arg::Int(root), Arg::Id(user.uuid())];
        self.page_after(&["stream_id", "root_seq", "user_id"], &after).await
    }

    async fn invitations(&mut self, after: Option<InvitationId>) -> Result<Vec<InvitationLine>, StoreError> {
        self.page(&["id"], after.map(|id| pair(id.uuid(), id.uuid()))).await
    }

    async fn join_requests(&mut self, after: Option<(StreamId, UserId)>) -> Result<Vec<JoinRequestRow>, StoreError> {
        self.page(&["stream_id", "user_id"], after.map(|(stream, user)| pair(stream.uuid(), user.uuid()))).await
    }

    async fn files(&mut self, after: Option<FileId>) -> Result<Vec<FileLine>, StoreError> {
        self.page(&["id"], after.map(|id| pair(id.uuid(), id.uuid()))).await
    }

    async fn file_uses(&mut self, after: Option<(FileId, StreamId, i64)>) -> Result<Vec<FileUseRow>, StoreError> {
        let (file, stream, seq) = after.map_or((Uuid::nil(), Uuid::nil(), 0), |(f, s, seq)| (f.uuid(), s.uuid(), seq));
        self.page_after(&["file_id", "stream_id", "seq"], &[Arg::Id(file), Arg::Id(stream), Arg::Int(seq)]).await
    }

    async fn push_subscriptions(&mut self, after: Option<SessionId>) -> Result<Vec<PushSubscriptionRow>, StoreError> {
        self.page(&["session_id"], after.map(|id| pair(id.uuid(), id.uuid()))).await
    }

    async fn push_keys(&mut self, after: Option<i64>) -> Result<Vec<PushKeyRow>, StoreError> {
        self.page_after(&["id"], &[Arg::Int(after.unwrap_or(0))]).await
    }

    async fn search(&mut self, what: Search) -> Result<Vec<Found>, StoreError> {
        let rows = self.0.rows(what.sql(), &[]).await?;
        rows.iter().map(|row| Ok(search::found(row)?)).collect()
    }

    async fn close(self: Box<Self>) -> Result<(), StoreError> {
        self.0.close().await
    }
}

const IS_EMPTY: &str = "select not exists (select 1 from events) and not exists (select 1 from streams)
    and not exists (select 1 from users) as empty";

#[async_trait]
impl<P: Pinned> Rebuild for Whole<P> {
    async fn claim_if_empty(&mut self) -> Result<bool, StoreError> {
        if let Some(sql) = P::CLAIM {
            self.0.execute(sql.to_owned(), &[]).await?;
        }
        let rows = self.0.rows(IS_EMPTY.to_owned(), &[]).await?;
        Ok(rows.first().map(|row| row.flag("empty")).transpose()?.unwrap_or(false))
    }

    async fn insert(&mut self, batch: Batch<'_>) -> Result<(), StoreError> {
        match batch {
            Batch::Accounts(rows) => self.put(rows, false).await,
            Batch::Credentials(rows) => self.put(rows, false).await,
            Batch::Sessions(rows) => self.put(rows, false).await,
            Batch::ReadMarks(rows) => self.put(rows, false).await,
            Batch::Preferences(rows) => self.put(rows, false).await,
            Batch::ThreadFollows(rows) => self.put(rows, false).await,
            Batch::Invitations(rows) => self.put(rows, false).await,
            Batch::JoinRequests(rows) => self.put(rows, false).await,
            Batch::Events(rows) => self.put(rows, false).await,
            Batch::Files(rows) => self.put(rows, false).await,
            Batch::FileUses(rows) => self.put(rows, false).await,
            Batch::PushKeys(rows) => self.put(rows, false).await,
            Batch::PushSubscriptions(rows) => self.put(rows, false).await,
        }
    }

    async fn put_streams(&mut self, rows: &[StreamRow]) -> Result<(), StoreError> {
        self.put(rows, true).await
    }

    async fn put_members(&mut self, rows: &[MemberLine]) -> Result<(), StoreError> {
        self.put(rows, true).await
    }

    async fn drop_stream(&mut self, stream: StreamId) -> Result<(), StoreError> {
        self.remove("delete from invitations where stream_id = $1", &[Arg::Id(stream.uuid())]).await?;
        self.remove("delete from streams where id = $1", &[Arg::Id(stream.uuid())]).await
    }

    async fn drop_member(&mut self, stream: StreamId, user: UserId) -> Result<(), StoreError> {
        self.remove("delete from members where stream_id = $1 and user_id = $2", &pair(stream.uuid(), user.uuid()))
            .await
    }

    async fn drop_session(&mut self, session: SessionId) -> Result<(), StoreError> {
        self.remove("delete from sessions where id = $1", &[Arg::Id(session.uuid())]).await
    }

    async fn new_epoch(&mut self) -> Result<(), StoreError> {
        let (_, epoch) = Uuid::new_v4().as_u64_pair();
        self.remove("update store set epoch = $1", &[Arg::Int(epoch.cast_signed())]).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.0.commit().await
    }
}
