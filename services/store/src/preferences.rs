//! What a person keeps for themselves in a conversation (mute, draft, threads), how far people have read, and when they were
//! last here. Plain tables: no event tells of them.
//!
//! Every call checks in its own statement that the person is a member, so what somebody kept in a group they have left is out of
//! reach until they come back.

use async_trait::async_trait;
use confab_domain::may;
use confab_proto::{ConversationId, Seq, Timestamp, UserId};

use crate::channel::Sql;
use crate::decode::{bound, count, own_columns, own_row, rules, rules_columns};
use crate::dialect::{Arg, Columns, Dialect, Statement};
use crate::error::StoreError;

/// Who has read what is told person by person in conversations of at most so many members.
pub const SMALL: u64 = 100;

/// Rows of a list of preferences.
const MOST: usize = 1000;

/// What a member is told; others are told that they are none, or that there is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mine<T> {
    Here(T),
    /// No such conversation (or message), or none that the person may see.
    NotThere,
    /// May see it, but is no member.
    NotAMember,
}

impl<T> Mine<T> {
    /// The same without what is told.
    #[must_use]
    pub fn no_value(self) -> Mine<()> {
        match self {
            Self::Here(_) => Mine::Here(()),
            Self::NotThere => Mine::NotThere,
            Self::NotAMember => Mine::NotAMember,
        }
    }
}

/// What a person keeps in one conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub conversation: ConversationId,
    pub muted_until: Option<Timestamp>,
    /// Empty: none.
    pub draft: String,
    /// Of the draft or of its removal.
    pub draft_at: Timestamp,
}

/// How far each member of a small conversation has read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reads {
    pub member_count: u64,
    /// `None` in a conversation of more than [`SMALL`] members. 0: nothing since joining.
    pub marks: Option<Vec<(UserId, Seq)>>,
}

/// Who else has read up to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readers {
    pub count: u64,
    /// `None` in a conversation of more than [`SMALL`] members.
    pub users: Option<Vec<UserId>>,
}

/// What the API does with all that.
#[async_trait]
pub trait Preferences: Send + Sync + 'static {
    async fn preferences(&self, conversation: ConversationId, user: UserId) -> Result<Mine<Kept>, StoreError>;

    /// Of the conversations that the user is a member of; those in which nothing is kept are left out.
    async fn preferences_of(&self, user: UserId) -> Result<Vec<Kept>, StoreError>;

    /// `None`: not muted.
    async fn mute(
        &self,
        conversation: ConversationId,
        user: UserId,
        until: Option<Timestamp>,
    ) -> Result<Mine<()>, StoreError>;

    /// Unless a later one is there already.
    async fn keep_draft(
        &self,
        conversation: ConversationId,
        user: UserId,
        draft: &str,
        at: Timestamp,
    ) -> Result<Mine<()>, StoreError>;

    /// Whether anything changed. That `root` is a message is for the caller to know.
    async fn follow_thread(
        &self,
        conversation: ConversationId,
        user: UserId,
        root: Seq,
        follow: bool,
    ) -> Result<Mine<bool>, StoreError>;

    /// Members that follow the thread, by id.
    async fn followers(&self, conversation: ConversationId, root: Seq) -> Result<Vec<UserId>, StoreError>;

    /// Roots of the threads that the user follows here, ascending.
    async fn followed(&self, conversation: ConversationId, user: UserId) -> Result<Vec<Seq>, StoreError>;

    async fn reads(&self, conversation: ConversationId, viewer: UserId) -> Result<Mine<Reads>, StoreError>;

    /// Without the author. `NotThere` also for what is no message or was taken back.
    async fn readers(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        message: Seq,
    ) -> Result<Mine<Readers>, StoreError>;

    /// These people were here; nothing is written for those who were seen within the minute before.
    async fn seen(&self, users: &[UserId], at: Timestamp) -> Result<(), StoreError>;
}

macro_rules! gate {
    ($columns:literal, $viewer:literal, $rest:literal) => {
        concat!(
            "select ",
            rules_columns!(),
            ", ",
            own_columns!(),
            ", s.member_count",
            $columns,
            " from streams s left join members m on m.stream_id = s.id and m.user_id = ",
            $viewer,
            $rest,
            " where s.id = $1 and s.kind <> 'user'"
        )
    };
}

const GATE: &str = gate!("", "$2", "");
const KEPT: &str = gate!(
    ", p.stream_id, p.muted_until, p.draft, p.draft_at",
    "$2",
    " left join preferences p on p.stream_id = s.id and p.user_id = $2"
);
/// Materialized, so that each member row is looked up by both of its columns.
const KEPT_BY: &str = "with kept as materialized (
        select p.user_id, p.stream_id, p.muted_until, p.draft, p.draft_at from preferences p
        where p.user_id = $1 and (p.muted_until is not null or p.draft <> ''))
    select k.stream_id, k.muted_until, k.draft, k.draft_at from kept k cross join members m
    where m.stream_id = k.stream_id and m.user_id = k.user_id and m.role <> 'banned'
    order by k.stream_id limit $2";

