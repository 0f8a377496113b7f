//! Bounds how many sockets one address may open without a session.
//!
//! Who somebody is shows only at the CONNECT, after the handshake has made a socket. So each handshake takes a token, and a client
//! that is let in gives it back: people cost nothing, however many come from one office after a restart. Without a token the
//! handshake is answered 429 before there is a socket; a stock client then comes back by itself.

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use confab_proto::ErrorCode;
use confab_runtime::client_address::ClientAddress;
use confab_runtime::metrics::Counter;
use confab_runtime::rate::{Limiter, Rate};
use http::StatusCode;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use socketioxide::extract::SocketRef;

/// Addresses counted at a time.
const ADDRESSES: usize = 100_000;

pub(crate) struct Handshakes {
    limiter: Limiter<ClientAddress>,
    refused: Counter,
}

impl Handshakes {
    pub(crate) fn new(rate: Rate, refused: Counter) -> Self {
        Self { limiter: Limiter::of(rate, ADDRESSES), refused }
    }

    /// The client of this socket has a session.
    pub(crate) fn admitted(&self, socket: &SocketRef) {
        if let Some(address) = socket.req_parts().extensions.get::<ClientAddress>() {
            self.limiter.give_back(address);
        }
    }
}

/// Lets a handshake through if its address has a token; everything else goes through at once.
pub(crate) async fn limit(
    State(handshakes): State<Arc<Handshakes>>,
    Extension(address): Extension<ClientAddress>,
    request: Request,
    next: Next,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let is_handshake = !query.split('&').any(|pair| pair.starts_with("sid="));
    if is_handshake && let Err(wait) = handshakes.limiter.check(&address, Instant::now()) {
        handshakes.refused.inc();
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let body = format!(
            "{{\"code\":\"{}\",\"message\":\"too many handshakes without a session\"}}",
            ErrorCode::RateLimited
        );
        let headers = [(CONTENT_TYPE, "application/json".to_owned()), (RETRY_AFTER, seconds.to_string())];
        return (StatusCode::TOO_MANY_REQUESTS, headers, body).into_response();
    }
    next.run(request).await
}
