//! The only HTTP server: hyper with timers, upgrades, a handle on each connection, and an end that drains.
//!
//! Lifecycle: accepts until a moment after the tasks' stop; then connections without a request are closed, requests in flight
//! are answered, and after `http.drain` everything that is still open, sockets too, is killed.
//!
//! Guarantee: a peer that sends no whole header or takes no bytes is closed in time; one connection never harms another.

mod conn;
mod handle;
mod inflow;
mod open;
mod pending;
mod unpin;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::response::Response;
use confab_proto::ErrorCode;
use futures_util::FutureExt as _;
use http::header::CONNECTION;
use http::{HeaderValue, Request, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

pub use conn::WRITE_STALL;
pub use handle::ConnHandle;
pub use inflow::{Inflow, InflowRate};
pub use pending::PendingBytes;
pub use unpin::unpin_request_buffer;

use crate::client_address::TrustedProxies;
use crate::config::{HttpConfig, SocketConfig};
use crate::problem::problem;
use crate::tasks::Tasks;
use conn::Conn;
use open::OpenConns;

/// Why connections are killed that outlast the drain.
pub const DRAINED: &str = "drained";

/// A head that is larger and not yet complete is answered 431 and closed.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// When the process has no file descriptor left, accepting at once again would only burn the processor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// From the stop on requests are still taken for this long, each the last one of its connection: who sent one over a kept
/// connection, or was in the queue of the listener, must not get a reset for it.
const LINGER: Duration = Duration::from_millis(250);
/// For killed connections to be dropped by the tasks that hold them.
const AFTER_KILL: Duration = Duration::from_secs(1);

/// Serves `router` until the stop of `tasks`, then drains. Requests carry `ConnHandle`, `ConnectInfo<SocketAddr>` and
/// `ClientAddress`.
pub fn serve(
    listener: TcpListener,
    router: Router,
    http: &HttpConfig,
    socket: &SocketConfig,
    tasks: &Tasks,
) -> impl Future<Output = anyhow::Result<()>> + Send + 'static + use<> {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(http.header_timeout).max_buf_size(MAX_HEAD_BYTES);
    let server = Server {
        router,
        proxies: Arc::new(TrustedProxies::new(&http.trusted_proxies)),
        builder,
        write_stall: socket.write_stall,
        open: OpenConns::default(),
        tasks: tasks.clone(),
        stop: tasks.stop(),
    };
    let drain = http.drain;
    async move {
        server.accept(listener).await;
        server.drain(drain).await;
        Ok(())
    }
}

struct Server {
    router: Router,
    proxies: Arc<TrustedProxies>,
    builder: http1::Builder,
    write_stall: Duration,
    open: OpenConns,
    tasks: Tasks,
    stop: CancellationToken,
}

impl Server {
    /// Until a little after the stop; the listener is closed on return.
    async fn accept(&self, listener: TcpListener) {
        let mut failing = false;
        let mut over = std::pin::pin!(lingered(&self.stop));
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut over => break,
            };
            match accepted {
                Ok((stream, peer)) => {
                    failing = false;
                    self.start(stream, peer);
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    if !failing {
                        tracing::error!(%error, "cannot accept connections, trying again");
                    }
                    failing = true;
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        // Who is in the queue when the listener is closed gets a reset.
        while let Some(Ok((stream, peer))) = listener.accept().now_or_never() {
            self.start(stream, peer);
        }
    }

    fn start(&self, stream: TcpStream, peer: SocketAddr) {
        // Small packets must not wait for each other; a socket that refuses the option works without.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let handle = ConnHandle::new(peer);
        let conn = Conn::new(stream, handle.clone(), self.write_stall, self.open.enter(handle.clone()));
        let (router, proxies, on_request) = (self.router.clone(), self.proxies.clone(), handle.clone());
        let stop = self.stop.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            let client = proxies.client(peer.ip(), request.headers());
            request.extensions_mut().insert(client);
            last_from(stop.clone(), answer(router.clone(), request, on_request.clone()))
        });
        let http = self.builder.serve_connection(TokioIo::new(conn), service).with_upgrades();
        self.tasks.spawn_draining("connection", run(http, handle, self.stop.clone()));
    }

    async fn drain(&self, drain: Duration) {
        if timeout(drain, self.open.until_empty()).await.is_ok() {
            return;
        }
        let killed = self.open.kill_all(DRAINED);
        if timeout(AFTER_KILL, self.open.until_empty()).await.is_err() {
            tracing::warn!(connections = killed, "killed connections are still held");
        } else {
            tracing::info!(connections = killed, "closed what was open after the drain");
        }
    }
}

/// Errors of accept that say nothing about the listener.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

async fn answer(router: Router, mut request: Request<Incoming>, handle: ConnHandle) -> Result<Response, Infallible> {
    request.extensions_mut().insert(ConnectInfo(handle.peer()));
    request.extensions_mut().insert(handle);
    // A handler that panics is a bug, but neither its connection nor the process has to end for it.
    let answered = AssertUnwindSafe(router.oneshot(request)).catch_unwind().await;
    answered.unwrap_or_else(|_panic| {
        tracing::error!("a request handler panicked");
        Ok(problem(ErrorCode::Internal, "Internal Server Error", "something went wrong here; it is in the log"))
    })
}

/// From the stop on an answer is the last one over its connection. An upgrade is none.
async fn last_from(
    stop: CancellationToken,
    answer: impl Future<Output = Result<Response, Infallible>>,
) -> Result<Response, Infallible> {
    let mut answer = answer.await?;
    if stop.is_cancelled() && answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(answer)
}

async fn lingered(stop: &CancellationToken) {
    stop.cancelled().await;
    sleep(LINGER).await;
}

type Http<S> = http1::UpgradeableConnection<TokioIo<Conn>, S>;

/// One connection until it ends, is upgraded or killed; a little after the stop it takes no further request.
async fn run<S, B>(http: Http<S>, handle: ConnHandle, stop: CancellationToken)
where
    S: hyper::service::HttpService<Incoming, ResBody = B>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: hyper::body::Body + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut http = std::pin::pin!(http);
    let ended = tokio::select! {
        biased;
        // First, so that what has come is read before an idle connection is closed.
        ended = &mut http => ended,
        // A handler that is at work does not look at the stream: dropping the future ends it, too.
        () = handle.until_killed() => return,
        () = lingered(&stop) => {
            http.as_mut().graceful_shutdown();
            tokio::select! {
                ended = &mut http => ended,
                () = handle.until_killed() => return,
            }
        }
    };
    if let Err(error) = ended {
        // Peers that vanish, send nonsense or are too slow: ordinary.
        tracing::debug!(%error, "a connection ended with an error");
    }
}
