//! What a client may ask: `joinConversation`, `leaveConversation`, and what is in `attention`; everything else is refused.
//!
//! The handlers are plain closures that hand the event to the hub before they return: socketioxide runs an `async` body in a
//! task of its own, so two events of one client could swap. The hub does not wait, so one slow room does not block the others.

use std::future::ready;
use std::sync::Arc;
use std::time::Instant;

use confab_proto::socket::{Joined, Refused, name};
use socketioxide::extract::SocketRef;

use crate::attention;
use crate::client::arguments::{self, Join};
use crate::client::{Call, Client, Reply, refusal};
use crate::connect::Gateway;
use crate::socket::Socket as _;

/// Registers the handlers. Called before CONNECT is answered: socketioxide drops events that come before it knows of them.
/// One handler for all events: socketioxide would keep a table of them for each socket.
pub(crate) fn register(socket: &SocketRef, gateway: &Arc<Gateway>, client: &Arc<Client>) {
    let (to, from) = (gateway.clone(), client.clone());
    socket.on_fallback(move |call: Call| {
        handler_of(&call)(&to, &from, call);
        ready(())
    });
}

type Handler = fn(&Arc<Gateway>, &Arc<Client>, Call);

fn handler_of(call: &Call) -> Handler {
    match call.event().as_deref() {
        Some(name::JOIN) => join,
        Some(name::LEAVE) => leave,
        Some(name::TYPING) => attention::typing,
        Some(name::AWAY) => attention::away,
        Some(name::WATCH_PRESENCE) => attention::watch_presence,
        Some(name::COUNT_PRESENCE) => attention::count_presence,
        _ => unknown,
    }
}

fn unknown(_: &Arc<Gateway>, client: &Arc<Client>, call: Call) {
    let refused = if call.packet().is_some() { refusal::unknown_event() } else { refusal::binary() };
    Reply::new(client.clone(), call).refused(refused);
}

fn join(gateway: &Arc<Gateway>, client: &Arc<Client>, call: Call) {
    let admitted = read(&call, arguments::join).and_then(|join| admit(gateway, client, join));
    let reply = Reply::new(client.clone(), call);
    let join = match admitted {
        Ok(join) => join,
        Err(refused) => {
            gateway.metrics.joins.of(refused.code.as_str()).inc();
            return reply.refused(refused);
        }
    };
    let metrics = gateway.metrics.clone();
    let asking = client.clone();
    let answer = move |answer: Result<Joined, Refused>| {
        asking.rooms.answered(join.conversation);
        metrics.joins.of(answer_of(&answer)).inc();
        match answer {
            Ok(joined) => reply.joined(&joined),
            Err(refused) => reply.refused(refused),
        }
    };
    gateway.hub.join(client.clone(), join.conversation, join.options, Box::new(answer));
}

fn answer_of(answer: &Result<Joined, Refused>) -> &'static str {
    match answer {
        Ok(joined) if joined.more => "more",
        Ok(_) => "ok",
        Err(refused) => refused.code.as_str(),
    }
}

fn leave(gateway: &Arc<Gateway>, client: &Arc<Client>, call: Call) {
    let conversation = read(&call, arguments::leave);
    let reply = Reply::new(client.clone(), call);
    match conversation {
        Ok(conversation) => gateway.hub.leave(client.id(), conversation, Box::new(move || reply.left())),
        Err(refused) => reply.refused(refused),
    }
}

pub(crate) fn read<T>(call: &Call, parse: fn(&str) -> Result<T, arguments::Malformed>) -> Result<T, Refused> {
    let packet = call.packet().ok_or_else(refusal::binary)?;
    parse(packet).map_err(refusal::malformed)
}

/// Only what would reach the database is counted.
fn admit(gateway: &Gateway, client: &Client, join: Join) -> Result<Join, Refused> {
    gateway.joins.check(&client.user(), Instant::now()).map_err(refusal::rate_limited)?;
    if client.rooms.ask(join.conversation) { Ok(join) } else { Err(refusal::too_many_rooms()) }
}
