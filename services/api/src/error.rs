//! Everything a request can be refused with, and the one table from cause to status and code.
//!
//! `detail` is for people and never repeats what was sent. An inner cause is logged once, here.

use std::fmt;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use confab_domain::RuleError;
use confab_domain::text::TextError;
use confab_proto::ErrorCode;
use confab_proto::error_code::Problem;
use confab_store::StoreError;

/// A refusal on its way out; as text its sentence for people.
#[derive(Debug)]
pub struct ApiError {
    code: ErrorCode,
    detail: String,
    field: Option<String>,
    retry_after_seconds: Option<u64>,
    /// The broken rule: a route may take it for an answer.
    rule: Option<RuleError>,
    limit: Option<&'static str>,
}

/// What a response was refused for, for the metrics.
#[derive(Clone, Copy)]
pub(crate) struct RefusedFor {
    pub(crate) code: ErrorCode,
    /// The limit that the request was above.
    pub(crate) limit: Option<&'static str>,
}

impl ApiError {
    pub(crate) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), field: None, retry_after_seconds: None, rule: None, limit: None }
    }

    /// A value that cannot be taken.
    pub(crate) fn invalid(field: &str, problem: impl std::fmt::Display) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(ErrorCode::Invalid, format!("{field} {problem}")) }
    }

    /// A value that cannot even be read.
    pub(crate) fn malformed(field: &str, problem: impl std::fmt::Display) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(ErrorCode::Malformed, format!("{field} {problem}")) }
    }

    /// The same refusal about a field that has another name in this request.
    pub(crate) fn about(self, field: &str) -> Self {
        let named = self.field.as_deref().and_then(|name| self.detail.strip_prefix(name));
        let detail = named.map_or_else(|| self.detail.clone(), |problem| format!("{field}{problem}"));
        Self { field: Some(field.to_owned()), detail, ..self }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "there is no such conversation")
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(ErrorCode::Unauthorized, "sign in first: the session is missing, expired or ended")
    }

    /// `limit` names the limit in the metrics.
    pub(crate) fn rate_limited(limit: &'static str, retry_after: std::time::Duration) -> Self {
        let seconds = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
        Self {
            retry_after_seconds: Some(seconds.max(1)),
            limit: Some(limit),
            ..Self::new(ErrorCode::RateLimited, "too many requests; wait before the next one")
        }
    }

    /// Nothing was lost; the same request can be sent again.
    pub(crate) fn unavailable(detail: &str) -> Self {
        Self { retry_after_seconds: Some(1), ..Self::new(ErrorCode::Unavailable, detail) }
    }

    pub(crate) fn code(&self) -> ErrorCode {
        self.code
    }

    /// Whether it was refused for this rule.
    pub(crate) fn broke(&self, rule: RuleError) -> bool {
        self.rule == Some(rule)
    }

    pub(crate) fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(error = %cause, "a request failed inside");
        Self::new(ErrorCode::Internal, "the server failed; the cause stands in its log")
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for ApiError {}

impl From<RuleError> for ApiError {
    fn from(error: RuleError) -> Self {
        let refusal = match error {
            RuleError::NotThere => Self::not_found(),
            RuleError::NoSuchMember | RuleError::NoSuchMessage | RuleError::NoSuchRequest => {
                Self::new(ErrorCode::NotFound, error.to_string())
            }
            RuleError::NoSuchPerson => Self::invalid("userId", error),
            RuleError::NotAMember | RuleError::RoleTooLow | RuleError::Archived | RuleError::DirectIsFixed => {
                Self::new(ErrorCode::Forbidden, error.to_string())
            }
            RuleError::AlreadyAMember | RuleError::Unchanged | RuleError::IsBanned | RuleError::LastOwner => {
                Self::new(ErrorCode::Conflict, error.to_string())
            }
            RuleError::NotYours => Self::new(ErrorCode::Forbidden, error.to_string()),
            RuleError::NotInTimeline | RuleError::TooManyReactions => Self::new(ErrorCode::Conflict, error.to_string()),
            RuleError::SlowMode => Self::new(ErrorCode::RateLimited, error.to_string()),
            RuleError::DirectWithOneself | RuleError::NotToOneself => Self::invalid("userId", "must be another person"),
        };
        Self { rule: Some(error), ..refusal }
    }
}

impl From<&StoreError> for ApiError {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => {
                tracing::warn!(error = %cause, "the database is not available");
                Self::unavailable("the database is away; try again")
            }
            StoreError::Refused(cause) => Self::internal(cause),
            StoreError::Damaged(_) | StoreError::Migration(_) => Self::internal(error),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::from(&error)
    }
}

impl From<anyhow::Error> for ApiError {
    fn from(error: anyhow::Error) -> Self {
        Self::internal(&format_args!("{error:#}"))
    }
}

/// Turns a text that does not parse into a refusal that names its field.
pub(crate) fn field(name: &'static str) -> impl Fn(TextError) -> ApiError {
    move |error| ApiError::invalid(name, error)
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let problem = Problem {
            kind: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code: self.code,
            detail: self.detail,
            field: self.field,
        };
        let mut response = (status, Json(problem)).into_response();
        response.extensions_mut().insert(RefusedFor { code: self.code, limit: self.limit });
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.code == ErrorCode::Unauthorized {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
