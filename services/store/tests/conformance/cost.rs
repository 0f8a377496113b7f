//! What a message costs, counted: it must not depend on how many people read it.

use std::collections::BTreeMap;
use std::sync::Arc;

use confab_proto::ConversationId;
use confab_store::open;
use sqlx::{Connection, PgConnection, Row, SqliteConnection};

use crate::database::{Database, options, with_database};
use crate::proxy::Proxy;
use crate::scene::{Stores, group, post, sign_up};

const FEW: usize = 10;
const MANY: usize = 10_000;
const MESSAGES: u64 = 5;

/// Rows written by table and kind, such as `events insert`.
type Touched = BTreeMap<String, i64>;

const COUNTED: &str = "select what, count(*) as times from touched group by what";

async fn run(database: &Database, sql: impl Into<String>) {
    let (url, sql) = (&database.options.url, sqlx::AssertSqlSafe(sql.into()));
    if database.is_postgres() {
        sqlx::raw_sql(sql).execute(&mut PgConnection::connect(url).await.unwrap()).await.unwrap();
    } else {
        sqlx::raw_sql(sql).execute(&mut SqliteConnection::connect(url).await.unwrap()).await.unwrap();
    }
}

/// Two groups of one owner, one with few and one with many members, who never signed in.
async fn rooms(database: &Database) -> [(ConversationId, usize); 2] {
    let store: &Stores = &database.store;
    let owner = sign_up(store, "ada").await;
    let (numbers, id) = if database.is_postgres() {
        (format!("generate_series(1, {MANY}) n"), "gen_random_uuid()")
    } else {
        let all = "with recursive ns(n) as (select 1 union all select n + 1 from ns where n <";
        (format!("({all} {MANY}) select n from ns)"), "randomblob(16)")
    };
    let names = "'u' || n, 'u' || n, 'u' || n";
    let into = "insert into users (id, username, display_name, display_key, created_at)";
    run(database, format!("{into} select {id}, {names}, 1 from {numbers}")).await;
    let mut rooms = Vec::new();
    for members in [FEW, MANY] {
        let room = group(store, owner, "room", &[]).await;
        let hex = room.uuid().simple();
        let room_id = if database.is_postgres() { format!("'{hex}'::uuid") } else { format!("x'{hex}'") };
        let some = format!("select id from users where username like 'u%' limit {}", members - 1);
        let into = "insert into members (stream_id, user_id, role, since_seq, guard_seq)";
        run(database, format!("{into} select {room_id}, id, 'member', 1, 1 from ({some}) u")).await;
        run(database, format!("update streams set member_count = {members} where id = {room_id}")).await;
        rooms.push((room, members));
    }
    let counted = async |(room, members)| {
        let known = store.conversation(room, owner).await.unwrap().unwrap();
        assert_eq!(usize::try_from(known.member_count).unwrap(), members);
    };
    counted(rooms[0]).await;
    counted(rooms[1]).await;
    rooms.try_into().unwrap()
}

/// Counts every row that anything writes from here on, with triggers on all tables.
async fn count_rows(database: &Database) {
    if database.is_postgres() {
        let triggers = "create table touched (what text not null);
            create function count_touched() returns trigger language plpgsql security definer as $$ begin
                insert into public.touched values (tg_table_name || ' ' || lower(tg_op)); return null; end $$;
            do $$ declare one regclass; begin
                for one in select oid from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
                    and relname not in ('touched', '_sqlx_migrations')
                loop execute format('create trigger touched after insert or update or delete on %s
                    for each row execute function count_touched()', one); end loop; end $$;";
        return run(database, triggers).await;
    }
    // What belongs to the index of messages is written by another task, after the fact.
    let tables = "select name from sqlite_schema where type = 'table' and sql not like 'create virtual%'
        and name not like 'sqlite_%' and name not like 'search%' and name <> '_sqlx_migrations'";
    let connection = &mut SqliteConnection::connect(&database.options.url).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(connection).await.unwrap();
    run(database, "create table touched (what text not null)").await;
    for (table, kind) in tables.iter().flat_map(|table| ["insert", "update", "delete"].map(|kind| (table, kind))) {
        let count = format!("begin insert into touched values ('{table} {kind}'); end");
        run(database, format!("create trigger {table}_{kind} after {kind} on {table} {count}")).await;
    }
}

/// What was counted since the last time.
async fn touched(database: &Database) -> Touched {
    let url = &database.options.url;
    let counted = if database.is_postgres() {
        let rows = sqlx::query(COUNTED).fetch_all(&mut PgConnection::connect(url).await.unwrap()).await.unwrap();
        rows.iter().map(|row| (row.get("what"), row.get("times"))).collect()
    } else {
        let rows = sqlx::query(COUNTED).fetch_all(&mut SqliteConnection::connect(url).await.unwrap()).await.unwrap();
        rows.iter().map(|row| (row.get("what"), row.get("times"))).collect()
    };
    run(database, "delete from touched").await;
    counted
}

pub(crate) async fn a_message_writes_the_same_rows_whoever_reads_it(database: Arc<Database>) {
    let rooms = rooms(&database).await;
    let ada = database.store.find_users("ada", 1).await.unwrap()[0].id;
    count_rows(&database).await;
    let mut written = Vec::new();
    for (room, _) in rooms {
        for number in 0..MESSAGES {
            post(&database.store, room, ada, &format!("message {number}")).await;
        }
        written.push(touched(&database).await);
    }
    assert_eq!(written[0], written[1]);
    // The end of the log is where its events end, and no row of its own.
    assert_eq!(written[0], Touched::from([("events insert".to_owned(), MESSAGES.cast_signed())]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_asks_the_same_of_postgres_whoever_reads_it() {
    with_database(|url| async move {
        let database = Database::postgres(url.clone()).await;
        let rooms = rooms(&database).await;
        let ada = database.store.find_users("ada", 1).await.unwrap()[0].id;
        for (room, _) in rooms {
            let proxy = Proxy::start(&url).await;
            let through = open(&options(proxy.url.clone())).await.unwrap();
            post(&through, room, ada, "the first one connects").await;
            let before = proxy.statements();
            for _ in 0..MESSAGES {
                post(&through, room, ada, "the same").await;
            }
            // Where the log is, what is known of the group and its author, and the append.
            assert_eq!(proxy.statements() - before, 3 * MESSAGES);
        }
    })
    .await;
}
