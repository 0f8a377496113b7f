//! What only Postgres has: roles, a server that goes away, clients that stop in the middle.

use std::time::Duration;

use confab_proto::{Position, Seq, Timestamp};
use confab_store::{MessageWindow, Outcome, Rate, StoreError, migrate, open, open_reader};
use sqlx::{Connection, PgConnection};
use tokio::task::JoinSet;

use crate::database::{Database, options, server, with_database};
use crate::proxy::{Mode, Proxy};
use crate::scene::{
    Stores, add_session, appended, direct, group, join, log, message, one, post, session, sign_up, token,
};

/// The same database as another role.
fn as_role(url: &str, role: &str) -> String {
    format!("{url}?options=-c%20role%3D{role}")
}

async fn refused(connection: &mut PgConnection, sql: &'static str) -> bool {
    let error = sqlx::query(sql).execute(connection).await.unwrap_err();
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("42501"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_reads_and_does_nothing_else() {
    with_database(|url| async move {
        let database = Database::postgres(url.clone()).await;
        let ada = sign_up(&database.store, "ada").await;
        let room = group(&database.store, ada, "room", &[]).await;
        let hash = token();
        add_session(&database.store, session(ada), hash).await;
        let reader = open_reader(&options(as_role(&url, "confab_gateway"))).await.unwrap();
        assert_eq!(reader.log_head().await.unwrap(), database.store.log_head().await.unwrap());
        assert!(reader.snapshot(room.into()).await.unwrap().is_some());
        assert_eq!(reader.events_after(room.into(), Seq(0), 9, 9999).await.unwrap().events.len(), 2);
        assert_eq!(reader.sweep(Some(Position(0))).await.unwrap().moved.len(), 2);
        assert!(reader.session(&hash).await.unwrap().is_some());

        let mut gateway = PgConnection::connect(&as_role(&url, "confab_gateway")).await.unwrap();
        for sql in [
            "insert into events (position, stream_id, seq, message_no, type, version, actor_id, at, data)
                values (9, gen_random_uuid(), 1, 0, 'x', 1, gen_random_uuid(), 1, '{}')",
            "update events set data = '{}'",
            "delete from members",
            "update store set epoch = 1",
            "select * from users",
            "select * from leases",
            "select * from credentials",
            "select client from sessions",
            "select * from rate_buckets",
            "update sessions set expires_at = 9",
            "call append_plain('[]', null)",
            "call append_rule('{}', null)",
            "select confab_append_plain('[]')",
            "select confab_project('{}', 1, 1)",
        ] {
            assert!(refused(&mut gateway, sql).await, "{sql}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_writes_the_log_through_its_functions_only() {
    with_database(|url| async move {
        migrate(&options(url.clone())).await.unwrap();
        let store: Stores = open(&options(as_role(&url, "confab_api"))).await.unwrap();
        let (ada, bob) = (sign_up(&store, "ada").await, sign_up(&store, "bob").await);
        let room = group(&store, ada, "room", &[]).await;
        appended(join(&store, room, bob).await);
        direct(&store, ada, bob).await;
        let said = post(&store, room, ada, "hello").await;
        store.mark_read(room, bob, said.seq).await.unwrap();
        assert_eq!(store.conversations_of(bob, 9, None).await.unwrap().unwrap().rows.len(), 2);
        assert_eq!(store.history(room, bob, MessageWindow::Newest, 9).await.unwrap().unwrap().events.len(), 1);
        assert!(store.credentials("ada").await.unwrap().is_some());
        let (signed_in, hash) = (session(ada), token());
        add_session(&store, signed_in, hash).await;
        store.extend_session(signed_in.id, signed_in.expires_at, Timestamp::now()).await.unwrap();
        assert_eq!(store.sessions_of(ada).await.unwrap().len(), 2);
        store.set_password(ada, "$argon2id$new").await.unwrap();
        let rate = Rate { burst: 1, interval: Duration::from_secs(60) };
        store.take_token(&token(), rate, Timestamp::now()).await.unwrap().unwrap();
        store.forget_full_buckets(Timestamp::now()).await.unwrap();

        let mut api = PgConnection::connect(&as_role(&url, "confab_api")).await.unwrap();
        for sql in [
            "insert into events (position, stream_id, seq, message_no, type, version, actor_id, at, data)
                values (9, gen_random_uuid(), 1, 0, 'x', 1, gen_random_uuid(), 1, '{}')",
            "update events set data = '{}'",
            "delete from events",
            "truncate events",
            "update streams set visibility = 'public'",
            "insert into members select stream_id, user_id, 'owner', 1, 1 from members",
            "update store set epoch = 1",
            "select confab_project('{}', 1, 1)",
        ] {
            assert!(refused(&mut api, sql).await, "{sql}");
        }
    })
    .await;
}

/// The owner of the database needs no rights over the server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_owner_migrates() {
    with_database(|url| async move {
        Database::postgres(url.clone()).await;
        let owner = format!("confab_owner_{}", url.rsplit_once('_').unwrap().1);
        let mut admin = PgConnection::connect(&url).await.unwrap();
        let sql = format!(
            "create role {owner}; drop owned by confab_api; drop owned by confab_gateway;
             drop schema public cascade; create schema public authorization {owner}"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut admin).await.unwrap();
        let options = options(as_role(&url, &owner));
        migrate(&options).await.unwrap();
        let store = open(&options).await.unwrap();
        let ada = sign_up(&store, "ada").await;
        let room = group(&store, ada, "room", &[]).await;
        post(&store, room, ada, "hello").await;
        drop(store);
        let sql = format!("drop schema public cascade; drop owned by {owner}; drop role {owner}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut admin).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_stops_in_the_middle_holds_nothing() {
    with_database(|url| async move {
        let database = Database::postgres(url.clone()).await;
        let proxy = Proxy::start(&url).await;
        let stopped = open(&options(proxy.url.clone())).await.unwrap();
        let store = &database.store;
        let ada = sign_up(store, "ada").await;
        let room = group(store, ada, "room", &[]).await;
        let head = post(&stopped, room, ada, "prepares the statement").await;
        let command = message(store, room, ada, "without its end").await;

        proxy.set(Mode::HoldSync);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { one(&stopped, command).await });
        let mut seen = 0;
        for _ in 0..200 {
            seen = store.log_head().await.unwrap().position.0;
            if seen > head.position.0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(seen, head.position.0 + 1, "committed, although the client has not ended its request");
        post(store, room, ada, "the others go on").await;
        proxy.set(Mode::Pass);
        let placed = appended(tasks.join_next().await.unwrap().unwrap());
        assert_eq!(placed[0].position.0, head.position.0 + 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_cut_off_is_unavailable_and_heals() {
    with_database(|url| async move {
        let proxy = Proxy::start(&url).await;
        let database = Database::postgres(proxy.url.clone()).await;
        let store = database.store.clone();
        let ada = sign_up(&store, "ada").await;
        let room = group(&store, ada, "room", &[]).await;
        let command = message(&store, room, ada, "into the hole").await;
        proxy.set(Mode::Hole);
        let (read, append, write) = tokio::join!(
            store.log_head(),
            store.append_plain(std::slice::from_ref(&command)),
            store.mark_read(room, ada, Seq(1)),
        );
        let errors = [read.err(), append.err(), write.err()];
        assert!(errors.iter().all(|error| matches!(error, Some(StoreError::Unavailable(_)))), "{errors:?}");
        proxy.set(Mode::Pass);
        let outcome = one(&store, command).await;
        assert!(matches!(outcome, Outcome::Appended(_)), "what fell into the hole never arrived: {outcome:?}");
        assert_eq!(log(&store, room).await.len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_connections_are_replaced_unnoticed() {
    with_database(|url| async move {
        let database = Database::postgres(url.clone()).await;
        let store = database.store.clone();
        let ada = sign_up(&store, "ada").await;
        let room = group(&store, ada, "room", &[]).await;
        store.sweep(None).await.unwrap();
        let mut admin = PgConnection::connect(&url).await.unwrap();
        for n in 0..3 {
            let sql = "select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()";
            sqlx::query(sql).execute(&mut admin).await.unwrap();
            store.sweep(None).await.unwrap();
            store.mark_read(room, ada, Seq(n)).await.unwrap();
            post(&store, room, ada, &format!("after the fall {n}")).await;
            tokio::join!(store.log_head(), store.log_head(), store.log_head()).2.unwrap();
        }
        assert_eq!(log(&store, room).await.len(), 5);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_waits_for_the_lock_only_so_long() {
    with_database(|url| async move {
        let database = Database::postgres(url.clone()).await;
        let store = &database.store;
        let ada = sign_up(store, "ada").await;
        let room = group(store, ada, "room", &[]).await;
        let command = message(store, room, ada, "patient").await;
        let mut holder = PgConnection::connect(&url).await.unwrap();
        let mut transaction = holder.begin().await.unwrap();
        sqlx::query("select confab_lock()").execute(&mut *transaction).await.unwrap();
        let error = store.append_plain(std::slice::from_ref(&command)).await.unwrap_err();
        let StoreError::Unavailable(sqlx::Error::Database(cause)) = &error else { panic!("{error:?}") };
        assert_eq!(cause.code().as_deref(), Some("55P03"), "lock not available");
        assert_eq!(store.history(room, ada, MessageWindow::Newest, 9).await.unwrap().unwrap().events.len(), 0);
        transaction.rollback().await.unwrap();
        appended(one(store, command).await);
    })
    .await;
}

#[tokio::test]
async fn tells_what_keeps_it_from_opening() {
    with_database(|url| async move {
        let error = open(&options(url.clone())).await.err().unwrap();
        assert!(matches!(&error, StoreError::Migration(text) if text.contains("run `confab migrate`")), "{error}");
        let first = migrate(&options(url.clone())).await.unwrap();
        assert_eq!((first.from, first.applied.len() >= 4), (None, true), "{first:?}");
        let second = migrate(&options(url.clone())).await.unwrap();
        assert_eq!((second.from, second.to, second.applied), (Some(first.to), first.to, Vec::new()));
        open(&options(url)).await.unwrap();
        for away in [
            format!("{}/confab_no_such_database", server().rsplit_once('/').unwrap().0),
            "postgres://nobody@127.0.0.1:1/confab".to_owned(),
        ] {
            let error = open(&options(away.clone())).await.err().unwrap();
            assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
            assert!(matches!(migrate(&options(away)).await.unwrap_err(), StoreError::Unavailable(_)));
        }
    })
    .await;
}
