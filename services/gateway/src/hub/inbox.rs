//! What the hub tells a channel's task.

use std::sync::Arc;

use confab_proto::socket::{Joined, Refused};
use confab_proto::{Epoch, Seq};
use tokio::sync::oneshot;

use super::Ready;
use crate::channel::JoinRequest;
use crate::socket::{JoinReply, Socket, SocketId};

/// Takes the answer to what a socket asked, once.
pub(crate) type Answer<T> = Box<dyn FnOnce(Result<T, Refused>) + Send>;

pub(super) enum Command {
    Join {
        request: JoinRequest,
        socket: Arc<dyn Socket>,
        reply: Reply,
    },
    Leave {
        socket: SocketId,
        /// Called when nothing is sent any more.
        done: Option<Box<dyn FnOnce() + Send>>,
    },
    Hint(Seq),
    Typing {
        socket: SocketId,
        thread_seq: Option<Seq>,
        done: Answer<()>,
    },
    Count {
        socket: SocketId,
        done: Answer<u64>,
    },
    Reset {
        epoch: Epoch,
        /// Dropped when nothing is sent any more.
        done: oneshot::Sender<()>,
    },
}

/// Who waits for the end of a join.
pub(super) enum Reply {
    Join(JoinReply),
    Ready(Ready),
}

impl Reply {
    pub(super) fn grant(self, joined: Joined) {
        match self {
            Self::Join(reply) => reply(Ok(joined)),
            Self::Ready(ready) => ready(Ok(())),
        }
    }

    pub(super) fn refuse(self, refused: Refused) {
        match self {
            Self::Join(reply) => reply(Err(refused)),
            Self::Ready(ready) => ready(Err(refused)),
        }
    }
}
