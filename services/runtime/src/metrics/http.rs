//! Requests by method, matched path and status, and how long they took.
//!
//! Labels are bounded whatever clients send: the path is the route's pattern, what matched none is `other`, and so are
//! methods that nobody routes. What is held by design (`/socket.io/`: polls and websockets) is counted but not timed.

use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::Method;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::SECONDS;

const OTHER: &str = "other";
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
pub(super) struct Requests {
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

    pub(super) fn watch(&self, router: Router) -> Router {
        router.layer(from_fn_with_state(self.clone(), watch))
    }
}

async fn watch(State(requests): State<Requests>, request: Request, next: Next) -> Response {
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or(OTHER, MatchedPath::as_str).to_owned();
    let begun = Instant::now();
    let response = next.run(request).await;
    if !route.starts_with(HELD) {
        let asked = Asked { method, route: route.clone() };
        requests.seconds.get_or_create(&asked).observe(begun.elapsed().as_secs_f64());
    }
    requests.answered.get_or_create(&Answered { method, route, status: response.status().as_u16() }).inc();
    response
}

fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => OTHER,
    }
}
