//! A fresh store for one test, in either dialect, removed afterwards also when the test failed.

use std::sync::Arc;

use confab_store::{Store, StoreOptions, migrate, open};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};
use tempfile::TempDir;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Where the store is, for opening it again.
pub(crate) struct Database {
    pub(crate) options: StoreOptions,
    pub(crate) store: Arc<dyn Store>,
    _folder: Option<TempDir>,
}

pub(crate) fn options(url: String) -> StoreOptions {
    StoreOptions { url, max_connections: 6, application_name: "confab-conformance".to_owned() }
}

/// The server that `make test` starts.
#[expect(clippy::disallowed_methods, reason = "no setting of the service: where the tests find a server")]
pub(crate) fn server() -> String {
    std::env::var("DATABASE_URL")
        .expect("DATABASE_URL names no Postgres server to test on: run `make test`, which starts one")
}

impl Database {
    async fn open(options: StoreOptions, folder: Option<TempDir>) -> Self {
        migrate(&options).await.unwrap();
        let store = open(&options).await.unwrap();
        Self { options, store, _folder: folder }
    }

    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/data/confab.db", folder.path().display());
        Self::open(options(url), Some(folder)).await
    }

    pub(crate) async fn postgres(url: String) -> Self {
        Self::open(options(url), None).await
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.options.url.starts_with("postgres")
    }

    /// A store of its own on the same database, as another process has it.
    pub(crate) async fn another_writer(&self) -> Arc<dyn Store> {
        open(&self.options).await.unwrap()
    }
}

/// Runs a statement beside every store. It tells nobody: some tests look at what the stores say they ran.
async fn on_server(sql: String) {
    let options = server().parse::<PgConnectOptions>().unwrap().disable_statement_logging();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut options.connect().await.unwrap()).await.unwrap();
}

/// A new database of the server.
pub(crate) async fn create() -> String {
    let server = server();
    let (server, _) = server.rsplit_once('/').expect("DATABASE_URL ends with the name of a database");
    let name = format!("confab_test_{}", Uuid::new_v4().simple());
    on_server(format!("create database {name}")).await;
    format!("{server}/{name}")
}

/// Closes whatever connections it still has.
async fn remove(url: &str) {
    let (_, name) = url.rsplit_once('/').expect("`create` made it");
    on_server(format!("drop database {name} with (force)")).await;
}

/// Runs a test with a new database, which goes whatever becomes of the test.
pub(crate) async fn with_database<F: Future<Output = ()> + Send + 'static>(test: impl FnOnce(String) -> F) {
    let url = create().await;
    let mut tasks = JoinSet::new();
    tasks.spawn(test(url.clone()));
    let outcome = tasks.join_next().await.expect("one task was started");
    remove(&url).await;
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}

pub(crate) async fn on_sqlite<F: Future<Output = ()>>(test: fn(Arc<Database>) -> F) {
    test(Arc::new(Database::sqlite().await)).await;
}

pub(crate) async fn on_postgres<F: Future<Output = ()> + Send + 'static>(test: fn(Arc<Database>) -> F) {
    with_database(|url| async move { test(Arc::new(Database::postgres(url).await)).await }).await;
}