const MUTE: &str = "insert into preferences (user_id, stream_id, muted_until)
    select m.user_id, m.stream_id, $3 from members m where m.stream_id = $1 and m.user_id = $2 and m.role <> 'banned'
    on conflict (user_id, stream_id) do update set muted_until = excluded.muted_until";
const KEEP_DRAFT: &str = "insert into preferences (user_id, stream_id, draft, draft_at)
    select m.user_id, m.stream_id, $3, $4 from members m where m.stream_id = $1 and m.user_id = $2 and m.role <> 'banned'
    on conflict (user_id, stream_id) do update set draft = excluded.draft, draft_at = excluded.draft_at
    where excluded.draft_at >= preferences.draft_at";

const FOLLOW: &str = "insert into thread_follows (stream_id, root_seq, user_id)
    select m.stream_id, $3, m.user_id from members m where m.stream_id = $1 and m.user_id = $2 and m.role <> 'banned'
    on conflict (stream_id, root_seq, user_id) do nothing";
const UNFOLLOW: &str = "delete from thread_follows where stream_id = $1 and user_id = $2 and root_seq = $3";
const FOLLOWERS: &str = "select f.user_id from thread_follows f cross join members m
    where f.stream_id = $1 and f.root_seq = $2
        and m.stream_id = f.stream_id and m.user_id = f.user_id and m.role <> 'banned' order by f.user_id";
const FOLLOWED: &str = "select root_seq from thread_follows where user_id = $1 and stream_id = $2 order by root_seq";

const READS: &str = gate!(
    ", o.user_id, coalesce(r.seq, 0) as read_seq",
    "$2",
    " left join members o on o.stream_id = case when s.member_count <= $3 then s.id end and o.role <> 'banned'
      left join read_marks r on r.stream_id = o.stream_id and r.user_id = o.user_id"
);
const READERS: &str = gate!(
    ", e.seq as message_seq, o.user_id, case when s.member_count > $4 then (
          select count(*) from read_marks x join members y
              on y.stream_id = x.stream_id and y.user_id = x.user_id and y.role <> 'banned'
          where x.stream_id = s.id and x.seq >= e.seq and x.user_id <> e.actor_id) else 0 end as readers",
    "$2",
    " left join events e on e.stream_id = s.id and e.seq = $3 and e.redacted_at is null
          and e.type in ('message.posted', 'message.replied')
      left join (select x.stream_id, x.user_id, x.seq from read_marks x join members y
          on y.stream_id = x.stream_id and y.user_id = x.user_id and y.role <> 'banned' where x.stream_id = $1) o
          on o.seq >= e.seq and o.user_id <> e.actor_id and s.member_count <= $4"
);

/// The rows, unless the person is no member.
fn own<R: Columns>(rows: Vec<R>) -> Result<Mine<Vec<R>>, StoreError> {
    let Some(row) = rows.first() else { return Ok(Mine::NotThere) };
    let Some(rules) = rules(row)? else { return Ok(Mine::NotThere) };
    let role = own_row(row)?.map(|own| own.role);
    if !may::read(&rules, role) {
        return Ok(Mine::NotThere);
    }
    Ok(if role.is_some() { Mine::Here(rows) } else { Mine::NotAMember })
}

macro_rules! here {
    ($rows:expr) => {
        match own($rows)? {
            Mine::Here(rows) => rows,
            Mine::NotThere => return Ok(Mine::NotThere),
            Mine::NotAMember => return Ok(Mine::NotAMember),
        }
    };
}

fn kept(row: &impl Columns) -> Result<Kept, StoreError> {
    Ok(Kept {
        conversation: ConversationId::from_uuid(row.id("stream_id")?),
        muted_until: row.maybe_int("muted_until")?.map(Timestamp),
        draft: row.text("draft")?,
        draft_at: Timestamp(row.int("draft_at")?),
    })
}

fn ids(users: &[UserId]) -> String {
    let ids: Vec<String> = users.iter().map(|id| id.uuid().simple().to_string()).collect();
    serde_json::to_string(&ids).expect("texts are JSON")
}

impl<D: Dialect> Sql<D> {
    /// Whether a row was touched.
    async fn write_own(
        &self,
        conversation: ConversationId,
        user: UserId,
        statement: Statement<'_>,
    ) -> Result<Mine<bool>, StoreError> {
        here!(self.0.rows(GATE, &[Arg::Id(conversation.uuid()), Arg::Id(user.uuid())]).await?);
        let touched = self.0.write(&[statement]).await?;
        Ok(Mine::Here(touched.first().is_some_and(|rows| *rows > 0)))
    }

    pub(crate) async fn read_last_seen(&self, users: &[UserId]) -> Result<Vec<(UserId, Timestamp)>, StoreError> {
        let rows = self.0.rows(D::LAST_SEEN, &[Arg::Text(&ids(users))]).await?;
        rows.iter().map(|row| Ok((UserId::from_uuid(row.id("id")?), Timestamp(row.int("last_seen_at")?)))).collect()
    }
}

