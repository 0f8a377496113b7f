//! The stable error codes, the same in HTTP problems and in socket refusals.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why something was refused. Codes are only ever added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No session, or one that is unknown, expired or ended.
    Unauthorized,
    /// Username and password do not fit.
    InvalidCredentials,
    /// Signed in, may see it, may not do it.
    Forbidden,
    /// A page of another site asked.
    OriginRefused,
    /// Not there, or not yours: the two are never told apart.
    NotFound,
    MethodNotAllowed,
    /// The state kept changing while it was decided, or contradicts the request.
    Conflict,
    /// This `clientId` was used for another content.
    ClientIdReused,
    UsernameTaken,
    /// Accounts are made by the operator here.
    SignUpClosed,
    BodyTooLarge,
    /// The files of this person would take more room than they may.
    QuotaExceeded,
    UnsupportedMediaType,
    /// Well-formed, but a field's value cannot be taken; `field` names it.
    Invalid,
    /// Not JSON, a wrong type, or an unknown value.
    Malformed,
    RateLimited,
    /// Something it needs is away; nothing was lost; try again.
    Unavailable,
    Internal,
    /// The numbers the client holds are of another life of the store.
    Reset,
    TooManyRooms,
    TooManySockets,
    BinaryRefused,
    UnknownEvent,
    /// The socket read too slowly and is closed.
    SlowConsumer,
    /// The session of this socket ended.
    SessionEnded,
    /// The server is stopping; connect again.
    Draining,
}

impl ErrorCode {
    /// As it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::InvalidCredentials => "invalid_credentials",
            Self::Forbidden => "forbidden",
            Self::OriginRefused => "origin_refused",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict => "conflict",
            Self::ClientIdReused => "client_id_reused",
            Self::UsernameTaken => "username_taken",
            Self::SignUpClosed => "sign_up_closed",
            Self::BodyTooLarge => "body_too_large",
            Self::QuotaExceeded => "quota_exceeded",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::Invalid => "invalid",
            Self::Malformed => "malformed",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
            Self::Reset => "reset",
            Self::TooManyRooms => "too_many_rooms",
            Self::TooManySockets => "too_many_sockets",
            Self::BinaryRefused => "binary_refused",
            Self::UnknownEvent => "unknown_event",
            Self::SlowConsumer => "slow_consumer",
            Self::SessionEnded => "session_ended",
            Self::Draining => "draining",
        }
    }

    /// The HTTP status it is answered with; codes that live on sockets only have the nearest one.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed | Self::BinaryRefused | Self::UnknownEvent => 400,
            Self::Unauthorized | Self::InvalidCredentials | Self::SessionEnded => 401,
            Self::Forbidden | Self::OriginRefused | Self::SignUpClosed => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict | Self::ClientIdReused | Self::UsernameTaken | Self::Reset => 409,
            Self::BodyTooLarge | Self::QuotaExceeded => 413,
            Self::UnsupportedMediaType => 415,
            Self::Invalid => 422,
            Self::RateLimited | Self::TooManyRooms | Self::TooManySockets => 429,
            Self::Internal => 500,
            Self::Unavailable | Self::SlowConsumer | Self::Draining => 503,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The body of every HTTP error: RFC 9457 with a stable `code`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the code says which kind it is.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub code: ErrorCode,
    /// A sentence for people. Never repeats what was sent.
    pub detail: String,
    /// The field of the request that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn text_and_json_agree() {
        for code in [ErrorCode::ClientIdReused, ErrorCode::NotFound, ErrorCode::SlowConsumer, ErrorCode::Invalid] {
            assert_eq!(serde_json::to_string(&code).unwrap(), format!("\"{code}\""));
        }
    }
}
