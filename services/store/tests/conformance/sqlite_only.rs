//! What only SQLite has: a file, a position file beside it, one writer.

use std::fs;
use std::path::PathBuf;

use confab_store::{StoreError, StoreOptions, migrate, open};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::database::{Database, options};
use crate::scene::{group, post, sign_up};

fn in_folder() -> (TempDir, StoreOptions, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep/confab.db");
    (folder, options(format!("sqlite://{}", file.display())), file)
}

#[tokio::test]
async fn refuses_a_store_that_was_not_migrated() {
    let (_folder, options, _) = in_folder();
    let error = open(&options).await.err().unwrap();
    assert!(matches!(&error, StoreError::Migration(text) if text.contains("run `confab migrate`")), "{error}");
    let first = migrate(&options).await.unwrap();
    assert_eq!((first.from, first.applied.len() >= 2), (None, true), "{first:?}");
    assert!(first.applied[0].starts_with("0001 "), "{first:?}");
    let second = migrate(&options).await.unwrap();
    assert_eq!((second.from, second.to, second.applied), (Some(first.to), first.to, Vec::new()));
    open(&options).await.unwrap();
}

#[tokio::test]
async fn refuses_a_store_of_a_newer_version() {
    let database = Database::sqlite().await;
    let pool = sqlx::SqlitePool::connect(&database.options.url).await.unwrap();
    let later = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (9000, 'from the future', true, x'00', 0)";
    sqlx::query(later).execute(&pool).await.unwrap();
    let error = open(&database.options).await.err().unwrap();
    assert!(matches!(&error, StoreError::Migration(text) if text.contains("9000")), "{error}");
    assert!(matches!(migrate(&database.options).await.unwrap_err(), StoreError::Migration(_)));
}

#[tokio::test]
async fn an_older_file_put_back_begins_a_new_epoch() {
    let (_folder, options, file) = in_folder();
    migrate(&options).await.unwrap();
    let store = open(&options).await.unwrap();
    let ada = sign_up(&store, "ada").await;
    let room = group(&store, ada, "room", &[]).await;
    let saved = file.with_extension("saved");
    let pool = sqlx::SqlitePool::connect(&options.url).await.unwrap();
    sqlx::query("vacuum into $1").bind(saved.display().to_string()).execute(&pool).await.unwrap();
    pool.close().await;
    post(&store, room, ada, "lost by the restore").await;
    let before = store.log_head().await.unwrap();
    drop(store);
    let same = open(&options).await.unwrap();
    assert_eq!(same.log_head().await.unwrap(), before, "nothing went back");
    drop(same);

    for ending in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{ending}", file.display()));
    }
    fs::rename(&saved, &file).unwrap();
    let restored = open(&options).await.unwrap();
    let after = restored.log_head().await.unwrap();
    assert_eq!(after.position.0 + 1, before.position.0);
    assert_ne!(after.epoch, before.epoch);
    drop(restored);
    assert_eq!(open(&options).await.unwrap().log_head().await.unwrap(), after, "once, not at every open");
}

#[tokio::test]
async fn the_position_file_follows_every_append() {
    let (_folder, options, file) = in_folder();
    migrate(&options).await.unwrap();
    let store = open(&options).await.unwrap();
    let ada = sign_up(&store, "ada").await;
    let room = group(&store, ada, "room", &[]).await;
    for n in 0..3 {
        let placed = post(&store, room, ada, &format!("{n}")).await;
        let text = fs::read_to_string(format!("{}.position", file.display())).unwrap();
        assert_eq!(text.trim().parse::<u64>().unwrap(), placed.position.0);
    }
}

#[tokio::test]
async fn a_second_process_that_opens_and_writes_changes_no_epoch() {
    let (_folder, options, file) = in_folder();
    migrate(&options).await.unwrap();
    let store = open(&options).await.unwrap();
    let ada = sign_up(&store, "ada").await;
    let room = group(&store, ada, "room", &[]).await;
    let before = store.log_head().await.unwrap();
    let mut writing = JoinSet::new();
    let server = store.clone();
    writing.spawn(async move {
        for n in 0..100 {
            post(&server, room, ada, &format!("of the server {n}")).await;
        }
    });
    for n in 0..20 {
        let second = open(&options).await.unwrap();
        post(&second, room, ada, &format!("of the second {n}")).await;
        second.close().await;
    }
    writing.join_all().await;
    let after = store.log_head().await.unwrap();
    assert_eq!((after.epoch, after.position.0), (before.epoch, before.position.0 + 120));
    let text = fs::read_to_string(format!("{}.position", file.display())).unwrap();
    assert_eq!(text.trim().parse::<u64>().unwrap(), after.position.0, "the last word is the furthest");
}

#[tokio::test]
async fn readers_cannot_write() {
    let database = Database::sqlite().await;
    let options: sqlx::sqlite::SqliteConnectOptions = database.options.url.parse().unwrap();
    let pool = sqlx::SqlitePool::connect_with(options.pragma("query_only", "on")).await.unwrap();
    assert!(sqlx::query("delete from store").execute(&pool).await.is_err());
}

#[tokio::test]
async fn refuses_a_database_in_memory() {
    for url in ["sqlite::memory:", "sqlite://?mode=memory", "mysql://localhost/x", "confab.db"] {
        let error = open(&options(url.to_owned())).await.err().unwrap();
        assert!(matches!(error, StoreError::Refused(_)), "{url}: {error}");
    }
}
