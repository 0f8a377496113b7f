//! The gateway: Socket.IO for clients, read-only towards the store. Never writes, never decides a rule.
//!
//! `connect` lets clients in, `events` takes what they ask, `hub` and the channels in it send what happens, `disconnect` cuts
//! lines, `drain` ends it all.

pub mod admission;
mod attention;
pub mod channel;
mod client;
mod connect;
mod disconnect;
mod drain;
mod events;
mod handshakes;
pub mod hub;
pub mod metrics;
pub mod presence;
mod roster;
pub mod session;
pub mod socket;
mod sweep;

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use confab_runtime::bus::Bus;
use confab_runtime::config::{Config, SocketConfig};
use confab_runtime::cookie;
use confab_runtime::metrics::Metrics;
use confab_runtime::origin::OriginRule;
use confab_runtime::rate::Limiter;
use confab_runtime::tasks::Tasks;
use confab_runtime::traces::Traces;
use confab_store::Reader;
use socketioxide::extract::{SocketRef, TryData};
use socketioxide::handler::ConnectHandler as _;
use socketioxide::{ParserConfig, SocketIo, SocketIoBuilder};

use connect::{Auth, Gateway};
use disconnect::{Lines, WatchedService};
use handshakes::Handshakes;
use hub::{Hub, HubSettings};
use metrics::GatewayMetrics;
use roster::Roster;
use session::Sessions;

/// For a CONNECT to come and to be answered; a session without one is closed.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// For so long at least the line is known of a session that never was connected, or that was killed.
const FORGET_AFTER: Duration = Duration::from_secs(60);
/// For the probe of an upgrade to websocket.
const UPGRADE_TIMEOUT: Duration = Duration::from_secs(10);
/// Binary attachments of one packet; it is refused with a code, one with more closes the socket.
const MAX_ATTACHMENTS: usize = 64;
/// More than a client has pending, so that a poll takes all: engineioxide loses what it holds back at an upgrade. What a
/// client may post is limited by [`WatchedService`].
const POLL_BYTES: u64 = 1 << 40;
/// The read buffer of a websocket: clients send little.
const READ_BUFFER: usize = 512;
/// Users whose joins are counted at a time.
const LIMITED_USERS: usize = 100_000;

/// The routes under `/socket.io/`, and the tasks behind them.
pub fn service(
    config: &Config,
    reader: Arc<dyn Reader>,
    bus: Arc<dyn Bus>,
    tasks: &Tasks,
    metrics: &Metrics,
    traces: &Traces,
) -> Router {
    let roster = Arc::new(Roster::new(config.limits.sockets_per_user));
    let lines = Arc::new(Lines::new(forget_after(&config.socket)));
    watch_sockets(metrics, &roster);
    watch_lines(metrics, &lines);
    let metrics = Arc::new(GatewayMetrics::new(metrics));
    let limits = &config.limits;
    let gateway = Arc::new(Gateway {
        hub: Hub::new(reader.clone(), bus, HubSettings::of(config), metrics.clone(), traces.clone(), tasks),
        reader,
        lines: lines.clone(),
        roster,
        sessions: Arc::new(Sessions::default()),
        handshakes: Arc::new(Handshakes::new(limits.handshakes, metrics.connects.of("rate_limited"))),
        joins: Limiter::of(limits.joins, LIMITED_USERS),
        typing: Limiter::of(limits.typing, LIMITED_USERS),
        presence: Limiter::of(limits.presence, LIMITED_USERS),
        tasks: tasks.clone(),
        cookie: cookie::name(config.http.is_https()),
        max_pending: config.socket.pending_bytes,
        max_rooms: limits.rooms_per_socket,
        metrics,
    });
    let roster = gateway.roster.clone();
    let find = move |id| roster.get(id).map(|client| client as Arc<dyn socket::Socket>);
    let watch = session::watch(gateway.sessions.clone(), find, gateway.reader.clone(), tasks.stop());
    tasks.spawn("session watch", watch);
    tasks.spawn("gateway drain", drain::drain(gateway.clone(), tasks.stop(), config.http.drain));

    let handshakes = gateway.handshakes.clone();
    let (socket_io, io) = builder(&config.socket).build_svc();
    let connected = |socket: SocketRef| {
        Gateway::connected(socket);
        ready(())
    };
    io.ns("/", connected.with(move |socket: SocketRef, auth: TryData<Auth>| gateway.connect(socket, auth)));
    let watched = WatchedService::new(socket_io, lines, config.http.request_timeout, &config.socket);
    let routes = Router::new().route_service("/socket.io/", watched.clone()).route_service("/socket.io", watched);
    OriginRule::new(&config.http).protect(routes.layer(from_fn_with_state(handshakes, handshakes::limit)))
}

fn watch_sockets(metrics: &Metrics, roster: &Arc<Roster>) {
    let roster = roster.clone();
    metrics.watch_by("confab_sockets", "Sockets that are connected", "transport", move || {
        let (websockets, polling) = roster.transports();
        [("websocket", websockets as f64), ("polling", polling as f64)]
    });
}

/// Longer than a session lives on whose client does not answer: one that was killed and forgotten, and then polled again, would
/// be served without ever getting an event.
fn forget_after(socket: &SocketConfig) -> Duration {
    FORGET_AFTER.max(2 * (socket.ping_interval + socket.ping_timeout))
}

fn watch_lines(metrics: &Metrics, lines: &Arc<Lines>) {
    let lines = lines.clone();
    metrics.watch_by(
        "confab_lines",
        "Sessions by which clients are cut off, for a while after their end, too",
        "state",
        move || {
            let (claimed, unclaimed) = lines.count();
            [("claimed", claimed as f64), ("unclaimed", unclaimed as f64)]
        },
    );
}

/// Every limit is set: the defaults are 64 MiB a message and 10,000 attachments.
fn builder(socket: &SocketConfig) -> SocketIoBuilder {
    let parser = ParserConfig::common()
        .max_incoming_binaries(MAX_ATTACHMENTS)
        .max_incoming_binary_buf_size(socket.frame_bytes)
        .packet_completion_timeout(CONNECT_TIMEOUT);
    SocketIo::builder()
        .with_parser(parser)
        .connect_timeout(CONNECT_TIMEOUT)
        .upgrade_timeout(UPGRADE_TIMEOUT)
        .ping_interval(socket.ping_interval)
        .ping_timeout(socket.ping_timeout)
        .max_buffer_size(socket.buffer_packets)
        .max_payload(POLL_BYTES)
        .ws_max_message_size(socket.frame_bytes)
        .ws_max_frame_size(socket.frame_bytes)
        .ws_read_buffer_size(READ_BUFFER)
}
