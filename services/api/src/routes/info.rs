//! What everybody may know of this server before signing in.

use axum::Json;
use axum::extract::State;
use confab_proto::http::Info;

use crate::openapi::Refusals;
use crate::state::AppState;

/// What this server is, and whether one may make an account here
#[utoipa::path(get, path = "/api/info", tag = "info", security(()),
    responses((status = 200, body = Info, description = "For everybody"), Refusals))]
pub(crate) async fn get_info(State(api): State<AppState>) -> Json<Info> {
    Json(Info { version: env!("CARGO_PKG_VERSION").to_owned(), sign_up: api.config.auth.sign_up })
}
