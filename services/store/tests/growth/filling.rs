//! A store of any size, written by SQL set by set: people, conversations, the log, read marks and mentions.
//!
//! The rows are lawful: `position`, `seq` and `message_no` have no gap, and what is projected is what the log says. Every ten events of a
//! conversation are the same: seven messages, an edit, a reaction (or a pin), and a reply in a thread. The conversations of the viewer
//! are the same at every size but for the large one, which has its thread and its pins at its beginning.

use std::fmt::Write as _;

use confab_proto::{ConversationId, Seq, UserId};
use confab_store::TokenHash;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};
use uuid::Uuid;

/// How many of everything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) people: u64,
    pub(crate) conversations: u64,
    /// Events of the large conversation.
    pub(crate) large: u64,
}

/// So little that all of it fits into any cache; the viewer has as much as in the full one.
pub(crate) const NEARLY_EMPTY: Size = Size { people: 2_000, conversations: VIEWED, large: 3_000 };
/// 1,047,915 events.
pub(crate) const FULL: Size = Size { people: 10_000, conversations: 10_000, large: 200_000 };

/// The conversations of the viewer, who is the person 0. The conversation 0 is the large one.
pub(crate) const VIEWED: u64 = 200;
/// Members of the large conversation.
pub(crate) const MANY: u64 = 1_000;
/// Replies under the first message of the large conversation.
pub(crate) const LONG_THREAD: u64 = 150;
/// Pinned messages of the large conversation.
pub(crate) const PINS: u64 = 10;
/// Events of every other conversation.
const EACH: u64 = 80;
/// Every tenth conversation but the large one is a direct one.
const DIRECT: &str = "(k % 10 = 9)";
/// Knuth's: what comes one after the other is far apart in an index.
const SCATTER: u64 = 2_654_435_761;

impl Size {
    /// The first message of the large conversation.
    pub(crate) fn first_message() -> Seq {
        Seq(MANY + 2)
    }

    /// In the midst of the large conversation.
    pub(crate) fn middle(&self) -> Seq {
        Seq(MANY + (self.large - MANY) / 2)
    }
}

pub(crate) fn room(k: u64) -> ConversationId {
    let scattered = u128::from(k * SCATTER % (1 << 32));
    ConversationId::from_uuid(Uuid::from_u128(scattered << 96 | 0x4000_8000_u128 << 48 | u128::from(k)))
}

pub(crate) fn person(n: u64) -> UserId {
    UserId::from_uuid(Uuid::from_u128(0x0198_c0de_0000_7000_8000_u128 << 48 | u128::from(n)))
}

pub(crate) fn token(n: u64) -> TokenHash {
    let mut token = TokenHash::default();
    token[..4].copy_from_slice(&u32::try_from(n * SCATTER % (1 << 32)).expect("a remainder").to_be_bytes());
    token[24..].copy_from_slice(&n.to_be_bytes());
    token
}

/// What the dialects say in their own way.
#[derive(Clone, Copy)]
enum Words {
    Postgres,
    Sqlite,
}

impl Words {
    fn of(url: &str) -> Self {
        if url.starts_with("postgres") { Self::Postgres } else { Self::Sqlite }
    }

    fn hex(self, number: &str, digits: u32) -> String {
        match self {
            Self::Postgres => format!("lpad(to_hex(({number})::bigint), {digits}, '0')"),
            Self::Sqlite => format!("printf('%0{digits}x', {number})"),
        }
    }

    fn scattered(self, number: &str) -> String {
        self.hex(&format!("(cast({number} as bigint) * {SCATTER}) % 4294967296"), 8)
    }

    fn id(self, hex: &str) -> String {
        match self {
            Self::Postgres => format!("({hex})::uuid"),
            Self::Sqlite => format!("unhex({hex})"),
        }
    }

    fn room(self) -> String {
        self.id(&format!("{} || '000040008000' || {}", self.scattered("k"), self.hex("k", 12)))
    }

    /// Of people and, by another beginning, of their sessions.
    fn person(self, number: &str) -> String {
        self.id(&format!("'0198c0de000070008000' || {}", self.hex(number, 12)))
    }

    fn token(self, number: &str) -> String {
        let hex = format!("{} || {}", self.scattered(number), self.hex(number, 56));
        match self {
            Self::Postgres => format!("decode({hex}, 'hex')"),
            Self::Sqlite => format!("unhex({hex})"),
        }
    }

    fn random_id(self) -> &'static str {
        match self {
            Self::Postgres => "gen_random_uuid()",
            Self::Sqlite => "randomblob(16)",
        }
    }

    fn random_bytes(self) -> &'static str {
        match self {
            Self::Postgres => "uuid_send(gen_random_uuid())",
            Self::Sqlite => "randomblob(16)",
        }
    }

    /// A table `numbers (n)` from 1.
    fn numbers(self, to: u64) -> String {
        match self {
            Self::Postgres => format!(
                "create temp table numbers (n bigint primary key);
                 insert into numbers select n from generate_series(1, {to}) n; analyze numbers;"
            ),
            Self::Sqlite => format!(
                "create temp table numbers (n integer primary key);
                 insert into numbers with recursive x(n) as (select 1 union all select n + 1 from x where n < {to}) select n from x;"
            ),
        }
    }
}

