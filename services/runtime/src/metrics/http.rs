//! Requests by method, matched path and status, and how long they took.
//!
//! What is held by design (`/socket.io/`: polls and websockets) is counted but not timed.

use std::time::Duration;

use http::StatusCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::SECONDS;

const HELD: &str = "/socket.io";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    method: &'static str,
    route: String,
}

#[derive(Clone)]
pub(crate) struct Requests {
    answered: Family<Answered, Counter>,
    seconds: Family<Asked, Histogram, fn() -> Histogram>,
}

impl Requests {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let (answered, seconds) =
            (Family::default(), Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> Histogram));
        registry.register("confab_http_requests", "Requests answered, by route", Family::clone(&answered));
        registry.register(
            "confab_http_request_duration_seconds",
            "Time from a request's head to the head of its answer, without polls and websockets",
            Family::clone(&seconds),
        );
        Self { answered, seconds }
    }

    /// `route` is a pattern that we wrote, never a path that was sent.
    pub(crate) fn answered(&self, method: &'static str, route: String, status: StatusCode, took: Duration) {
        if !route.starts_with(HELD) {
            let asked = Asked { method, route: route.clone() };
            self.seconds.get_or_create(&asked).observe(took.as_secs_f64());
        }
        self.answered.get_or_create(&Answered { method, route, status: status.as_u16() }).inc();
    }
}