#[async_trait]
impl<D: Dialect> Preferences for Sql<D> {
    async fn preferences(&self, conversation: ConversationId, user: UserId) -> Result<Mine<Kept>, StoreError> {
        let rows = here!(self.0.rows(KEPT, &[Arg::Id(conversation.uuid()), Arg::Id(user.uuid())]).await?);
        let nothing = Kept { conversation, muted_until: None, draft: String::new(), draft_at: Timestamp(0) };
        let is_kept = rows[0].maybe_id("stream_id")?.is_some();
        Ok(Mine::Here(if is_kept { kept(&rows[0])? } else { nothing }))
    }

    async fn preferences_of(&self, user: UserId) -> Result<Vec<Kept>, StoreError> {
        self.0.rows(KEPT_BY, &[Arg::Id(user.uuid()), Arg::Int(count(MOST))]).await?.iter().map(kept).collect()
    }

    async fn mute(
        &self,
        conversation: ConversationId,
        user: UserId,
        until: Option<Timestamp>,
    ) -> Result<Mine<()>, StoreError> {
        let until = Arg::MaybeInt(until.map(|until| until.0));
        let args = vec![Arg::Id(conversation.uuid()), Arg::Id(user.uuid()), until];
        self.write_own(conversation, user, (MUTE, args)).await.map(Mine::no_value)
    }

    async fn keep_draft(
        &self,
        conversation: ConversationId,
        user: UserId,
        draft: &str,
        at: Timestamp,
    ) -> Result<Mine<()>, StoreError> {
        let args = vec![Arg::Id(conversation.uuid()), Arg::Id(user.uuid()), Arg::Text(draft), Arg::Int(at.0)];
        self.write_own(conversation, user, (KEEP_DRAFT, args)).await.map(Mine::no_value)
    }

    async fn follow_thread(
        &self,
        conversation: ConversationId,
        user: UserId,
        root: Seq,
        follow: bool,
    ) -> Result<Mine<bool>, StoreError> {
        let args = vec![Arg::Id(conversation.uuid()), Arg::Id(user.uuid()), Arg::Int(bound(root.0))];
        self.write_own(conversation, user, (if follow { FOLLOW } else { UNFOLLOW }, args)).await
    }

    async fn followers(&self, conversation: ConversationId, root: Seq) -> Result<Vec<UserId>, StoreError> {
        let rows = self.0.rows(FOLLOWERS, &[Arg::Id(conversation.uuid()), Arg::Int(bound(root.0))]).await?;
        rows.iter().map(|row| Ok(UserId::from_uuid(row.id("user_id")?))).collect()
    }

    async fn followed(&self, conversation: ConversationId, user: UserId) -> Result<Vec<Seq>, StoreError> {
        let rows = self.0.rows(FOLLOWED, &[Arg::Id(user.uuid()), Arg::Id(conversation.uuid())]).await?;
        rows.iter().map(|row| Ok(Seq::from_i64(row.int("root_seq")?))).collect()
    }

    async fn reads(&self, conversation: ConversationId, viewer: UserId) -> Result<Mine<Reads>, StoreError> {
        let args = [Arg::Id(conversation.uuid()), Arg::Id(viewer.uuid()), Arg::Int(bound(SMALL))];
        let rows = here!(self.0.rows(READS, &args).await?);
        let member_count = rows[0].int("member_count")?.cast_unsigned();
        if member_count > SMALL {
            return Ok(Mine::Here(Reads { member_count, marks: None }));
        }
        let mut marks = Vec::new();
        for row in &rows {
            if let Some(user) = row.maybe_id("user_id")? {
                marks.push((UserId::from_uuid(user), Seq::from_i64(row.int("read_seq")?)));
            }
        }
        marks.sort_unstable();
        Ok(Mine::Here(Reads { member_count, marks: Some(marks) }))
    }

    async fn readers(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        message: Seq,
    ) -> Result<Mine<Readers>, StoreError> {
        let (message, small) = (Arg::Int(bound(message.0)), Arg::Int(bound(SMALL)));
        let args = [Arg::Id(conversation.uuid()), Arg::Id(viewer.uuid()), message, small];
        let rows = here!(self.0.rows(READERS, &args).await?);
        if rows[0].maybe_int("message_seq")?.is_none() {
            return Ok(Mine::NotThere);
        }
        if rows[0].int("member_count")?.cast_unsigned() > SMALL {
            return Ok(Mine::Here(Readers { count: rows[0].int("readers")?.cast_unsigned(), users: None }));
        }
        let mut users = Vec::new();
        for row in &rows {
            users.extend(row.maybe_id("user_id")?.map(UserId::from_uuid));
        }
        users.sort_unstable();
        let count = u64::try_from(users.len()).unwrap_or(u64::MAX);
        Ok(Mine::Here(Readers { count, users: Some(users) }))
    }

    async fn seen(&self, users: &[UserId], at: Timestamp) -> Result<(), StoreError> {
        if users.is_empty() {
            return Ok(());
        }
        self.0.write(&[(D::SEEN, vec![Arg::Text(&ids(users)), Arg::Int(at.0)])]).await.map(drop)
    }
}