/// Who there is: `rooms (k, id, members, head, length)`, of which `head` events make it and its members, and `people_in (k, j, u)`.
fn plan(words: Words, size: &Size) -> String {
    let Size { people, conversations, large } = size;
    let room = words.room();
    format!(
        "{numbers}
         create temp table rooms as
             select k, {room} as id, members, members + 1 as head, case when k = 0 then {large} else {EACH} end as length
             from (select n - 1 as k, case when n = 1 then {MANY} when {DIRECT} then 2 else 5 end as members
                   from (select n, n - 1 as k from numbers) x where n <= {conversations}) r;
         create temp table people_in as
             select r.k, r.id, r.head, r.length, m.n - 1 as j,
                 case when r.k = 0 then m.n - 1 when r.k < {VIEWED} and m.n = 1 then 0
                     else 1 + (r.k * 31 + m.n * 7) % ({people} - 1) end as u
             from rooms r join numbers m on m.n <= r.members;",
        numbers = words.numbers((*people).max(*large)),
    )
}

fn tables(words: Words, people: u64) -> String {
    let (person, user) = (words.person("n - 1"), words.person("u"));
    let (session, token) = (words.person("1099511627776 + n"), words.token("n - 1"));
    let role = format!("case when j > 0 or (k > 0 and {DIRECT}) then 'member' else 'owner' end");
    format!(
        "insert into users (id, username, display_name, display_key, created_at)
             select {person}, 'user' || (n - 1), 'Person ' || (n - 1), 'person ' || (n - 1), 1 from numbers where n <= {people};
         insert into credentials (user_id, password_hash) select id, '$argon2id$of-' || username from users;
         insert into sessions (id, user_id, token_hash, expires_at, created_at, last_seen_at, client)
             select {session}, {person}, {token}, 1900000000000000, 1, 1, 'Firefox' from numbers where n <= {people};
         insert into streams (id, kind, guard_seq, visibility, created_at) select id, 'user', 0, 'private', 1 from users;
         insert into streams (id, kind, guard_seq, name, name_key, visibility, created_at, member_count)
             select id, case when {direct} then 'direct' else 'group' end, 1, case when not {direct} then 'Group ' || k end,
                 case when not {direct} then 'group ' || k end, case when {direct} then 'private' else 'public' end, 1, members
             from rooms;
         insert into members (stream_id, user_id, role, since_seq, guard_seq)
             select id, {user}, {role}, 2 + j, 2 + j from people_in;
         insert into read_marks (stream_id, user_id, seq)
             select id, {user}, head + (length - head) * 3 / 4 from people_in;
         insert into preferences (user_id, stream_id, draft, draft_at)
             select {user}, id, 'half a sentence', 1 from people_in where k % 20 = 1;
         insert into mentions (stream_id, user_id, seq, actor_id)
             select p.id, {user}, p.head + 1 + 10 * s.n, {speaker}
             from people_in p join numbers s on s.n <= (p.length - p.head - 1) / 10
             where s.n % 50 = p.j and (p.k > 0 or p.j > 0);",
        direct = format!("(k > 0 and {DIRECT})"),
        speaker = words.person("case when u = 0 then 1 else 0 end"),
    )
}

