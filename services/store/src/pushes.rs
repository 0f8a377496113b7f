//! Web Push: which browsers are told of messages, by which key, and how far the log was looked through for that.
//!
//! Invariant: the cursor moves from where a step began or not at all. (Two that look through the log at once would else tell of a
//! message twice.)

use async_trait::async_trait;
use confab_domain::notice::{Kind, Reader};
use confab_proto::{ConversationId, Seq, SessionId, Timestamp, UserId};

use crate::channel::{Sql, first};
use crate::decode::{self, bound, count};
use crate::dialect::{Arg, Columns, Dialect};
use crate::error::StoreError;
use crate::read::LogHead;

/// A browser that wants to be told. No `Debug`: who knows all of it can tell things there.
#[derive(Clone, PartialEq, Eq)]
pub struct PushSubscription {
    pub session: SessionId,
    pub user: UserId,
    pub endpoint: String,
    /// Base64url without padding, as is `auth`.
    pub p256dh: String,
    pub auth: String,
}

/// A message, as it may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushMessage {
    pub kind: Kind,
    /// Of a group.
    pub name: Option<String>,
    /// The author's display name.
    pub author: String,
    /// JSON of the message, or of its last edit.
    pub data: String,
}

/// A member with a browser that may be told; one with several comes several times.
#[derive(Clone)]
pub struct PushReader {
    pub reader: Reader,
    pub subscription: PushSubscription,
}

/// What the API does for Web Push.
#[async_trait]
pub trait Pushes: Send + Sync + 'static {
    /// PKCS#8 of the key, in base64url, if there is one.
    async fn push_key(&self) -> Result<Option<String>, StoreError>;

    /// Keeps the key unless there is one, and gives the one that stands.
    async fn keep_push_key(&self, pkcs8: &str) -> Result<String, StoreError>;

    /// Makes or replaces the subscription of a session; beyond `most` of one person the oldest go. Nothing happens if the session
    /// has ended.
    async fn subscribe(&self, subscription: &PushSubscription, at: Timestamp, most: usize) -> Result<(), StoreError>;

    /// `user`: only if it is theirs. Whether there was one.
    async fn unsubscribe(&self, endpoint: &str, user: UserId) -> Result<bool, StoreError>;

    /// Whether any browser wants to be told anything.
    async fn has_subscriptions(&self) -> Result<bool, StoreError>;

    /// How far the log was looked through, and in which life of it.
    async fn pushed(&self) -> Result<LogHead, StoreError>;

    /// `false`, and nothing was done: it does not stand at `from`.
    async fn move_pushed(&self, from: LogHead, to: LogHead) -> Result<bool, StoreError>;

    /// A message by its event; `None` if it was taken back.
    async fn push_message(&self, conversation: ConversationId, seq: Seq) -> Result<Option<PushMessage>, StoreError>;

    /// Members with a subscription, without the author. `root`: of the thread that the message stands in.
    async fn push_readers(
        &self,
        conversation: ConversationId,
        author: UserId,
        root: Option<Seq>,
        now: Timestamp,
    ) -> Result<Vec<PushReader>, StoreError>;
}

const KEY: &str = "select pkcs8 from push_key where id = 1";
const KEEP_KEY: &str = "insert into push_key (id, pkcs8) values (1, $1) on conflict (id) do nothing";

/// A browser that somebody else signed in with.
const DROP_OTHERS: &str = "delete from push_subscriptions where endpoint = $1 and session_id <> $2";
const SUBSCRIBE: &str = "insert into push_subscriptions (session_id, user_id, endpoint, p256dh, auth, created_at)
    select s.id, s.user_id, $3, $4, $5, $6 from sessions s where s.id = $1 and s.user_id = $2
    on conflict (session_id) do update set endpoint = excluded.endpoint, p256dh = excluded.p256dh,
        auth = excluded.auth, created_at = excluded.created_at";
const DROP_OLDEST: &str = "delete from push_subscriptions where user_id = $1 and session_id not in (
    select x.session_id from push_subscriptions x where x.user_id = $1
    order by x.created_at desc, x.session_id desc limit $2)";
const UNSUBSCRIBE: &str = "delete from push_subscriptions where endpoint = $1 and user_id = $2";
pub(crate) const DROP_OF_DELETED: &str = "delete from push_subscriptions where user_id = $1
    and exists (select 1 from users u where u.id = $1 and u.deleted_at is not null)";

const ANY: &str = "select exists (select 1 from push_subscriptions) as found";

const PUSHED: &str = "select epoch as log_epoch, position as log_position from pushed";
const MOVE: &str = "update pushed set epoch = $3, position = $4 where epoch = $1 and position = $2";

const MESSAGE: &str = "select s.kind, s.name, u.display_name,
        coalesce((select t.data from events t where t.stream_id = e.stream_id and t.target_seq = e.seq
            and t.type <> 'message.replied' and t.type = 'message.edited' and t.redacted_at is null
            order by t.seq desc limit 1), e.data) as data
    from events e cross join streams s cross join users u
    where e.stream_id = $1 and e.seq = $2 and e.redacted_at is null and e.type in ('message.posted', 'message.replied')
        and s.id = e.stream_id and u.id = e.actor_id";

