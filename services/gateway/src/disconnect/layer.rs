//! Stands before socketioxide on `/socket.io/` and watches which request belongs to which line.
//!
//! A killed line is answered 400 from that moment on, a poll that is waiting included. A poll that is dropped before its
//! answer kills its line: what the answer held is lost, and the client must not go on without it. What socketioxide answers
//! with 200 although it closed the session for it (a packet that cannot be parsed) is answered 400, and a session is closed
//! whose POST was refused: the rest of that POST is lost.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::response::{IntoResponse, Response};
use confab_runtime::config::SocketConfig;
use confab_runtime::serve::{ConnHandle, Inflow, InflowRate, unpin_request_buffer};
use futures_util::future::BoxFuture;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, UPGRADE};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use serde_json::Value;
use socketioxide::socket::Sid;
use tower::{Service, ServiceExt as _};

use super::posted::Posted;
use super::{Line, Lines};

/// More than an Engine.IO open packet has.
const OPEN_PACKET_BYTES: usize = 4096;

#[derive(Clone)]
pub(crate) struct WatchedService<S> {
    inner: S,
    lines: Arc<Lines>,
    /// For the body of a POST to arrive.
    body_timeout: Duration,
    /// The largest body of a POST.
    max_body: usize,
    /// How fast a client may send.
    inflow: InflowRate,
}

impl<S> WatchedService<S> {
    pub(crate) fn new(inner: S, lines: Arc<Lines>, body_timeout: Duration, socket: &SocketConfig) -> Self {
        Self { inner, lines, body_timeout, max_body: socket.frame_bytes, inflow: socket.inflow }
    }
}

impl<S> Service<Request<Body>> for WatchedService<S>
where
    S: Service<Request<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Response: IntoResponse,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move { Ok(this.answer(request).await) })
    }
}

impl<S> WatchedService<S>
where
    S: Service<Request<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Response: IntoResponse,
    S::Future: Send,
{
    async fn answer(self, request: Request<Body>) -> Response {
        let query = request.uri().query().unwrap_or_default();
        let websocket = query.split('&').any(|pair| pair == "transport=websocket");
        // Read as socketioxide reads it: the first one counts.
        let sid = query.split('&').find_map(|pair| pair.strip_prefix("sid=")).map(str::parse::<Sid>);
        if websocket && !request.headers().contains_key(UPGRADE) {
            return refused("a websocket handshake must ask for an upgrade");
        }
        match sid {
            None if self.lines.doors_closed() => draining(),
            None if websocket => self.pass_websocket(request).await,
            None => self.open(request).await,
            Some(Err(_)) => forgotten(),
            Some(Ok(sid)) => match self.lines.get(sid) {
                None => self.pass(request).await,
                Some(line) if line.is_killed() => self.bury(sid).await,
                Some(line) if websocket => self.upgrade(&line, request).await,
                Some(line) if request.method() == Method::GET => self.poll(sid, line, request).await,
                Some(line) => self.post(sid, &line, request).await,
            },
        }
    }

    async fn pass(&self, request: Request<Body>) -> Response {
        let Ok(response) = self.inner.clone().oneshot(request).await;
        response.into_response()
    }

    /// From its upgrade on a connection serves one client, and is read no faster than that may send.
    async fn pass_websocket(&self, request: Request<Body>) -> Response {
        let conn = request.extensions().get::<ConnHandle>().cloned();
        let response = self.pass(unpin_request_buffer(request)).await;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS
            && let Some(conn) = conn
        {
            conn.limit_inflow(Inflow::new(self.inflow));
        }
        response
    }

    /// A handshake by polling: the answer tells the session's id.
    async fn open(&self, request: Request<Body>) -> Response {
        let (mut parts, body) = self.pass(unpin_request_buffer(request)).await.into_parts();
        let Ok(bytes) = to_bytes(body, OPEN_PACKET_BYTES).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let Some((sid, packet)) = open_packet(&bytes, self.max_body) else {
            return Response::from_parts(parts, Body::from(bytes));
        };
        self.lines.open(sid, Instant::now());
        parts.headers.remove(CONTENT_LENGTH);
        Response::from_parts(parts, Body::from(packet))
    }

    async fn upgrade(&self, line: &Line, request: Request<Body>) -> Response {
        let Some(conn) = request.extensions().get::<ConnHandle>() else {
            return self.pass(request).await;
        };
        let conn = conn.clone();
        if !line.goes_over(&conn) {
            return refused("this session has had its websocket");
        }
        let response = self.pass_websocket(request).await;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            // It stays plain HTTP, over which a proxy may carry others.
            line.goes_not_over(&conn);
        }
        response
    }

    async fn poll(&self, sid: Sid, line: Arc<Line>, request: Request<Body>) -> Response {
        let unanswered = KillIfDropped(Some(&line));
        let response = tokio::select! {
            biased;
            () = line.until_killed() => None,
            response = self.pass(request) => Some(response),
        };
        unanswered.answered();
        match response {
            None => self.bury(sid).await,
            Some(response) => {
                line.pending().written(response.body().size_hint().exact().unwrap_or_default());
                response
            }
        }
    }

    async fn post(&self, sid: Sid, line: &Line, request: Request<Body>) -> Response {
        let is_post = request.method() == Method::POST;
        let posted = Arc::new(Posted::default());
        let seen = posted.clone();
        let request = request.map(|body| {
            Body::new(Limited::new(body, self.max_body).map_frame(move |frame| {
                seen.note(frame.data_ref().map_or(&[], |data| data));
                frame
            }))
        });
        let inflow = line.inflow(self.inflow);
        let passed = async {
            inflow.ready().await;
            self.pass(request).await
        };
        let response = tokio::select! {
            biased;
            () = line.until_killed() => None,
            response = tokio::time::timeout(self.body_timeout, passed) => Some(response),
        };
        inflow.came(posted.bytes(), tokio::time::Instant::now());
        let response = match response {
            None => return self.bury(sid).await,
            Some(Err(_elapsed)) => {
                line.kill("slow_post");
                return self.bury(sid).await;
            }
            Some(Ok(response)) => response,
        };
        if response.status().is_success() {
            if posted.is_close() || self.knows(sid).await {
                return response;
            }
            return refused("a packet could not be parsed; the session is closed");
        }
        if is_post && !line.is_websocket() {
            // What stood behind a packet that has no place here was not looked at, so the session must not go on.
            line.kill("protocol_error");
            self.bury(sid).await;
        }
        response
    }

    async fn knows(&self, sid: Sid) -> bool {
        self.post_text(sid, "").await.status().is_success()
    }

    /// Ends the session of a killed line as a client's own close packet would, and answers for it.
    async fn bury(&self, sid: Sid) -> Response {
        self.post_text(sid, "1").await;
        self.lines.forget(sid);
        forgotten()
    }

    /// What a client would post; answered with 200 as long as the session is there.
    async fn post_text(&self, sid: Sid, packets: &'static str) -> Response {
        let uri = format!("/socket.io/?EIO=4&transport=polling&sid={sid}");
        let request = Request::post(uri).body(Body::from(packets)).expect("a session id fits into a URI");
        self.pass(request).await
    }
}