/// The log. The making of all conversations comes first, one command each; then all of them speak at once.
fn log(words: Words) -> String {
    let (user, owner) = (words.person("u"), words.person("(case when j = 0 then u else o end)"));
    let text = |seq: &str| format!("'\"body\":\"Message ' || {seq} || ' of some length, as people write them\"'");
    let rest = ",\"replyTo\":null,\"attachments\":[]}";
    format!(
        "insert into events (position, stream_id, seq, message_no, type, version, actor_id, client_id, target_seq, at, data, request_hash)
         select position, stream_id, seq, message_no, type, 1, actor_id, case when opens then {client} end, target_seq,
             1750000000000000 + position * 1000, data, case when opens then {hash} end
         from (
             select row_number() over (order by turn, k, part, place) as position, x.* from (
                 select 0 as turn, k, 0 as part, 0 as place, id as stream_id, 1 as seq, 0 as message_no, 'conversation.created' as type,
                     {user} as actor_id, cast(1 = 1 as {flag}) as opens, cast(null as bigint) as target_seq,
                     case when k > 0 and {DIRECT} then '{{\"kind\":\"direct\",\"name\":null,\"visibility\":\"private\"}}'
                         else '{{\"kind\":\"group\",\"name\":\"Group ' || k || '\",\"visibility\":\"public\"}}' end as data
                 from people_in where j = 0
                 union all
                 select 0, k, 1, j, id, 2 + j, 0, 'member.added', {owner}, 1 = 0, null,
                     '{{\"userId\":\"' || {dashed_user} || '\",\"role\":\"'
                         || case when j > 0 or (k > 0 and {DIRECT}) then 'member' else 'owner' end || '\"}}'
                 from (select p.*, f.u as o from people_in p join people_in f on f.k = p.k and f.j = 0) p
                 union all
                 select 0, k, 2, j, {user}, row_number() over (partition by u order by k), 0, 'conversation.entered', {owner}, 1 = 0, null,
                     '{{\"conversationId\":\"' || {dashed_room} || '\"}}'
                 from (select p.*, f.u as o from people_in p join people_in f on f.k = p.k and f.j = 0) p
                 union all
                 select 1 + i * 1000000 / (length - head), k, 3, i, id, head + i,
                     7 * b + case when r < 4 then r + 1 when r < 5 then 4 when r < 8 then r else 7 end,
                     case when r = 4 then 'message.edited' when r = 9 then 'message.replied' when r = 8 and pins then 'message.pinned'
                         when r = 8 then 'reaction.added' else 'message.posted' end,
                     {user}, 1 = 1,
                     case when r = 4 or r = 8 then head + i - 1 when r = 9 and long then head + 1 when r = 9 then head + i - 9 end,
                     case when r = 4 then '{{\"targetSeq\":' || (head + i - 1) || ',' || {text} || '}}'
                         when r = 8 and pins then '{{\"targetSeq\":' || (head + i - 1) || '}}'
                         when r = 8 then '{{\"targetSeq\":' || (head + i - 1) || ',\"emoji\":\"👍\"}}'
                         when r = 9 then '{{\"threadSeq\":' || case when long then head + 1 else head + i - 9 end || ',' || {text} || '{rest}'
                         else '{{' || {text} || '{rest}' end
                 from (select p.*, s.n as i, (s.n - 1) / 10 as b, (s.n - 1) % 10 as r,
                           p.k = 0 and (s.n - 1) / 10 between 1 and {LONG_THREAD} as long,
                           p.k = 0 and (s.n - 1) / 10 % 10 = 0 and (s.n - 1) / 10 < 10 * {PINS} as pins
                       from rooms q join numbers s on s.n <= q.length - q.head
                       join people_in p on p.k = q.k and p.j = (s.n * 3 / 7) % q.members) m
             ) x
         ) y order by position;",
        client = words.random_id(),
        hash = words.random_bytes(),
        flag = match words {
            Words::Postgres => "boolean",
            Words::Sqlite => "integer",
        },
        text = text("(head + i)"),
        dashed_user = dashed(words, "'0198c0de-0000-7000-8000-'", "u"),
        dashed_room = dashed(words, &format!("{} || '-0000-4000-8000-'", words.scattered("k")), "k"),
    )
}

fn dashed(words: Words, beginning: &str, number: &str) -> String {
    format!("{beginning} || {}", words.hex(number, 12))
}

/// Fills a migrated store. Statistics are for the caller to gather, or not.
pub(crate) async fn fill(url: &str, size: &Size) {
    let words = Words::of(url);
    let mut sql = String::new();
    match words {
        Words::Postgres => {
            sql += "set synchronous_commit = off; set work_mem = '256MB'; set maintenance_work_mem = '256MB';"
        }
        Words::Sqlite => sql += "pragma synchronous = off; pragma cache_size = -400000; pragma temp_store = memory;",
    }
    write!(sql, "begin; {}", plan(words, size)).expect("a text takes text");
    match words {
        Words::Postgres => sql += "create index on people_in (k, j); analyze rooms; analyze people_in;",
        Words::Sqlite => sql += "create index temp.people_in_idx on people_in (k, j);",
    }
    write!(sql, "{} {} commit;", tables(words, size.people), log(words)).expect("a text takes text");
    if let Words::Sqlite = words {
        sql += "pragma wal_checkpoint(truncate);";
    }
    run(url, sql).await;
}

/// Statistics, as they are gathered in time.
pub(crate) async fn analyze(url: &str) {
    run(url, "analyze").await;
}

/// Runs statements beside the store, and tells nobody.
pub(crate) async fn run(url: &str, sql: impl Into<String>) {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.into()));
    if url.starts_with("postgres") {
        let options = url.parse::<PgConnectOptions>().unwrap().disable_statement_logging();
        sql.execute(&mut options.connect().await.unwrap()).await.unwrap();
    } else {
        let options = url.parse::<SqliteConnectOptions>().unwrap().disable_statement_logging();
        sql.execute(&mut options.connect().await.unwrap()).await.unwrap();
    }
}
