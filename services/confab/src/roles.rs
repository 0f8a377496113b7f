//! Wires each role: store, bus, routes, tasks. The all-in-one puts all of them on one port.

use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use confab_runtime::bus::{self, Bus};
use confab_runtime::config::Config;
use confab_runtime::health::Health;
use confab_runtime::metrics::Metrics;
use confab_runtime::requests;
use confab_runtime::serve::serve;
use confab_runtime::shutdown;
use confab_runtime::tasks::Tasks;
use confab_runtime::traces::Traces;
use confab_store::Reader;
use tokio::net::TcpListener;

use crate::output::say;
use crate::start::{at_start, bind, bind_metrics, migrate, open_store, store_options};
use crate::web;

pub(crate) async fn all_in_one(config: &Config) -> anyhow::Result<()> {
    let listener = bind(config).await?;
    migrate(config).await?;
    let store = open_store(config, "all").await?;
    let role = Role::begin(config, ALL, store.clone()).await?;
    let Role { bus, tasks, metrics, traces, .. } = &role;
    let router = confab_api::service(config, Arc::clone(&store), Arc::clone(bus), tasks, metrics)?
        .merge(confab_gateway::service(config, store, Arc::clone(bus), tasks, metrics, traces))
        .fallback_service(web::service());
    let address = listener.local_addr().context("read the address listened on")?;
    let place = match config.database.is_postgres() {
        true => "data in PostgreSQL".to_owned(),
        false => format!("data in {}", data_dir(config)),
    };
    let line = format!("Confab is open at http://{address} · {place} · one node, no failover");
    role.serve(listener, router, &line).await
}

pub(crate) async fn api(config: &Config) -> anyhow::Result<()> {
    let listener = bind(config).await?;
    let store = open_store(config, "api").await?;
    let role = Role::begin(config, "api", store.clone()).await?;
    let router = confab_api::service(config, store, Arc::clone(&role.bus), &role.tasks, &role.metrics)?
        .fallback_service(web::service());
    let line = format!("confab api is open at http://{}", listener.local_addr()?);
    role.serve(listener, router, &line).await
}

pub(crate) async fn gateway(config: &Config) -> anyhow::Result<()> {
    let listener = bind(config).await?;
    let options = store_options(config, "gateway");
    let reader = at_start(config, || confab_store::open_reader(&options)).await?;
    let role = Role::begin(config, "gateway", reader.clone()).await?;
    let Role { bus, tasks, metrics, traces, .. } = &role;
    let router = confab_gateway::service(config, reader, Arc::clone(bus), tasks, metrics, traces);
    let line = format!("confab gateway is open at http://{}", listener.local_addr()?);
    role.serve(listener, router, &line).await
}

/// What every serving role has.
struct Role<'c> {
    config: &'c Config,
    tasks: Tasks,
    metrics: Metrics,
    traces: Traces,
    /// Where the metrics are served, if they are.
    metrics_listener: Option<TcpListener>,
    bus: Arc<dyn Bus>,
    health: Health,
    store: Arc<dyn Reader>,
}

impl<'c> Role<'c> {
    async fn begin(config: &'c Config, name: &'static str, store: Arc<dyn Reader>) -> anyhow::Result<Self> {
        let metrics_listener = bind_metrics(config).await?;
        let tasks = Tasks::with_deadline(config.http.drain + AFTER_DRAIN);
        let bus = bus::connect(&config.nats, &tasks).await.context("set up the bus")?;
        let metrics = Metrics::new(name);
        metrics.watch_bus(&bus);
        let traces = Traces::start(&config.traces, if name == ALL { "" } else { name })?;
        let probed = Arc::clone(&store);
        let health = Health::new(Arc::clone(&bus), tasks.stop(), move || {
            let store = Arc::clone(&probed);
            async move { store.log_head().await.is_ok() }
        });
        Ok(Self { config, tasks, metrics, traces, metrics_listener, bus, health, store })
    }

    async fn serve(self, listener: TcpListener, router: Router, line: &str) -> anyhow::Result<()> {
        let Self { config, tasks, metrics, traces, metrics_listener, health, store, .. } = self;
        let router = requests::watch(router.merge(health.router()), &metrics, &traces);
        if let Some(listener) = metrics_listener {
            tracing::info!(metrics.listen = %listener.local_addr()?, "metrics are served");
            let router = metrics.router().merge(health.router());
            tasks.spawn("metrics http", serve(listener, router, &config.http, &config.socket, &tasks));
        }
        // The port is open already: who comes from here on is served.
        say(line);
        tasks.spawn("http", serve(listener, router, &config.http, &config.socket, &tasks));
        let ended = shutdown::run(tasks).await;
        store.close().await;
        traces.finish().await;
        ended
    }
}

/// The role of a process that has all of them.
const ALL: &str = "all";

/// For tasks to end after the last connection was killed.
const AFTER_DRAIN: std::time::Duration = std::time::Duration::from_secs(5);

/// `./data` of `sqlite://data/confab.db`.
fn data_dir(config: &Config) -> String {
    let path = config.database.url.expose().trim_start_matches("sqlite://").to_owned();
    let path = std::path::Path::new(path.split('?').next().unwrap_or_default());
    match path.parent() {
        Some(dir) if dir.is_absolute() => dir.display().to_string(),
        Some(dir) if !dir.as_os_str().is_empty() => format!("./{}", dir.display()),
        _ => ".".to_owned(),
    }
}
