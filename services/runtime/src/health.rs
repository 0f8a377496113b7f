//! `/health/live` and `/health/ready`. Ready means: the store answers and the process is not stopping; the bus is only told.
//!
//! Guarantee: however often it is asked, the store is probed at most every 250 ms and never waited for longer than 2 s.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::bus::{Bus, BusStatus};

const PROBE_LIMIT: Duration = Duration::from_secs(2);
const PROBE_EVERY: Duration = Duration::from_millis(250);

type Probe = dyn Fn() -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync;

/// What the health routes look at. Clones share it.
#[derive(Clone)]
pub struct Health(Arc<Shared>);

struct Shared {
    probe: Box<Probe>,
    bus: Arc<dyn Bus>,
    stop: CancellationToken,
    last: Mutex<Option<(Instant, bool)>>,
}

/// The body of `/health/ready`.
#[derive(Serialize)]
struct Ready {
    status: &'static str,
    store: &'static str,
    bus: &'static str,
}

impl Health {
    /// `probe` asks the store something small and says whether it answered; from `stop` on the process is not ready.
    pub fn new<F>(bus: Arc<dyn Bus>, stop: CancellationToken, probe: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        let probe: Box<Probe> = Box::new(move || Box::pin(probe()));
        Self(Arc::new(Shared { probe, bus, stop, last: Mutex::new(None) }))
    }

    pub fn router(&self) -> Router {
        Router::new()
            .route("/health/live", get(|| async { ([(header::CACHE_CONTROL, NO_STORE)], "ok") }))
            .route("/health/ready", get(ready))
            .with_state(self.clone())
    }

    /// Whether the store answered just now, or at most 250 ms ago.
    pub async fn store_answers(&self) -> bool {
        // Held while probing: those who ask at the same time share the answer.
        let mut last = self.0.last.lock().await;
        match *last {
            Some((at, answer)) if at.elapsed() < PROBE_EVERY => answer,
            _ => {
                let answer = tokio::time::timeout(PROBE_LIMIT, (self.0.probe)()).await.unwrap_or(false);
                *last = Some((Instant::now(), answer));
                answer
            }
        }
    }
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

async fn ready(State(health): State<Health>) -> (StatusCode, [(header::HeaderName, HeaderValue); 1], Json<Ready>) {
    let store = health.store_answers().await;
    let bus = health.0.bus.status() == BusStatus::Ok;
    let ready = store && !health.0.stop.is_cancelled();
    let word = |ok: bool| if ok { "ok" } else { "away" };
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = Ready { status: word(ready), store: word(store), bus: word(bus) };
    (status, [(header::CACHE_CONTROL, NO_STORE)], Json(body))
}
