//! Stream after stream: the log of each, the rows that are said to be its fold, and the plain rows that belong to it.
//!
//! All tables come in pages in the order of the stream's id (a user's stream has the id of the user) and are merged, so the memory
//! needed is that of a page of each, and of the members of one conversation.

use std::collections::VecDeque;

use confab_proto::{SessionId, StreamId, UserId};
use confab_store::{AccountRow, Audit, EventRow, MemberLine, ReadMarkRow, SessionLine, StoreError, StreamRow};
use uuid::Uuid;

use super::fold::Fold;

/// The greatest id, behind all others.
const LAST: Uuid = Uuid::max();

/// Rows that belong to a stream, in pages.
trait Paged: Sized {
    type Key: Clone;

    fn owner(&self) -> Uuid;
    fn key(&self) -> Self::Key;
    /// Behind all rows of `owner`.
    fn behind(owner: Uuid) -> Self::Key;
    async fn page(db: &mut dyn Audit, after: Option<Self::Key>) -> Result<Vec<Self>, StoreError>;
}

macro_rules! paged {
    ($row:ty, $key:ty, $method:ident, |$it:ident| $owner:expr, $of:expr, |$id:ident| $behind:expr) => {
        impl Paged for $row {
            type Key = $key;

            fn owner(&self) -> Uuid {
                let $it = self;
                $owner.uuid()
            }

            fn key(&self) -> $key {
                let $it = self;
                $of
            }

            fn behind($id: Uuid) -> $key {
                $behind
            }

            async fn page(db: &mut dyn Audit, after: Option<$key>) -> Result<Vec<Self>, StoreError> {
                db.$method(after).await
            }
        }
    };
}

paged!(EventRow, (StreamId, i64), events_by_stream, |it| it.stream_id, (it.stream_id, it.seq), |id| {
    (StreamId::from_uuid(id), i64::MAX)
});
paged!(StreamRow, StreamId, streams, |it| it.id, it.id, |id| StreamId::from_uuid(id));
paged!(MemberLine, (StreamId, UserId), members, |it| it.stream_id, (it.stream_id, it.user_id), |id| {
    (StreamId::from_uuid(id), UserId::from_uuid(LAST))
});
paged!(AccountRow, UserId, accounts, |it| it.id, it.id, |id| UserId::from_uuid(id));
paged!(SessionLine, (UserId, SessionId), sessions, |it| it.user_id, (it.user_id, it.id), |id| {
    (UserId::from_uuid(id), SessionId::from_uuid(LAST))
});
paged!(ReadMarkRow, (StreamId, UserId), read_marks, |it| it.stream_id, (it.stream_id, it.user_id), |id| {
    (StreamId::from_uuid(id), UserId::from_uuid(LAST))
});

struct Feed<T: Paged> {
    rows: VecDeque<T>,
    after: Option<T::Key>,
    ended: bool,
}

impl<T: Paged> Feed<T> {
    fn new(after: Option<Uuid>) -> Self {
        Self { rows: VecDeque::new(), after: after.map(T::behind), ended: false }
    }

    /// Whose the next row is.
    async fn next_owner(&mut self, db: &mut dyn Audit) -> Result<Option<Uuid>, StoreError> {
        if self.rows.is_empty() && !self.ended {
            self.rows = T::page(db, self.after.clone()).await?.into();
            self.ended = self.rows.is_empty();
            self.after = self.rows.back().map(T::key).or(self.after.take());
        }
        Ok(self.rows.front().map(T::owner))
    }

    /// The next row, if it is `owner`'s.
    async fn take(&mut self, db: &mut dyn Audit, owner: Uuid) -> Result<Option<T>, StoreError> {
        Ok(if self.next_owner(db).await? == Some(owner) { self.rows.pop_front() } else { None })
    }

    async fn all_of(&mut self, db: &mut dyn Audit, owner: Uuid) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        while let Some(row) = self.take(db, owner).await? {
            rows.push(row);
        }
        Ok(rows)
    }
}

/// All that the store has of one stream.
pub(crate) struct Gathered {
    pub(crate) fold: Fold,
    pub(crate) row: Option<StreamRow>,
    pub(crate) members: Vec<MemberLine>,
    pub(crate) account: Option<AccountRow>,
    pub(crate) sessions: Vec<SessionLine>,
    pub(crate) read_marks: Vec<ReadMarkRow>,
}

pub(crate) struct Walk {
    events: Feed<EventRow>,
    streams: Feed<StreamRow>,
    members: Feed<MemberLine>,
    accounts: Feed<AccountRow>,
    sessions: Feed<SessionLine>,
    read_marks: Feed<ReadMarkRow>,
}

impl Walk {
    /// Through all streams.
    pub(crate) fn new() -> Self {
        Self::after(None)
    }

    /// One that begins with this stream.
    pub(crate) fn at(stream: StreamId) -> Self {
        Self::after(stream.uuid().as_u128().checked_sub(1).map(Uuid::from_u128))
    }

    fn after(id: Option<Uuid>) -> Self {
        Self {
            events: Feed::new(id),
            streams: Feed::new(id),
            members: Feed::new(id),
            accounts: Feed::new(id),
            sessions: Feed::new(id),
            read_marks: Feed::new(id),
        }
    }

    /// The next stream, whichever table knows of it; `seen` is called for each of its events.
    pub(crate) async fn next(
        &mut self,
        db: &mut dyn Audit,
        mut seen: impl FnMut(),
    ) -> Result<Option<Gathered>, StoreError> {
        let owners = [
            self.events.next_owner(db).await?,
            self.streams.next_owner(db).await?,
            self.members.next_owner(db).await?,
            self.accounts.next_owner(db).await?,
            self.sessions.next_owner(db).await?,
            self.read_marks.next_owner(db).await?,
        ];
        let Some(owner) = owners.into_iter().flatten().min() else { return Ok(None) };
        let mut fold = Fold::new(StreamId::from_uuid(owner));
        while let Some(event) = self.events.take(db, owner).await? {
            fold.apply(&event);
            seen();
        }
        fold.end();
        Ok(Some(Gathered {
            fold,
            row: self.streams.take(db, owner).await?,
            members: self.members.all_of(db, owner).await?,
            account: self.accounts.take(db, owner).await?,
            sessions: self.sessions.all_of(db, owner).await?,
            read_marks: self.read_marks.all_of(db, owner).await?,
        }))
    }
}
