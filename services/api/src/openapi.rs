//! The OpenAPI document: what the routes say, and the schemas of the socket side, so that one file types a whole client.

use axum::http::StatusCode;
use confab_proto::error_code::Problem;
use confab_proto::signal::{PresenceOf, PresenceState};
use confab_proto::{Envelope, ErrorCode, EventType, Signal, event_data, socket};
use serde_json::{Value, json};
use utoipa::openapi::link::LinkBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, PathItem, Ref, RefOr, Required, Response, ResponseBuilder, Schema};
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
        socket::Closing, socket::TypingOptions, socket::Watched, socket::PresenceCount, Signal, PresenceState, PresenceOf,
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
    finish(documented().into_openapi())
}

/// Adds what the macros cannot say.
pub(crate) fn finish(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    close_create_conversation(&mut document);
    let upload = document.paths.paths.get_mut("/api/files").and_then(|item| item.post.as_mut());
    if let Some(RefOr::T(body)) = upload.and_then(|upload| upload.request_body.as_mut()) {
        // No bytes are a file of no bytes.
        body.required = Some(Required::False);
    }
    link(&mut document);
    document
}

/// Neither of its two forms takes other fields; a `clientId` with a direct conversation does no harm.
fn close_create_conversation(document: &mut utoipa::openapi::OpenApi) {
    let schemas = document.components.as_mut().map(|components| &mut components.schemas);
    let Some(RefOr::T(Schema::OneOf(forms))) = schemas.and_then(|all| all.get_mut("CreateConversation")) else {
        return;
    };
    let mut client_id = None;
    for form in forms.items.iter_mut().rev() {
        if let RefOr::T(Schema::Object(form)) = form {
            form.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
            match form.properties.get("clientId") {
                Some(schema) => client_id = Some(schema.clone()),
                None => form.properties.extend(client_id.clone().map(|schema| ("clientId".to_owned(), schema))),
            }
        }
    }
}

/// Which answer leads on to which requests: `(operation, status, request, parameters, body)`.
fn link(document: &mut utoipa::openapi::OpenApi) {
    let beneath = |start: &str| -> Vec<String> {
        let items = document.paths.paths.iter().filter(|(path, _)| path.starts_with(start));
        let all = |item: &PathItem| {
            [&item.get, &item.put, &item.post, &item.patch, &item.delete]
                .map(Option::as_ref)
                .map(|operation| operation?.operation_id.clone())
        };
        items.flat_map(|(_, item)| all(item)).flatten().collect()
    };
    let of_one = beneath("/api/conversations/{id}");
    let of_message = beneath("/api/conversations/{id}/messages/{seq}");
    let conversation = json!({"id": "$response.body#/conversation/id"});
    let message = json!({"id": "$request.path.id", "seq": "$response.body#/seq"});
    let mut links: Vec<_> =
        of_one.iter().map(|to| ("create_conversation", to.as_str(), conversation.clone(), None)).collect();
    links.extend(of_message.iter().map(|to| ("post_message", to.as_str(), message.clone(), None)));
    let direct = json!({"kind": "direct", "userId": "$response.body#/user/id"});
    links.extend([
        ("sign_up", "create_conversation", json!({}), Some(direct)),
        ("upload_file", "get_file", json!({"id": "$response.body#/file/id"}), None),
        ("upload_file", "delete_file", json!({"id": "$response.body#/file/id"}), None),
        ("list_sessions", "end_session", json!({"id": "$response.body#/sessions/0/id"}), None),
        ("post_message", "mark_read", json!({"id": "$request.path.id"}), Some(json!({"seq": "$response.body#/seq"}))),
    ]);
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
            for (from, to, parameters, body) in &links {
                if operation.operation_id.as_deref() == Some(from) {
                    add_link(operation, to, parameters, body.as_ref());
                }
            }
        }
    }
}

/// To every answer that is no refusal.
fn add_link(operation: &mut Operation, to: &str, parameters: &Value, body: Option<&Value>) {
    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
            let mut link = LinkBuilder::new().operation_id(to).request_body(body.cloned());
            for (name, value) in parameters.as_object().into_iter().flatten() {
                link = link.parameter(name.as_str(), value.clone());
            }
            response.links.insert(to.to_owned(), RefOr::T(link.build()));
        }
    }
}

/// Bytes of any kind, which JSON Schema has no word for.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct Bytes(#[expect(dead_code, reason = "a shape for the document")] String);

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
