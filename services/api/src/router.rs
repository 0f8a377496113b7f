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
use tokio::sync::Notify;
use tower_http::timeout::TimeoutLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::{Passwords, SessionLife, Sessions, Throttle, renew_cookie};
use crate::departures;
use crate::error::{ApiError, RefusedFor};
use crate::files::{Cleaner, FileStore};
use crate::indexer;
use crate::last_seen::LastSeen;
use crate::live::Live;
use crate::metrics::ApiMetrics;
use crate::openapi;
use crate::push as web_push;
use crate::relay;
use crate::routes::{bans, follows, invitations, requests, settings};
use crate::routes::{
    conversations, events, files, info, members, message, messages, password, preferences, profile, push, read_marks,
    search, sessions, users,
};
use crate::rules_cache::RulesCache;
use crate::signals::Signals;
use crate::state::{Api, AppState};
use crate::writer::Writer;

/// Users whose rate is kept at once; some 10 MB.
const MAX_LIMITED_USERS: usize = 100_000;

/// The API of one process: `/api/**` and `/openapi.json`. Its writer, its relay and its cleaner of files run among `tasks`.
///
/// # Errors
/// The password hash or the object store cannot be set up.
pub fn service(
    config: &Config,
    store: Arc<dyn Store>,
    bus: Arc<dyn Bus>,
    tasks: &Tasks,
    metrics: &Metrics,
) -> anyhow::Result<Router> {
    let cleaner = Cleaner::new(config, store.clone())?;
    tasks.spawn("file cleaner", cleaner.run(tasks.stop()));
    service_into(config, store, bus, relay::stream_of(config), tasks, metrics)
}

/// The same with the log stream given; `None`: nothing is relayed. Nobody clears files.
///
/// # Errors
/// The password hash or the object store cannot be set up.
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
    let news =
        [relay::start(config, store.clone(), stream, metrics, tasks), indexer::start(config, &store, metrics, tasks)];
    let push = web_push::start(config, &store, &bus, metrics, tasks);
    let metrics = Arc::new(ApiMetrics::new(metrics));
    let limits = &config.limits;
    let (signals, last_seen) = (Signals::new(bus.clone()), Arc::new(LastSeen::default()));
    tasks.spawn("last seen", last_seen.clone().run(store.clone(), bus.clone(), tasks.stop()));
    let departures = Arc::new(Notify::new());
    let api = Arc::new(Api {
        writer: Writer::start(store.clone(), Live::new(bus, metrics.live_published.clone(), news), &metrics, tasks),
        store,
        rules: RulesCache::default(),
        signals,
        last_seen,
        sessions: Sessions::new(SessionLife::new(config.auth.session, config.auth.session_max)),
        passwords,
        throttle: Throttle::new(limits),
        messages: Limiter::of(limits.messages, MAX_LIMITED_USERS),
        conversations: Limiter::of(limits.conversations, MAX_LIMITED_USERS),
        searches: Limiter::of(limits.searches, MAX_LIMITED_USERS),
        files: FileStore::open(config)?,
        push,
        config: config.clone(),
        departures: departures.clone(),
        metrics,
        tasks: tasks.clone(),
    });
    tasks.spawn("departures", departures::run(api.clone(), departures, tasks.stop()));
    let (limited, _) = limited().split_for_parts();
    let (uploads, _) = uploads().split_for_parts();
    let (_, document) = documented().split_for_parts();
    let document = Arc::new(openapi::finish(document));
    let router = limited
        // The page addresses of the web client are all others.
        .route("/api", any(no_route))
        .route("/api/{*rest}", any(no_route))
        .route("/api/", any(no_route))
        .layer(DefaultBodyLimit::max(config.http.body_limit_bytes))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, config.http.request_timeout))
        .merge(uploads)
        .method_not_allowed_fallback(async || {
            ApiError::new(ErrorCode::MethodNotAllowed, "this route does not take this method")
        })
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
    OpenApiRouter::with_openapi(openapi::base()).merge(limited()).merge(uploads())
}

/// They have limits and patience of their own.
fn uploads() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(files::upload_file))
}

/// All that take a small body and answer soon.
fn limited() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(users::sign_up, users::list_users))
        .routes(routes!(info::get_info))
        .routes(routes!(users::get_me, profile::change_profile, profile::delete_account))
        .routes(routes!(profile::get_avatar))
        .routes(routes!(password::change_password))
        .routes(routes!(sessions::sign_in, sessions::list_sessions, sessions::end_sessions))
        .routes(routes!(sessions::end_session))
        .routes(routes!(sessions::sign_out))
        .routes(routes!(conversations::create_conversation, conversations::list_conversations))
        .routes(routes!(conversations::list_public_groups))
        .routes(routes!(conversations::get_conversation, settings::change_conversation))
        .routes(routes!(members::join_conversation, members::list_members))
        .routes(routes!(members::leave_conversation))
        .routes(routes!(members::remove_member, members::change_role))
        .routes(routes!(bans::list_bans))
        .routes(routes!(bans::ban, bans::unban))
        .routes(routes!(requests::list_requests))
        .routes(routes!(requests::ask_to_join, requests::withdraw_request))
        .routes(routes!(requests::judge_request))
        .routes(routes!(requests::list_own_requests))
        .routes(routes!(invitations::create_invitation, invitations::list_invitations))
        .routes(routes!(invitations::revoke_invitation))
        .routes(routes!(invitations::look_at_invitation))
        .routes(routes!(invitations::accept_invitation))
        .routes(routes!(messages::post_message, messages::list_messages))
        .routes(routes!(message::get_message, message::edit_message, message::delete_message))
        .routes(routes!(message::list_edits))
        .routes(routes!(message::pin_message, message::unpin_message))
        .routes(routes!(message::add_reaction, message::remove_reaction))
        .routes(routes!(message::list_replies))
        .routes(routes!(message::list_pins))
        .routes(routes!(events::list_events))
        .routes(routes!(read_marks::mark_read))
        .routes(routes!(read_marks::list_reads))
        .routes(routes!(read_marks::list_readers))
        .routes(routes!(preferences::get_preferences, preferences::change_preferences))
        .routes(routes!(preferences::list_preferences))
        .routes(routes!(follows::get_thread_follow, follows::follow_thread, follows::unfollow_thread))
        .routes(routes!(search::search_messages))
        .routes(routes!(push::get_push_key))
        .routes(routes!(push::subscribe, push::unsubscribe))
        .routes(routes!(files::get_file, files::delete_file))
        .routes(routes!(files::get_thumbnail))
}

/// Every refusal has a body, which the time-out layer gives none, and is counted; and no answer about somebody is kept by a
/// cache, unless it says itself who may keep it.
async fn finish(State(api): State<AppState>, response: Response) -> Response {
    let bare = !response.headers().contains_key(CONTENT_TYPE);
    let timed_out = bare && response.status() == StatusCode::SERVICE_UNAVAILABLE;
    let refusal = || ApiError::unavailable("the request took too long; try again").into_response();
    let mut response = if timed_out { refusal() } else { response };
    if let Some(refused) = response.extensions().get::<RefusedFor>() {
        api.metrics.refused(*refused);
    }
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
