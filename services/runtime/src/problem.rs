//! The two problems this crate answers by itself. The API has its own table of errors.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use confab_proto::ErrorCode;
use confab_proto::error_code::Problem;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

/// `title` is the status in words, `detail` a sentence for people.
pub(crate) fn problem(code: ErrorCode, title: &str, detail: &str) -> Response {
    let problem = Problem {
        kind: "about:blank".to_owned(),
        title: title.to_owned(),
        status: code.status(),
        code,
        detail: detail.to_owned(),
        field: None,
    };
    let status = StatusCode::from_u16(code.status()).expect("every code has a valid status");
    (status, [(CONTENT_TYPE, "application/problem+json"), (CACHE_CONTROL, "no-store")], Json(problem)).into_response()
}