const READERS: &str = "select x.session_id, x.user_id, x.endpoint, x.p256dh, x.auth, coalesce(r.seq, 0) as read_seq,
        p.muted_until, f.user_id is not null as follows
    from members m join push_subscriptions x on x.user_id = m.user_id
    join sessions z on z.id = x.session_id and z.expires_at > $4
    left join read_marks r on r.stream_id = m.stream_id and r.user_id = m.user_id
    left join preferences p on p.stream_id = m.stream_id and p.user_id = m.user_id
    left join thread_follows f on f.stream_id = m.stream_id and f.user_id = m.user_id and f.root_seq = $3
    where m.stream_id = $1 and m.role <> 'banned' and m.user_id <> $2
    order by x.user_id, x.session_id";

fn ends(head: LogHead) -> [Arg<'static>; 2] {
    [Arg::Int(head.epoch.0.cast_signed()), Arg::Int(bound(head.position.0))]
}

fn push_reader(row: &impl Columns) -> Result<PushReader, StoreError> {
    let user = UserId::from_uuid(row.id("user_id")?);
    Ok(PushReader {
        reader: Reader {
            user,
            read: Seq::from_i64(row.int("read_seq")?),
            muted_until: row.maybe_int("muted_until")?.map(Timestamp),
            follows: row.flag("follows")?,
        },
        subscription: PushSubscription {
            session: SessionId::from_uuid(row.id("session_id")?),
            user,
            endpoint: row.text("endpoint")?,
            p256dh: row.text("p256dh")?,
            auth: row.text("auth")?,
        },
    })
}

#[async_trait]
impl<D: Dialect> Pushes for Sql<D> {
    async fn push_key(&self) -> Result<Option<String>, StoreError> {
        Ok(self.0.rows(KEY, &[]).await?.first().map(|row| row.text("pkcs8")).transpose()?)
    }

    async fn keep_push_key(&self, pkcs8: &str) -> Result<String, StoreError> {
        self.0.write(&[(KEEP_KEY, vec![Arg::Text(pkcs8)])]).await?;
        self.push_key().await?.ok_or_else(|| StoreError::Damaged("the key of Web Push is gone".to_owned()))
    }

    async fn subscribe(&self, subscription: &PushSubscription, at: Timestamp, most: usize) -> Result<(), StoreError> {
        let PushSubscription { session, user, endpoint, p256dh, auth } = subscription;
        let (session, user, endpoint) = (Arg::Id(session.uuid()), Arg::Id(user.uuid()), Arg::Text(endpoint));
        let row = vec![session, user, endpoint, Arg::Text(p256dh), Arg::Text(auth), Arg::Int(at.0)];
        let statements = [
            (DROP_OTHERS, vec![endpoint, session]),
            (SUBSCRIBE, row),
            (DROP_OLDEST, vec![user, Arg::Int(count(most))]),
        ];
        self.0.write(&statements).await.map(drop)
    }

    async fn unsubscribe(&self, endpoint: &str, user: UserId) -> Result<bool, StoreError> {
        let touched = self.0.write(&[(UNSUBSCRIBE, vec![Arg::Text(endpoint), Arg::Id(user.uuid())])]).await?;
        Ok(touched[0] > 0)
    }

    async fn has_subscriptions(&self) -> Result<bool, StoreError> {
        let rows = self.0.rows(ANY, &[]).await?;
        rows.first().map_or(Ok(false), |row| Ok(row.flag("found")?))
    }

    async fn pushed(&self) -> Result<LogHead, StoreError> {
        decode::log_head(first(&self.0.rows(PUSHED, &[]).await?)?)
    }

    async fn move_pushed(&self, from: LogHead, to: LogHead) -> Result<bool, StoreError> {
        let args = ends(from).into_iter().chain(ends(to)).collect();
        Ok(self.0.write(&[(MOVE, args)]).await?[0] == 1)
    }

    async fn push_message(&self, conversation: ConversationId, seq: Seq) -> Result<Option<PushMessage>, StoreError> {
        let rows = self.0.rows(MESSAGE, &[Arg::Id(conversation.uuid()), Arg::Int(bound(seq.0))]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(PushMessage {
            kind: if row.text("kind")? == "direct" { Kind::Direct } else { Kind::Group },
            name: row.maybe_text("name")?,
            author: row.text("display_name")?,
            data: row.text("data")?,
        }))
    }

    async fn push_readers(
        &self,
        conversation: ConversationId,
        author: UserId,
        root: Option<Seq>,
        now: Timestamp,
    ) -> Result<Vec<PushReader>, StoreError> {
        // No message has the number 0.
        let root = Arg::Int(root.map_or(0, |root| bound(root.0)));
        let args = [Arg::Id(conversation.uuid()), Arg::Id(author.uuid()), root, Arg::Int(now.0)];
        self.0.rows(READERS, &args).await?.iter().map(push_reader).collect()
    }
}
