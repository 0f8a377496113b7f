//! What is counted in this process, and `/metrics` in the text format of Prometheus. One per process or test, no statics.
//!
//! Each role makes its instruments here once, at its start, and holds them: what runs per packet then costs an atomic addition.
//! Names begin with `confab_`, have base units (`_seconds`, `_bytes`), and counters get their `_total` when they are shown.
//! No label holds an id, an address or a name: each has few values, known beforehand.

mod http;
mod process;
mod watched;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::http::{StatusCode, header};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::info::Info;
use prometheus_client::metrics::{MetricType, TypedMetric};
use prometheus_client::registry::{Metric, Registry};

pub(crate) use http::Requests;
pub use prometheus_client::metrics::counter::Counter;
pub use prometheus_client::metrics::gauge::Gauge;
pub use prometheus_client::metrics::histogram::Histogram;

use crate::bus::{Bus, BusStatus};
use watched::{Reading, Watched};

/// Bounds of histograms of time: from half a millisecond to half a minute.
pub const SECONDS: [f64; 15] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The instruments of one process. Clones share them.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    requests: Requests,
}

/// Instruments that differ in the value of one label.
#[derive(Clone)]
pub struct By<M> {
    label: &'static str,
    family: ByValue<M>,
}

type ByValue<M> = Family<[(&'static str, &'static str); 1], M, fn() -> M>;

impl<M: Clone> By<M> {
    /// The one with this value; shown from now on. Look it up once where it is used often.
    #[must_use]
    pub fn of(&self, value: &'static str) -> M {
        self.family.get_or_create_owned(&[(self.label, value)])
    }
}

impl Metrics {
    /// With the facts about the process; `role` is told by `confab_build_info`.
    #[must_use]
    pub fn new(role: &'static str) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(process::Process));
        let build = [("version", env!("CARGO_PKG_VERSION")), ("role", role)];
        registry.register("confab_build", "What runs here", Info::new(build));
        let requests = Requests::register(&mut registry);
        Self { registry: Arc::new(Mutex::new(registry)), requests }
    }

    /// Something that happened; `_total` is added to `name`.
    pub fn counter(&self, name: &'static str, help: &'static str) -> Counter {
        self.register(name, help, Counter::default())
    }

    /// Like `counter`, by the value of `label`.
    pub fn counters(&self, name: &'static str, help: &'static str, label: &'static str) -> By<Counter> {
        self.by(name, help, label, Counter::default)
    }

    pub fn gauge(&self, name: &'static str, help: &'static str) -> Gauge {
        self.register(name, help, Gauge::default())
    }

    pub fn gauges(&self, name: &'static str, help: &'static str, label: &'static str) -> By<Gauge> {
        self.by(name, help, label, Gauge::default)
    }

    /// `bounds` are the upper ends of its buckets, such as [`SECONDS`].
    pub fn histogram(
        &self,
        name: &'static str,
        help: &'static str,
        bounds: impl IntoIterator<Item = f64>,
    ) -> Histogram {
        self.register(name, help, Histogram::new(bounds))
    }

    /// Histograms of time, by the value of `label`.
    pub fn seconds_by(&self, name: &'static str, help: &'static str, label: &'static str) -> By<Histogram> {
        self.by(name, help, label, || Histogram::new(SECONDS))
    }

    /// A gauge that is read when somebody looks: `read` must not wait.
    pub fn watch(&self, name: &'static str, help: &'static str, read: impl Fn() -> f64 + Send + Sync + 'static) {
        self.collect(Watched::new(name, help, MetricType::Gauge, move || Reading::One(read())));
    }

    /// Like `watch`, with one value for each value of `label`.
    pub fn watch_by<const N: usize>(
        &self,
        name: &'static str,
        help: &'static str,
        label: &'static str,
        read: impl Fn() -> [(&'static str, f64); N] + Send + Sync + 'static,
    ) {
        let read = move || Reading::By(label, read().to_vec());
        self.collect(Watched::new(name, help, MetricType::Gauge, read));
    }

    /// A counter that somebody else keeps; `_total` is added to `name`.
    pub fn watch_counter(
        &self,
        name: &'static str,
        help: &'static str,
        read: impl Fn() -> u64 + Send + Sync + 'static,
    ) {
        // Exact up to 2⁵³, as everything in Prometheus.
        let read = move || Reading::One(read() as f64);
        self.collect(Watched::new(name, help, MetricType::Counter, read));
    }

    /// Whether the bus is there, and what it lost.
    pub fn watch_bus(&self, bus: &Arc<dyn Bus>) {
        let (status, dropped) = (bus.clone(), bus.clone());
        let connected = move || f64::from(u8::from(status.status() == BusStatus::Ok));
        self.watch("confab_bus_connected", "1 while the bus is there, 0 while it is away", connected);
        let help =
            "Messages that this process could not publish or take, as far as it can know; the sweep delivers them";
        self.watch_counter("confab_bus_dropped", help, move || dropped.dropped());
    }

    pub(crate) fn requests(&self) -> Requests {
        self.requests.clone()
    }

    /// `/metrics`.
    pub fn router(&self) -> Router {
        Router::new().route("/metrics", get(show)).with_state(self.clone())
    }

    /// The page that `/metrics` shows.
    ///
    /// # Errors
    /// An instrument cannot be shown, which would be a bug in it.
    pub fn page(&self) -> Result<String, fmt::Error> {
        let mut page = String::new();
        encode(&mut page, &self.registry())?;
        Ok(page)
    }

    fn by<M: Metric + TypedMetric + Clone>(
        &self,
        name: &'static str,
        help: &'static str,
        label: &'static str,
        make: fn() -> M,
    ) -> By<M> {
        By { label, family: self.register(name, help, ByValue::new_with_constructor(make)) }
    }

    fn register<M: Metric + Clone>(&self, name: &'static str, help: &'static str, metric: M) -> M {
        self.registry().register(name, help, metric.clone());
        metric
    }

    fn collect(&self, watched: Watched) {
        self.registry().register_collector(Box::new(watched));
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        // Each change is one insertion, so a poisoned registry is whole.
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Metrics {
    /// For tests.
    fn default() -> Self {
        Self::new("test")
    }
}

async fn show(State(metrics): State<Metrics>) -> Response {
    match metrics.page() {
        Ok(page) => ([(header::CONTENT_TYPE, OPENMETRICS)], page).into_response(),
        Err(error) => {
            tracing::error!(%error, "cannot show the metrics");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
