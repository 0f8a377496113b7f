//! Bodies, path ids and query parameters, read so that a mistake is answered with a problem that names it.
//!
//! `Body` takes JSON only. Details never repeat what was sent: serde's texts may, so they are put in our own words.

use std::str::FromStr;

use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use bytes::Bytes;
use confab_domain::text::GroupName;
use confab_proto::ids::MalformedId;
use confab_proto::{ConversationId, ErrorCode, Seq};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::Segment;

use crate::error::ApiError;
use crate::state::AppState;

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &AppState) -> Result<Self, ApiError> {
        if !is_json(&request) {
            return Err(not_json());
        }
        let bytes = Bytes::from_request(request, api).await.map_err(|error| unreadable(&error, api))?;
        parse(&bytes).map(Self)
    }
}

/// A JSON body, or none at all.
pub(crate) struct MaybeBody<T>(pub(crate) Option<T>);

impl<T: DeserializeOwned> FromRequest<AppState> for MaybeBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &AppState) -> Result<Self, ApiError> {
        let is_json = is_json(&request);
        let bytes = Bytes::from_request(request, api).await.map_err(|error| unreadable(&error, api))?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        if !is_json {
            return Err(not_json());
        }
        parse(&bytes).map(Self)
    }
}

fn not_json() -> ApiError {
    ApiError::new(ErrorCode::UnsupportedMediaType, "the body must be sent as application/json")
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // Serde would take a list for a struct, field by field.
    if bytes.trim_ascii_start().first().is_some_and(|first| matches!(first, b'[' | b'"' | b'0'..=b'9' | b'-')) {
        return Err(ApiError::new(ErrorCode::Malformed, "the body must be a JSON object"));
    }
    let json = &mut serde_json::Deserializer::from_slice(bytes);
    let body = serde_path_to_error::deserialize(&mut *json).map_err(|error| not_fitting(&error))?;
    json.end().map_err(|_| ApiError::new(ErrorCode::Malformed, "the body has something after its JSON"))?;
    Ok(body)
}

fn is_json(request: &Request) -> bool {
    let value = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn unreadable(error: &BytesRejection, api: &AppState) -> ApiError {
    match error {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            let limit = api.config.http.body_limit_bytes;
            ApiError::new(ErrorCode::BodyTooLarge, format!("the body must have at most {limit} bytes"))
        }
        _ => ApiError::new(ErrorCode::Malformed, "the body ended early"),
    }
}

fn not_fitting(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let inner = error.inner();
    match inner.classify() {
        Category::Data => unfit(error.path(), &inner.to_string()),
        Category::Syntax | Category::Eof | Category::Io => {
            let (line, column) = (inner.line(), inner.column());
            ApiError::new(ErrorCode::Malformed, format!("the body is not JSON at line {line}, column {column}"))
        }
    }
}

/// Names the field and the kind of mistake, without the sent value that serde's text may hold.
fn unfit(path: &serde_path_to_error::Path, text: &str) -> ApiError {
    if text.starts_with("unknown field") {
        // The last one: the unknown name stands before it, and is the sender's.
        let known = text.rsplit_once(", expected ").map_or("", |(_, known)| known);
        let known = known.split(" at line").next().unwrap_or_default();
        return ApiError::new(ErrorCode::Malformed, format!("the body has an unknown field; it may have {known}"));
    }
    let problem = match text {
        t if t.starts_with("missing field") => "is missing",
        t if t.starts_with("duplicate field") => "is there twice",
        t if t.starts_with("invalid type") => "has the wrong type",
        t if t.starts_with("must be a UUID") => "must be a UUID",
        t if t.starts_with("unknown variant") => "is none of the known values",
        t if t.starts_with("must be a whole number") => "must be a whole number from 0",
        t if t.starts_with("invalid value") => "is out of range",
        t if t.contains("has no `") => "does not belong to this kind",
        _ => "has the wrong form",
    };
    let on_path = path.iter().find_map(|segment| match segment {
        Segment::Map { key } => Some(key.as_str()),
        _ => None,
    });
    let about_a_field = text.contains(" field `") || text.contains("has no `");
    match on_path.or_else(|| text.split('`').nth(1).filter(|_| about_a_field)) {
        Some(field) => ApiError::malformed(field, problem),
        None => ApiError::new(ErrorCode::Malformed, format!("the body {problem}")),
    }
}

