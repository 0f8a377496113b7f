//! The whole HTTP surface of the API on one page, documented and routed at once.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use confab_proto::ErrorCode;
use confab_runtime::bus::{Bus, LogStream};
use confab_runtime::config::Config;
use confab_runtime::metrics::Metrics;
use confab_runtime::origin::OriginRule;
use confab_runtime::rate::Limiter;
use confab_runtime::tasks::Tasks;
use confab_store::Store;
use tower_http::timeout::TimeoutLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::{Passwords, SessionLife, Sessions, Throttle, renew_cookie};
use crate::error::{ApiError, RefusedFor};
use crate::live::Live;
use crate::metrics::ApiMetrics;
use crate::openapi;
use crate::relay;
use crate::routes::{conversations, events, info, members, messages, password, read_marks, sessions, users};
use crate::rules_cache::RulesCache;
use crate::state::{Api, AppState};
use crate::writer::Writer;

/// Users whose rate is kept at once; some 10 MB.
const MAX_LIMITED_USERS: usize = 100_000;

/// The API of one process: `/api/**` and `/openapi.json`. Its writer and its relay run among `tasks`.
///
/// # Errors
/// The password hash cannot be set up.
pub fn service(
    config: &Config,
    store: Arc<dyn Store>,
    bus: Arc<dyn Bus>,
    tasks: &Tasks,
    metrics: &Metrics,
) -> anyhow::Result<Router> {
    service_into(config, store, bus, relay::stream_of(config), tasks, metrics)
}

/// The same with the log stream given; `None`: nothing is relayed.
///
/// # Errors
/// The password hash cannot be set up.
pub fn service_into(
    config: &Config,
    store: Arc<dyn Store>,
    bus: Arc<dyn Bus>,
    stream: Option<Arc<dyn LogStream>>,
    tasks: &Tasks,
    metrics: &Metrics,
) -> anyhow::Result<Router> {
    let passwords = Passwords::new(config.auth.password_min_chars);
    let hashes = passwords.hashes();
    let help = "Passwords hashed, to keep or to compare";
    metrics.watch_counter("confab_password_hashes", help, move || hashes.load(Ordering::Relaxed));
    let news = relay::start(config, store.clone(), stream, metrics, tasks);
    let metrics = Arc::new(ApiMetrics::new(metrics));
    let limits = &config.limits;
    let api = Arc::new(Api {
        writer: Writer::start(store.clone(), Live::new(bus, metrics.live_published.clone(), news), &metrics, tasks),
        store,
        rules: RulesCache::default(),
        sessions: Sessions::new(SessionLife::new(config.auth.session, config.auth.session_max)),
        passwords,
        throttle: Throttle::new(limits),
        messages: Limiter::of(limits.messages, MAX_LIMITED_USERS),
        conversations: Limiter::of(limits.conversations, MAX_LIMITED_USERS),
        config: config.clone(),
        metrics,
        tasks: tasks.clone(),
    });
    let (router, document) = documented().split_for_parts();
    let document = Arc::new(openapi::finish(document));
    let router = router
        // The page addresses of the web client are all others.
        .route("/api", any(no_route))
        .route("/api/{*rest}", any(no_route))
        .route("/api/", any(no_route))
        .method_not_allowed_fallback(async || {
            ApiError::new(ErrorCode::MethodNotAllowed, "this route does not take this method")
        })
        .layer(DefaultBodyLimit::max(config.http.body_limit_bytes))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, config.http.request_timeout))
        .layer(axum::middleware::from_fn(renew_cookie))
        .layer(axum::middleware::map_response_with_state(api.clone(), finish))
        .with_state(api);
    let openapi = get(async move || Json(&*document).into_response());
    Ok(OriginRule::new(&config.http).protect(router.route("/openapi.json", openapi)))
}

async fn no_route() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "there is no such route")
}

pub(crate) fn documented() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(users::sign_up, users::list_users))
        .routes(routes!(info::get_info))
        .routes(routes!(users::get_me))
        .routes(routes!(password::change_password))
        .routes(routes!(sessions::sign_in, sessions::list_sessions, sessions::end_sessions))
        .routes(routes!(sessions::end_session))
        .routes(routes!(sessions::sign_out))
        .routes(routes!(conversations::create_conversation, conversations::list_conversations))
        .routes(routes!(conversations::list_public_groups))
        .routes(routes!(conversations::get_conversation))
        .routes(routes!(members::join_conversation, members::list_members))
        .routes(routes!(members::leave_conversation))
        .routes(routes!(messages::post_message, messages::list_messages))
        .routes(routes!(events::list_events))
        .routes(routes!(read_marks::mark_read))
}

/// Every refusal has a body, which the time-out layer gives none, and is counted; and no answer about somebody is kept by a
/// cache.
async fn finish(State(api): State<AppState>, response: Response) -> Response {
    let bare = !response.headers().contains_key(CONTENT_TYPE);
    let timed_out = bare && response.status() == StatusCode::SERVICE_UNAVAILABLE;
    let refusal = || ApiError::unavailable("the request took too long; try again").into_response();
    let mut response = if timed_out { refusal() } else { response };
    if let Some(refused) = response.extensions().get::<RefusedFor>() {
        api.metrics.refused(*refused);
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
