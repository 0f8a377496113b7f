//! A fresh store for one test, in either dialect, removed afterwards also when the test failed.

use std::sync::Arc;

use confab_store::{Store, StoreOptions, migrate, open};
use sqlx::migrate::MigrateDatabase;
use tempfile::TempDir;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Where the store is, for opening it again.
pub(crate) struct Database {
    pub(crate) options: StoreOptions,
    pub(crate) store: Arc<dyn Store>,
    /// Whether a second pool of its own writes beside the first, as a second process does.
    pub(crate) many_writers: bool,
    _folder: Option<TempDir>,
}

pub(crate) fn options(url: String) -> StoreOptions {
    StoreOptions { url, max_connections: 6, application_name: "confab-conformance".to_owned() }
}

/// The server that `make test` starts.
pub(crate) fn server() -> String {
    std::env::var("DATABASE_URL")
        .expect("DATABASE_URL names no Postgres server to test on: run `make test`, which starts one")
}

impl Database {
    async fn open(options: StoreOptions, many_writers: bool, folder: Option<TempDir>) -> Self {
        migrate(&options).await.unwrap();
        let store = open(&options).await.unwrap();
        Self { options, store, many_writers, _folder: folder }
    }

    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/data/confab.db", folder.path().display());
        Self::open(options(url), false, Some(folder)).await
    }

    pub(crate) async fn postgres() -> Self {
        let (server, _) = server().rsplit_once('/').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let url = format!("{server}/confab_test_{}", Uuid::new_v4().simple());
        sqlx::Postgres::create_database(&url).await.unwrap();
        Self::open(options(url), true, None).await
    }

    /// Another pool where the dialect allows one, else the same.
    pub(crate) async fn another_writer(&self) -> Arc<dyn Store> {
        if self.many_writers { open(&self.options).await.unwrap() } else { self.store.clone() }
    }
}

async fn run<F: Future<Output = ()> + Send + 'static>(
    database: Database,
    test: fn(Arc<Database>) -> F,
) -> Result<(), tokio::task::JoinError> {
    let mut tasks = JoinSet::new();
    tasks.spawn(test(Arc::new(database)));
    tasks.join_next().await.expect("one task was started")
}

fn tell(outcome: Result<(), tokio::task::JoinError>) {
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}

pub(crate) async fn on_sqlite<F: Future<Output = ()> + Send + 'static>(test: fn(Arc<Database>) -> F) {
    tell(run(Database::sqlite().await, test).await);
}

pub(crate) async fn on_postgres<F: Future<Output = ()> + Send + 'static>(test: fn(Arc<Database>) -> F) {
    let database = Database::postgres().await;
    let url = database.options.url.clone();
    let outcome = run(database, test).await;
    sqlx::Postgres::force_drop_database(&url).await.unwrap();
    tell(outcome);
}