/// The `{id}` in the path, a conversation's unless said otherwise.
pub(crate) struct Id<T = ConversationId>(pub(crate) T);

impl<T: FromStr<Err = MalformedId>> FromRequestParts<AppState> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &AppState) -> Result<Self, ApiError> {
        let path = Path::<String>::from_request_parts(parts, api).await;
        let Path(text) = path.map_err(|_| ApiError::malformed("id", "must be a UUID"))?;
        text.parse().map(Self).map_err(|error| ApiError::malformed("id", error))
    }
}

/// Query parameters; each is read by its own name, so that the refusal can say which one is wrong.
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
    /// The first that is no UTF-8.
    torn: Option<usize>,
}

impl FromRequestParts<AppState> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &AppState) -> Result<Self, ApiError> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, api).await;
        let Query(pairs) = query.map_err(|_| ApiError::new(ErrorCode::Malformed, "the query cannot be read"))?;
        if pairs.iter().any(|(_, value)| value.contains('\0')) {
            return Err(ApiError::new(ErrorCode::Malformed, "the query must not contain the NUL character"));
        }
        let raw = parts.uri.query().unwrap_or_default().split('&').filter(|part| !part.is_empty());
        let torn = raw.zip(&pairs).position(|(raw, (_, value))| is_torn(raw, value));
        Ok(Self { pairs, torn })
    }
}

/// Whether there were bytes that are no UTF-8: U+FFFD was put in their place, besides any that was sent itself.
fn is_torn(raw: &str, value: &str) -> bool {
    let sent = raw.to_ascii_lowercase().matches("%ef%bf%bd").count() + raw.matches('\u{fffd}').count();
    value.matches('\u{fffd}').count() > sent
}

/// Most rows of a page and the default.
pub(crate) struct PageLimit {
    pub(crate) default: usize,
    pub(crate) max: usize,
}

impl Params {
    /// Refuses any parameter that is none of these, any that is there twice, and any that is no UTF-8.
    pub(crate) fn only(&self, known: &[&'static str]) -> Result<(), ApiError> {
        for (index, (name, _)) in self.pairs.iter().enumerate() {
            let Some(known) = known.iter().find(|known| *known == name) else {
                let names = known.join(", ");
                return Err(ApiError::new(ErrorCode::Malformed, format!("a query parameter is none of: {names}")));
            };
            if self.pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(ApiError::malformed(known, "is there twice"));
            }
            if self.torn == Some(index) {
                return Err(ApiError::malformed(known, "must be UTF-8"));
            }
        }
        Ok(())
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn parsed<T: std::str::FromStr>(
        &self,
        name: &'static str,
        form: &'static str,
    ) -> Result<Option<T>, ApiError> {
        let parse = |text: &str| text.parse().map_err(|_| ApiError::malformed(name, format!("must be {form}")));
        self.text(name).map(parse).transpose()
    }

    /// `limit`, within 1 and the most.
    pub(crate) fn limit(&self, limit: PageLimit) -> Result<usize, ApiError> {
        let PageLimit { default, max } = limit;
        let asked = self.parsed::<usize>("limit", "a whole number")?.unwrap_or(default.min(max));
        if !(1..=max).contains(&asked) {
            return Err(ApiError::invalid("limit", format!("must be between 1 and {max}")));
        }
        Ok(asked)
    }

    /// `query`, a part of a name and so no longer than one; empty if absent.
    pub(crate) fn query(&self) -> Result<&str, ApiError> {
        let query = self.text("query").unwrap_or_default().trim();
        if query.chars().count() > GroupName::MAX {
            return Err(ApiError::invalid("query", format!("must have at most {} characters", GroupName::MAX)));
        }
        Ok(query)
    }

    /// A `seq`.
    pub(crate) fn seq(&self, name: &'static str) -> Result<Option<Seq>, ApiError> {
        self.parsed(name, "a whole number from 0")
    }
}
