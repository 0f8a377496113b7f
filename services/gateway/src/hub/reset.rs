//! The store began another life: every channel is closed, then every socket is told, then channels open again.
//!
//! Nothing of the old life is sent after a socket's `reset`, and nothing of a conversation in the new one before it: the gate
//! keeps conversations shut meanwhile. Users' own streams open first, so that a session that is read after the `reset` cannot
//! end unseen.

use std::sync::Arc;

use confab_proto::socket::Refused;
use confab_proto::{Epoch, ErrorCode};
use futures_util::future::join_all;
use tokio::sync::oneshot;

use super::Hub;
use super::gate::Open;
use super::registry::Cleared;
use crate::socket::Socket;

impl Hub {
    /// The sweep has its cursor: what moves from here on is noticed.
    pub(crate) fn open(&self) {
        self.gate.set(Open::All);
    }

    pub(crate) async fn reset(self: &Arc<Self>, epoch: Epoch) {
        self.metrics.resets.inc();
        self.activity.forget();
        self.gate.set(Open::Users);
        let Cleared { closing, sockets } = self.registry().clear(epoch);
        tracing::warn!(
            channels = closing.len(),
            sockets = sockets.len(),
            "the store began another life: all clients start afresh"
        );
        // A task that was dropped sends nothing either.
        drop(join_all(closing).await);
        join_all(sockets.into_iter().map(|socket| self.restart(socket, epoch))).await;
    }

    async fn restart(self: &Arc<Self>, socket: Arc<dyn Socket>, epoch: Epoch) {
        let (tell, told) = oneshot::channel();
        let ready = Box::new(move |result: Result<(), Refused>| {
            // Nobody waits any more only if the process stops.
            drop(tell.send(result));
        });
        self.listen_again(socket.clone(), ready);
        match told.await {
            Ok(Ok(())) => match self.learn_again(socket.user()).await {
                Ok(()) => socket.reset(epoch),
                Err(error) => {
                    tracing::debug!(%error, "cannot read the conversations of a user after a reset");
                    socket.close(ErrorCode::Unavailable);
                }
            },
            Ok(Err(refused)) if refused.code == ErrorCode::Conflict => {}
            Ok(Err(refused)) if refused.code == ErrorCode::NotFound => socket.close(ErrorCode::SessionEnded),
            Ok(Err(_)) | Err(_) => socket.close(ErrorCode::Unavailable),
        }
    }
}
