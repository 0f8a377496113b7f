//! An event of the log as a message of the stream. Internal events go along, emptied: without them sequence and position part.

use bytes::Bytes;
use confab_domain::LogEvent;
use confab_proto::{Epoch, subject};
use confab_runtime::bus::{LiveHeaders, LogMessage};

/// The one message that stands for this event in a stream of this epoch.
#[must_use]
pub fn message(epoch: Epoch, event: &LogEvent) -> LogMessage {
    let internal = event.event_type.is_internal();
    let headers = LiveHeaders {
        seq: if internal { 0 } else { event.seq.0 },
        position: event.position.0,
        event_type: event.event_type.as_str().to_owned(),
        epoch: epoch.to_string(),
        traceparent: None,
    };
    let subject = match internal {
        true => subject::log_internal(event.event_type),
        false => subject::log(event.event_type, event.stream.conversation()),
    };
    let body = Bytes::from(event.log_body().get().to_owned());
    LogMessage { position: event.position, subject, headers, body }
}
