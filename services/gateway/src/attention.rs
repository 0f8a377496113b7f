//! What a client may ask or say about attention: `typing`, `away`, `watchPresence`, `countPresence`.
//!
//! As with the other events, a handler hands the event over before it returns and waits for nothing. All of it is without promise:
//! who types more often than allowed is told only if they asked for an ack.

use std::sync::Arc;
use std::time::Instant;

use confab_proto::socket::{Left, PresenceCount, Watched};

use crate::client::attention_arguments::{self as arguments, Typing};
use crate::client::{Call, Client, Reply, refusal};
use crate::connect::Gateway;
use crate::events::read;
use crate::socket::Socket as _;

pub(crate) fn typing(gateway: &Arc<Gateway>, client: &Arc<Client>, call: Call) {
    let typing = read(&call, arguments::typing);
    let reply = Reply::new(client.clone(), call);
    let Typing { conversation, thread_seq } = match typing {
        Ok(typing) => typing,
        Err(refused) => return reply.refused(refused),
    };
    let user = client.user();
    if let Err(wait) = gateway.typing.check(&(user, conversation), Instant::now()) {
        return reply.refused_to_asker(refusal::rate_limited(wait));
    }
    let done = move |answer| match answer {
        Ok(()) => reply.granted(&Left { ok: true }),
        Err(refused) => reply.refused_to_asker(refused),
    };
    gateway.hub.typing(client.id(), conversation, thread_seq, Box::new(done));
}

pub(crate) fn away(gateway: &Arc<Gateway>, client: &Arc<Client>, call: Call) {
    let away = read(&call, arguments::away);
    let reply = Reply::new(client.clone(), call);
    match away {
        Ok(away) => {
            gateway.hub.presence.set_away(client.id(), away);
            reply.granted(&Left { ok: true });
        }
        Err(refused) => reply.refused(refused),
    }
}

pub(crate) fn watch_presence(gateway: &Arc<Gateway>, client: &Arc<Client>, call: Call) {
    let users = read(&call, arguments::watch).and_then(|users| {
        gateway.presence.check(&client.user(), Instant::now()).map_err(refusal::rate_limited)?;
        Ok(users)
    });
    let reply = Reply::new(client.clone(), call);
    match users {
        Ok(users) => {
            let (presence, client) = (gateway.hub.presence.clone(), client.clone());
            gateway.tasks.spawn_detached("watch presence", async move {
                let presence = presence.watch(client, users).await;
                reply.granted(&Watched { ok: true, presence });
            });
        }
        Err(refused) => reply.refused(refused),
    }
}

pub(crate) fn count_presence(gateway: &Arc<Gateway>, client: &Arc<Client>, call: Call) {
    let conversation = read(&call, arguments::count).and_then(|conversation| {
        gateway.presence.check(&client.user(), Instant::now()).map_err(refusal::rate_limited)?;
        Ok(conversation)
    });
    let reply = Reply::new(client.clone(), call);
    match conversation {
        Ok(conversation) => {
            let done = move |answer| match answer {
                Ok(online) => reply.granted(&PresenceCount { ok: true, online }),
                Err(refused) => reply.refused(refused),
            };
            gateway.hub.count_presence(client.id(), conversation, Box::new(done));
        }
        Err(refused) => reply.refused(refused),
    }
}
