//! The order in which somebody is let in, whatever carries the socket: the user's own stream is LIVE before the session is read for
//! the last time, so a revocation is either in that read or comes by the stream.

use std::sync::Arc;

use confab_proto::ErrorCode;
use confab_proto::socket::Refused;
use confab_runtime::mutants::{Mutant, planted};
use confab_store::{Reader, Session, TokenHash};
use tokio::sync::oneshot;

use crate::hub::Hub;
use crate::session::{self, Sessions};
use crate::socket::Socket;

/// Why a client is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Told by CONNECT_ERROR; a stock client does not try again.
    Final(ErrorCode),
    /// The line is killed; the client tries again.
    ComeBack(ErrorCode),
}

/// The session of a token, if it stands.
///
/// # Errors
/// There is none, or it cannot be read.
pub async fn session(reader: &dyn Reader, token: &TokenHash) -> Result<Session, Refusal> {
    match session::valid(reader.session(token).await) {
        Ok(session) => session.ok_or(Refusal::Final(ErrorCode::Unauthorized)),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::debug!(error, "cannot read the session of a client that connects");
            Err(Refusal::ComeBack(ErrorCode::Unavailable))
        }
    }
}

/// Lets a socket in whose session was read before it was made. Whoever calls it can be reached by `sessions` already.
///
/// # Errors
/// The session ended meanwhile, or that cannot be known now.
pub async fn admit(
    hub: &Arc<Hub>,
    sessions: &Sessions,
    reader: &dyn Reader,
    socket: &Arc<dyn Socket>,
    (token, session_before): (TokenHash, Session),
) -> Result<(), Refusal> {
    // Before the stream is LIVE, so that a reset finds it from then on.
    sessions.watch(socket.id(), token, session_before.expires_at);
    listen(hub, socket.clone()).await?;
    if !planted(Mutant::SessionReadOnce) {
        session(reader, &token).await?;
    }
    hub.learn_conversations(&**socket).await.map_err(|error| {
        tracing::debug!(%error, "cannot read the conversations of a client that connects");
        Refusal::ComeBack(ErrorCode::Unavailable)
    })
}

/// Returns when the user's own stream is LIVE.
async fn listen(hub: &Arc<Hub>, socket: Arc<dyn Socket>) -> Result<(), Refusal> {
    let (tell, told) = oneshot::channel();
    let ready = Box::new(move |live: Result<(), Refused>| {
        // Nobody waits any more if the connection broke meanwhile.
        drop(tell.send(live));
    });
    hub.listen_user(socket, ready);
    match told.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(refused)) => Err(Refusal::ComeBack(refused.code)),
        Err(_) => Err(Refusal::ComeBack(ErrorCode::Unavailable)),
    }
}
