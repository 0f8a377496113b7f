//! Lets a client in: who it is, how many it is already, its own stream, and only then the answer to its CONNECT.
//!
//! The order is a promise, and stands in `admission`. A CONNECT_ERROR is final for a stock client, so it is sent only for what will not
//! change by itself; for everything else the line is killed and the client comes back.

use std::future::ready;
use std::sync::Arc;
use std::time::Instant;

use confab_proto::{ConversationId, ErrorCode, UserId};
use confab_runtime::cookie;
use confab_runtime::rate::Limiter;
use confab_runtime::serve::ConnHandle;
use confab_runtime::tasks::Tasks;
use confab_store::{Reader, TokenHash};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use socketioxide::extract::{SocketRef, TryData};
use socketioxide::socket::DisconnectReason;

use crate::admission::{self, Refusal};
use crate::client::{Client, Identity, Rooms};
use crate::disconnect::{Line, Lines};
use crate::events;
use crate::handshakes::Handshakes;
use crate::hub::Hub;
use crate::metrics::GatewayMetrics;
use crate::roster::{Presence, Roster};
use crate::session::Sessions;
use crate::socket::Socket;

/// All that connects and events need.
pub(crate) struct Gateway {
    pub(crate) reader: Arc<dyn Reader>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) lines: Arc<Lines>,
    pub(crate) roster: Arc<Roster>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) handshakes: Arc<Handshakes>,
    pub(crate) joins: Limiter<UserId>,
    pub(crate) typing: Limiter<(UserId, ConversationId)>,
    /// Questions about who is there.
    pub(crate) presence: Limiter<UserId>,
    pub(crate) tasks: Tasks,
    pub(crate) cookie: &'static str,
    pub(crate) max_pending: u64,
    pub(crate) max_rooms: usize,
    pub(crate) metrics: Arc<GatewayMetrics>,
}

/// The `auth` of a handshake.
#[derive(Deserialize)]
pub(crate) struct Auth {
    #[serde(default)]
    token: Option<String>,
}

impl Gateway {
    /// The connect middleware. Registers the handlers and emits nothing, since that would precede the CONNECT.
    pub(crate) async fn connect(self: Arc<Self>, socket: SocketRef, auth: TryData<Auth>) -> Result<(), ErrorCode> {
        let line = self.line_of(&socket);
        let Err(refusal) = self.admit(&socket, &auth, &line).await else {
            self.handshakes.admitted(&socket);
            self.metrics.connects.of("ok").inc();
            return Ok(());
        };
        let (Refusal::Final(code) | Refusal::ComeBack(code)) = refusal;
        self.metrics.connects.of(code.as_str()).inc();
        let presence = socket.extensions.remove::<Arc<Presence>>();
        match refusal {
            Refusal::Final(code) => {
                if let Some(presence) = presence {
                    presence.leave(code.as_str());
                }
                line.refuse();
                self.lines.release(socket.id, Instant::now());
                Err(code)
            }
            Refusal::ComeBack(code) => {
                // Before socketioxide queues its CONNECT_ERROR, so that it never goes out.
                line.kill(code.as_str());
                match presence {
                    Some(presence) => presence.end(code.as_str()),
                    None => self.lines.release(socket.id, Instant::now()),
                }
                Err(code)
            }
        }
    }

    async fn admit(
        self: &Arc<Self>,
        socket: &SocketRef,
        auth: &TryData<Auth>,
        line: &Arc<Line>,
    ) -> Result<(), Refusal> {
        if self.lines.doors_closed() {
            return Err(Refusal::ComeBack(ErrorCode::Draining));
        }
        if line.was_refused() {
            return Err(Refusal::ComeBack(ErrorCode::Unauthorized));
        }
        let token = self.token(socket, auth).ok_or(Refusal::Final(ErrorCode::Unauthorized))?;
        let session = admission::session(&*self.reader, &token).await?;
        let identity = Identity { id: self.roster.next_id(), user: session.user, session: session.id };
        let rooms = Rooms::new(self.max_rooms);
        let client =
            Client::new(identity, line.clone(), self.max_pending, rooms, self.sessions.clone(), self.tasks.clone());
        let client = Arc::new(client);
        let presence = Presence::enter(self, &client, socket.id).ok_or(Refusal::Final(ErrorCode::TooManySockets))?;
        let presence = Arc::new(presence);
        socket.extensions.insert(presence.clone());
        events::register(socket, self, &client);
        socket.on_disconnect(move |reason: DisconnectReason| {
            presence.end(disconnected(reason));
            ready(())
        });
        let entering: Arc<dyn Socket> = client.clone();
        admission::admit(&self.hub, &self.sessions, &*self.reader, &entering, (token, session)).await?;
        if self.lines.doors_closed() {
            return Err(Refusal::ComeBack(ErrorCode::Draining));
        }
        if client.is_gone() { Err(Refusal::ComeBack(ErrorCode::Unavailable)) } else { Ok(()) }
    }

    /// The connect handler: runs when the CONNECT was answered.
    pub(crate) fn connected(socket: SocketRef) {
        if let Some(presence) = socket.extensions.get::<Arc<Presence>>() {
            presence.client().open(socket);
        }
    }

    /// The line of the connection or, for a client that polls, of its requests.
    fn line_of(&self, socket: &SocketRef) -> Arc<Line> {
        let line = self.lines.claim(socket.id, Instant::now());
        let handshake = socket.req_parts();
        // A session that began by polling has got its websocket, if any, by the upgrade.
        let over_websocket = handshake.uri.query().is_some_and(|query| query.contains("transport=websocket"));
        if over_websocket && let Some(conn) = handshake.extensions.get::<ConnHandle>() {
            line.goes_over(conn);
        }
        line
    }

    /// The hash of the token in `auth` or, without one, in the cookie.
    fn token(&self, socket: &SocketRef, auth: &TryData<Auth>) -> Option<TokenHash> {
        let auth = auth.0.as_ref().ok()?;
        let cookie = || cookie::find(&socket.req_parts().headers, self.cookie);
        let token = auth.token.as_deref().or_else(cookie)?;
        Some(Sha256::digest(token).into())
    }
}

/// How socketioxide noticed the end.
fn disconnected(reason: DisconnectReason) -> &'static str {
    match reason {
        DisconnectReason::ClientNSDisconnect => "left",
        DisconnectReason::HeartbeatTimeout => "ping_timeout",
        DisconnectReason::TransportClose | DisconnectReason::TransportError => "connection_lost",
        DisconnectReason::MultipleHttpPollingError | DisconnectReason::PacketParsingError => "protocol_error",
        DisconnectReason::ServerNSDisconnect | DisconnectReason::ClosingServer => "server",
    }
}
