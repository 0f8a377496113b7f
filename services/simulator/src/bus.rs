//! The bus of a run: each gateway has an inbox of its own, and on the way to it messages get lost, late, doubled and so reordered.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use confab_proto::{Epoch, Seq, StreamId};
use confab_runtime::bus::{Bus, BusStatus, InProcess, Message, Subscription};
use tokio::time::sleep;

use crate::store::Link;
use crate::world::{Shared, spawn};

/// What a gateway hears by.
#[derive(Clone)]
pub(crate) struct Inbox {
    pub(crate) local: InProcess,
    pub(crate) link: Arc<Link>,
}

/// The inboxes by gateway.
#[derive(Default)]
pub(crate) struct Air(Mutex<BTreeMap<usize, Inbox>>);

impl Air {
    pub(crate) fn set(&self, gateway: usize, inbox: Inbox) {
        self.lock().insert(gateway, inbox);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<usize, Inbox>> {
        // Each change is one insertion.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a message to every gateway, as the weather lets it.
    pub(crate) fn send(&self, world: &Shared, message: &Message) {
        for (gateway, inbox) in self.lock().iter() {
            let mut dice = world.dice(4, *gateway as u64);
            let weather = world.lock().weather;
            if world.lock().bus_away > 0 {
                world.count("bus: away");
                continue;
            }
            if dice.permille(weather.bus_lost) {
                world.count("bus: lost");
                continue;
            }
            let twice = dice.permille(weather.bus_twice);
            if twice {
                world.count("bus: twice");
            }
            for _ in 0..=usize::from(twice) {
                let (world, inbox, gateway, message) = (world.clone(), inbox.clone(), *gateway, message.clone());
                if !dice.permille(weather.bus_late) {
                    deliver(&world, &inbox, gateway, message);
                    continue;
                }
                world.count("bus: late");
                let late = dice.millis(1..500);
                spawn(async move {
                    sleep(late).await;
                    deliver(&world, &inbox, gateway, message);
                });
            }
        }
    }
}

fn deliver(world: &Shared, inbox: &Inbox, gateway: usize, message: Message) {
    if inbox.link.is_dead() || world.lock().bus_away > 0 {
        return;
    }
    let dropped = inbox.local.dropped();
    let says = says(&message);
    inbox.local.publish(message);
    if inbox.local.dropped() > dropped {
        return world.count("bus: queue full");
    }
    world.count("bus: delivered");
    if let (Some((stream, epoch, seq)), true) = (says, world.profile.slow_sweep) {
        let handed = &mut world.lock().handed;
        let highest = handed.entry((gateway, stream, epoch.0)).or_default();
        *highest = seq.max(*highest);
        world.watch_delivery(stream, epoch, seq, Some(gateway));
    }
}

/// The stream, epoch and seq of a live message.
fn says(message: &Message) -> Option<(StreamId, Epoch, Seq)> {
    let headers = message.headers.as_ref()?;
    let (_, stream) = message.subject.rsplit_once('.')?;
    Some((stream.parse().ok()?, headers.epoch.parse().ok()?, Seq(headers.seq)))
}

/// The bus as one node has it.
pub(crate) struct NodeBus {
    pub(crate) world: Shared,
    pub(crate) air: Arc<Air>,
    pub(crate) own: Inbox,
}

impl Bus for NodeBus {
    fn publish(&self, message: Message) {
        if !self.own.link.is_dead() {
            self.air.send(&self.world, &message);
        }
    }

    fn subscribe(&self, subject: &str) -> Subscription {
        self.own.local.subscribe(subject)
    }

    fn status(&self) -> BusStatus {
        BusStatus::Ok
    }

    fn dropped(&self) -> u64 {
        self.own.local.dropped()
    }
}
