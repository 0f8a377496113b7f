//! One event as a client sent it: its packet, whether it carries binary, and the ack if one was asked for.
//!
//! An extractor of our own, since socketioxide's `Data` drops bad input silently and its `AckSender` hides whether the client
//! waits for an answer.

use std::convert::Infallible;
use std::sync::Arc;

use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::AckSender;
use socketioxide::handler::{FromMessageParts, Value};
use socketioxide::socket::Socket;

pub(crate) struct Call {
    value: Value,
    /// `None` if the client does not wait for an answer.
    pub(crate) ack: Option<AckSender>,
}

impl FromMessageParts<LocalAdapter> for Call {
    type Error = Infallible;

    fn from_message_parts(
        socket: &Arc<Socket<LocalAdapter>>,
        value: &mut Value,
        ack_id: &Option<i64>,
    ) -> Result<Self, Infallible> {
        let ack = AckSender::from_message_parts(socket, value, ack_id)?;
        Ok(Self { value: value.clone(), ack: ack_id.map(|_| ack) })
    }
}

impl Call {
    /// The JSON array of the event's name and arguments; `None` if it came with binary attachments.
    pub(crate) fn packet(&self) -> Option<&str> {
        match &self.value {
            Value::Str(text, attachments) if attachments.as_ref().is_none_or(|list| list.is_empty()) => {
                Some(text.as_str())
            }
            Value::Str(..) | Value::Bytes(_) => None,
        }
    }

    /// The event's name, as far as it is needed to tell the client which of its events was refused.
    pub(crate) fn event(&self) -> Option<String> {
        let text = self.value.as_str()?;
        let mut elements = serde_json::Deserializer::from_str(text.as_str().strip_prefix('[')?).into_iter::<String>();
        Some(elements.next()?.ok()?.chars().take(MAX_NAME).collect())
    }
}

/// Characters of an event's name that are told back.
const MAX_NAME: usize = 64;
