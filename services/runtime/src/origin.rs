//! Keeps pages of other sites from acting in a user's name: the rule about the `Origin` header.
//!
//! Refused with 403 `origin_refused`: a present Origin that is neither the `Host`, nor `http.public_url`, nor in
//! `http.allowed_origins` — on everything under `/socket.io/` and on unsafe methods elsewhere. Absent passes: same-origin polls
//! and programs send none. Wrap the whole router, outside the Socket.IO layer.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use confab_proto::ErrorCode;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::config::{HttpConfig, urls};
use crate::problem::problem;
use crate::requests::REQUEST_ID;

/// How long a browser need not ask again whether a request may be sent.
const PREFLIGHT_KEPT: Duration = Duration::from_secs(600);

/// The origins that may act here, besides the one that is the `Host`.
#[derive(Clone, Debug)]
pub struct OriginRule {
    allowed: Arc<[String]>,
}

impl OriginRule {
    pub fn new(http: &HttpConfig) -> Self {
        let allowed = http.public_url.iter().chain(&http.allowed_origins).cloned().collect();
        Self { allowed }
    }

    /// Puts the rule around all that `router` serves, and lets pages of the configured origins read the answers (CORS).
    pub fn protect(self, router: Router) -> Router {
        router.layer(self.cors()).layer(from_fn_with_state(self, guard))
    }

    fn cors(&self) -> CorsLayer {
        let origins = self.allowed.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
            .allow_headers([AUTHORIZATION, CONTENT_TYPE])
            .expose_headers([RETRY_AFTER, REQUEST_ID])
            .allow_credentials(true)
            .max_age(PREFLIGHT_KEPT)
    }

    /// Whether these headers' Origin may act here.
    pub fn permits(&self, headers: &HeaderMap) -> bool {
        if !headers.contains_key(ORIGIN) {
            return true;
        }
        // More than one, not text, or not an origin (as `null`): nothing a page served here would send.
        let Some(origin) = single(headers, ORIGIN).and_then(urls::origin) else { return false };
        self.allowed.contains(&origin) || is_host(&origin, headers)
    }
}

/// The scheme is the Origin's own: behind a proxy that ends TLS this server cannot know it.
fn is_host(origin: &str, headers: &HeaderMap) -> bool {
    let Some((scheme, _)) = origin.split_once("://") else { return false };
    single(headers, HOST).and_then(|host| urls::origin(&format!("{scheme}://{host}"))).as_deref() == Some(origin)
}

fn single(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

async fn guard(State(rule): State<OriginRule>, request: Request, next: Next) -> Response {
    let guarded = request.uri().path().starts_with("/socket.io") || !request.method().is_safe();
    if guarded && !rule.permits(request.headers()) {
        return refusal();
    }
    next.run(request).await
}

fn refusal() -> Response {
    let detail = "a page of this site may not act here: its origin is not among http.allowed_origins";
    problem(ErrorCode::OriginRefused, "Forbidden", detail)
}