/// The session of an open packet, and the packet with the limit that holds for what the client posts.
fn open_packet(body: &[u8], max_body: usize) -> Option<(Sid, String)> {
    let mut open: serde_json::Map<String, Value> = serde_json::from_slice(body.strip_prefix(b"0")?).ok()?;
    let sid = open.get("sid")?.as_str()?.parse().ok()?;
    open.insert("maxPayload".to_owned(), max_body.into());
    Some((sid, format!("0{}", Value::Object(open))))
}

/// Answers as socketioxide does for a session it does not know, so that the client opens a new one.
fn forgotten() -> Response {
    refusal("1", "Session ID unknown")
}

fn refused(message: &'static str) -> Response {
    refusal("3", message)
}

fn refusal(code: &str, message: &str) -> Response {
    let body = format!("{{\"code\":\"{code}\",\"message\":\"{message}\"}}");
    (StatusCode::BAD_REQUEST, [(CONTENT_TYPE, "application/json")], body).into_response()
}

fn draining() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")]).into_response()
}

struct KillIfDropped<'a>(Option<&'a Line>);

impl KillIfDropped<'_> {
    fn answered(mut self) {
        self.0 = None;
    }
}

impl Drop for KillIfDropped<'_> {
    fn drop(&mut self) {
        if let Some(line) = self.0 {
            line.kill("poll_dropped");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_session_of_an_open_packet_and_tells_the_limit() {
        let sid = Sid::new();
        let packet = |max: u64| format!("0{{\"maxPayload\":{max},\"sid\":\"{sid}\",\"upgrades\":[\"websocket\"]}}");
        assert_eq!(open_packet(packet(1 << 40).as_bytes(), 65_536), Some((sid, packet(65_536))));
        assert_eq!(open_packet(b"{\"code\":\"0\"}", 1), None);
    }
}
