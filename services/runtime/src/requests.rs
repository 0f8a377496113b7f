//! Stands around all requests of a process: counts and times them, gives those to the API an id, and begins their trace.
//!
//! The id is in the answer's `x-request-id` and on every log line of the request; a traced one has the id of its trace. Nothing
//! that a client sent is logged or recorded: a path is told by its route's pattern.

use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tracing::Instrument as _;

use crate::metrics::{Metrics, Requests};
use crate::traces::{Span, Traces};

/// What names a request in answers and logs.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

const API: &str = "/api";
const OTHER: &str = "other";

#[derive(Clone)]
struct Watch {
    requests: Requests,
    traces: Traces,
}

/// Puts the watch around all that `router` serves.
pub fn watch(router: Router, metrics: &Metrics, traces: &Traces) -> Router {
    let watch = Watch { requests: metrics.requests(), traces: traces.clone() };
    router.layer(from_fn_with_state(watch, answer))
}

async fn answer(State(watch): State<Watch>, request: Request, next: Next) -> Response {
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or(OTHER, MatchedPath::as_str).to_owned();
    let begun = Instant::now();
    let response = match route.starts_with(API) {
        true => answer_api(&watch.traces, method, &route, request, next).await,
        false => next.run(request).await,
    };
    watch.requests.answered(method, route, response.status(), begun.elapsed());
    response
}

async fn answer_api(traces: &Traces, method: &'static str, route: &str, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let mut span = begin(traces, method, route, request.headers());
    let id = format!("{:032x}", span.as_ref().map_or_else(rand::random, Span::trace_id));
    let log = tracing::error_span!("request", request.id = id, trace.id = tracing::field::Empty);
    if span.is_some() {
        log.record("trace.id", &id);
    }
    let answering = next.run(request).instrument(log.clone());
    let mut response = match &span {
        Some(span) => span.around(answering).await,
        None => answering.await,
    };
    let status = response.status();
    if let Some(span) = &mut span {
        span.number("http.response.status_code", status.as_u16().into());
        if status.is_server_error() {
            span.fail();
        }
    }
    let (millis, status) = (begun.elapsed().as_secs_f64() * 1000.0, status.as_u16());
    tracing::debug!(parent: &log, http.method = method, http.route = route, http.status = status, duration.ms = millis, "answered");
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn begin(traces: &Traces, method: &'static str, route: &str, headers: &HeaderMap) -> Option<Span> {
    let traceparent = headers.get(TRACEPARENT).and_then(|value| value.to_str().ok());
    let mut span = traces.request(method, route, traceparent)?;
    span.word("http.request.method", method);
    Some(span)
}

/// Labels stay few, whatever clients send.
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
