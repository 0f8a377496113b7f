//! The live path as a channel's input: what the bus brings, told by its headers.
//!
//! No JSON is read here; the event reads the little that a channel acts upon.

use std::sync::Arc;

use confab_proto::{Position, Seq};
use confab_runtime::bus::{Message, Subscription};

use crate::channel::{ChannelEvent, Input};

/// Waits for ever once the subscription has ended.
pub(crate) async fn next(feed: &mut Option<Subscription>) -> Option<Message> {
    match feed {
        Some(feed) => feed.next().await,
        None => std::future::pending().await,
    }
}

/// What cannot be read here still says that its `seq` exists, so it is read from the store.
pub(super) fn input(message: &Message) -> Option<Input> {
    let headers = message.headers.as_ref()?;
    let epoch = headers.epoch.parse().ok()?;
    let (seq, position) = (Seq(headers.seq), Position(headers.position));
    let read = |event_type| ChannelEvent::from_live(seq, position, event_type, &message.body).ok();
    let event = headers.event_type.parse().ok().and_then(read).map(Arc::new);
    Some(Input::Live { epoch, seq, event })
}
