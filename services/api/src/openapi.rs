//! The OpenAPI document: what the routes say, and the schemas of the socket side, so that one file types a whole client.

use axum::http::StatusCode;
use confab_proto::error_code::Problem;
use confab_proto::{Envelope, ErrorCode, EventType, event_data, socket};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify, OpenApi};

use crate::router::documented;

#[derive(OpenApi)]
#[openapi(
    info(title = "Confab", description = "A chat whose conversations are append-only logs."),
    components(schemas(
        Problem, ErrorCode, Envelope, EventType,
        event_data::ConversationCreated, event_data::ConversationRenamed, event_data::ConversationVisibilityChanged,
        event_data::MemberRole, event_data::MemberRef, event_data::MessagePosted, event_data::MessageEdited,
        event_data::MessageRef, event_data::Reaction, event_data::ConversationRef,
        socket::JoinOptions, socket::Joined, socket::Refused, socket::Left, socket::SocketError, socket::Reset,
        socket::Closing,
    )),
    security(("bearer" = []), ("cookie" = [])),
    modifiers(&Security),
)]
struct Base;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        let cookie = ApiKey::Cookie(ApiKeyValue::new("confab_session"));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    }
}

pub(crate) fn base() -> utoipa::openapi::OpenApi {
    Base::openapi()
}

/// The whole document, as served at `/openapi.json` and checked in at `proto/openapi.json`.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    documented().into_openapi()
}

/// The refusals that every route may answer with; `Problem.code` tells them apart.
pub(crate) struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> std::collections::BTreeMap<String, RefOr<Response>> {
        let statuses = [400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503];
        statuses.map(|status| (status.to_string(), RefOr::T(refusal(status)))).into()
    }
}

fn refusal(status: u16) -> Response {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let problem = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
    ResponseBuilder::new().description(reason.unwrap_or_default()).content("application/problem+json", problem).build()
}
