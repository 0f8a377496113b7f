//! The one answer to one event: by the ack if the client asked for it; else nothing when granted, and `error` when refused.

use std::sync::Arc;

use confab_proto::socket::{Joined, Left, Refused, SocketError, name};
use serde::Serialize;
use socketioxide::extract::AckSender;

use super::{Call, Client, raw};
use crate::socket::{Dead, Socket as _};

pub(crate) struct Reply {
    client: Arc<Client>,
    to: To,
}

enum To {
    Ack(AckSender),
    /// Name of the event that asks for no ack.
    Event(Option<String>),
}

impl Reply {
    pub(crate) fn new(client: Arc<Client>, call: Call) -> Self {
        let event = call.event();
        let to = call.ack.map_or(To::Event(event), To::Ack);
        Self { client, to }
    }

    pub(crate) fn joined(self, joined: &Joined) {
        self.granted(joined);
    }

    pub(crate) fn left(self) {
        self.granted(&Left { ok: true });
    }

    pub(crate) fn refused(self, refused: Refused) {
        match self.to {
            To::Ack(ack) => self.client.acknowledge(ack, &raw(&refused)),
            To::Event(event) => {
                let error = SocketError { code: refused.code, message: refused.message, event };
                // A client that cannot take it is closed by the attempt.
                let (Ok(()) | Err(Dead)) = self.client.send(name::ERROR, &raw(&error));
            }
        }
    }

    /// Of something that nobody misses: without an ack it is not told.
    pub(crate) fn refused_to_asker(self, refused: Refused) {
        if let To::Ack(_) = self.to {
            self.refused(refused);
        }
    }

    pub(crate) fn granted(self, answer: &impl Serialize) {
        if let To::Ack(ack) = self.to {
            self.client.acknowledge(ack, &raw(answer));
        }
    }
}
