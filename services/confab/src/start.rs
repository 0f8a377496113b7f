//! What every role does first: threads, a port, and a store that may take a while to come.

use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use confab_runtime::config::Config;
use confab_store::{Migrated, Store, StoreError, StoreOptions};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::cli::Command;

/// The threads of this process: a gateway is cheapest on one, and is scaled by processes.
pub(crate) fn runtime(command: &Command, config: &Config) -> anyhow::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    if *command == Command::Gateway {
        builder.worker_threads(config.gateway.threads);
    }
    builder.enable_all().build().context("start the threads")
}

/// Takes the port, so that a second server on it fails before anything else is done.
pub(crate) async fn bind(config: &Config) -> anyhow::Result<TcpListener> {
    let listen = config.http.listen;
    TcpListener::bind(listen).await.map_err(|error| {
        let advice = match error.kind() {
            ErrorKind::AddrInUse => {
                let other = SocketAddr::new(listen.ip(), listen.port().checked_add(1).unwrap_or(8080));
                format!("another program has this port. Stop it, or take another one: CONFAB__HTTP__LISTEN={other}")
            }
            ErrorKind::PermissionDenied => {
                "ports below 1024 need a privilege. Take a higher one: CONFAB__HTTP__LISTEN=127.0.0.1:8080".to_owned()
            }
            ErrorKind::AddrNotAvailable => {
                "this machine has no such address. 0.0.0.0 is all it has, 127.0.0.1 only itself".to_owned()
            }
            _ => error.to_string(),
        };
        anyhow!("cannot listen on {listen} (http.listen): {advice}")
    })
}

/// Takes the port of the metrics, if they are to be served.
pub(crate) async fn bind_metrics(config: &Config) -> anyhow::Result<Option<TcpListener>> {
    let Some(listen) = config.metrics.listen else { return Ok(None) };
    let bound = TcpListener::bind(listen).await;
    bound.map(Some).with_context(|| format!("cannot listen on {listen} (metrics.listen)"))
}

/// Where the data are and how they are reached.
pub(crate) fn store_options(config: &Config, role: &str) -> StoreOptions {
    StoreOptions {
        url: config.database.url.expose().to_owned(),
        max_connections: config.database.max_connections,
        application_name: format!("confab {role}"),
    }
}

/// Opens the store, waiting visibly for a database that is away.
pub(crate) async fn open_store(config: &Config, role: &str) -> anyhow::Result<Arc<dyn Store>> {
    let options = store_options(config, role);
    at_start(config, || confab_store::open(&options)).await
}

/// Opens the store for a command that works on its own: an SQLite file is made and migrated as `confab` would do it.
/// A database that others share is not migrated on the side.
pub(crate) async fn open_own_store(config: &Config, role: &str) -> anyhow::Result<Arc<dyn Store>> {
    if !config.database.is_postgres() {
        migrate(config).await?;
    }
    open_store(config, role).await
}

/// Brings the store to this version's shape, waiting visibly for a database that is away.
pub(crate) async fn migrate(config: &Config) -> anyhow::Result<Migrated> {
    let options = store_options(config, "migrate");
    at_start(config, || confab_store::migrate(&options)).await
}

/// As [`retry`]; but a file that cannot be opened is not one that will come.
pub(crate) async fn at_start<T, F>(config: &Config, mut attempt: impl FnMut() -> F) -> anyhow::Result<T>
where
    F: Future<Output = Result<T, StoreError>>,
{
    if config.database.is_postgres() {
        return retry(config, attempt).await;
    }
    attempt().await.map_err(|error| match error {
        StoreError::Unavailable(cause) => {
            let file = config.database.url.expose().trim_start_matches("sqlite:").trim_start_matches("//");
            anyhow!("cannot open {file} (database.url): {cause}")
        }
        error => anyhow!(error).context("cannot open the store"),
    })
}

/// Tries until it works or `database.connect_timeout_seconds` are over; only absence is waited for.
pub(crate) async fn retry<T, F>(config: &Config, mut attempt: impl FnMut() -> F) -> anyhow::Result<T>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let patience = config.database.connect_timeout;
    let begun = Instant::now();
    let mut pause = Duration::from_millis(250);
    loop {
        match attempt().await {
            Ok(done) => return Ok(done),
            Err(StoreError::Unavailable(cause)) if begun.elapsed() < patience => {
                tracing::warn!(error = %cause, retry_in_ms = pause.as_millis(), "the database is away; trying again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(2));
            }
            Err(StoreError::Unavailable(cause)) => {
                let seconds = patience.as_secs();
                bail!("the database could not be reached for {seconds} s (database.url): {cause}");
            }
            Err(error) => return Err(error).context("cannot open the store"),
        }
    }
}
