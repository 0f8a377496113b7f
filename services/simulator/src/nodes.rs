//! The processes of a run: which are up, and what is done to them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

use crate::api::Api;
use crate::bus::Air;
use crate::client::Room;
use crate::dice::Dice;
use crate::gateway::Gateway;
use crate::plan::Fault;
use crate::world::{Node, Shared, spawn};

/// Where a client says it stands.
pub(crate) struct Standing {
    pub(crate) socket: u64,
    pub(crate) connected: bool,
    pub(crate) rooms: BTreeMap<usize, Room>,
}

pub(crate) struct Nodes {
    pub(crate) world: Shared,
    pub(crate) air: Arc<Air>,
    apis: Mutex<Vec<Arc<Api>>>,
    gateways: Mutex<Vec<Arc<Gateway>>>,
    /// Under a fault, so that two do not meet at one node.
    busy: Mutex<Vec<Node>>,
    sockets: AtomicU64,
    settled: Mutex<BTreeMap<usize, Standing>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each change is one assignment or insertion.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Nodes {
    #[must_use]
    pub(crate) fn start(world: &Shared) -> Arc<Self> {
        let air = Arc::new(Air::default());
        let apis = (0..world.profile.apis).map(|index| Api::start(world, &air, index)).collect();
        let gateways = (0..world.profile.gateways).map(|index| Gateway::start(world, &air, index)).collect();
        Arc::new(Self {
            world: world.clone(),
            air,
            apis: Mutex::new(apis),
            gateways: Mutex::new(gateways),
            busy: Mutex::default(),
            sockets: AtomicU64::new(1),
            settled: Mutex::default(),
        })
    }

    pub(crate) fn next_socket(&self) -> u64 {
        self.sockets.fetch_add(1, Ordering::Relaxed)
    }

    #[must_use]
    pub(crate) fn api(&self, index: usize) -> Arc<Api> {
        lock(&self.apis)[index].clone()
    }

    #[must_use]
    pub(crate) fn some_gateway(&self, dice: &mut Dice) -> Option<Arc<Gateway>> {
        let up: Vec<_> = lock(&self.gateways).iter().filter(|gateway| gateway.takes_clients()).cloned().collect();
        if up.is_empty() { None } else { Some(up[dice.index(up.len())].clone()) }
    }

    pub(crate) fn settle(&self, client: usize, socket: u64, connected: bool, rooms: BTreeMap<usize, Room>) {
        lock(&self.settled).insert(client, Standing { socket, connected, rooms });
    }

    #[must_use]
    pub(crate) fn take_settled(&self) -> BTreeMap<usize, Standing> {
        std::mem::take(&mut *lock(&self.settled))
    }

    fn seize(&self, node: Node) -> bool {
        let mut busy = lock(&self.busy);
        let free = !busy.contains(&node);
        if free {
            busy.push(node);
        }
        free
    }

    fn free(&self, node: Node) {
        lock(&self.busy).retain(|held| *held != node);
    }

    pub(crate) fn disturb(self: &Arc<Self>, node: Node, fault: Fault, length: Duration) {
        if !self.seize(node) {
            return;
        }
        self.world.trace(|| format!("{node}: {}", word(fault)));
        self.world.count(match (node, fault) {
            (Node::Api(_), Fault::Crash) => "fault: api crash",
            (Node::Api(_), Fault::Drain) => "fault: api drain",
            (Node::Api(_), Fault::Pause) => "fault: api pause",
            (Node::Api(_), Fault::Cut) => "fault: api cut",
            (Node::Gateway(_), Fault::Crash) => "fault: gateway crash",
            (Node::Gateway(_), Fault::Drain) => "fault: gateway drain",
            (Node::Gateway(_), Fault::Pause) => "fault: gateway pause",
            (Node::Gateway(_), Fault::Cut) => "fault: gateway cut",
        });
        let nodes = self.clone();
        spawn(async move {
            match node {
                Node::Api(index) => nodes.disturb_api(index, fault, length).await,
                Node::Gateway(index) => nodes.disturb_gateway(index, fault, length).await,
            }
            nodes.world.set_calm(node, true);
            nodes.world.trace(|| format!("{node}: {} is over", word(fault)));
            nodes.free(node);
        });
    }

    async fn disturb_api(&self, index: usize, fault: Fault, length: Duration) {
        let api = self.api(index);
        match fault {
            Fault::Crash => {
                api.crash();
                self.world.storm_for(length).await;
                lock(&self.apis)[index] = Api::start(&self.world, &self.air, index);
            }
            Fault::Drain => {
                api.drain().await;
                lock(&self.apis)[index] = Api::start(&self.world, &self.air, index);
            }
            Fault::Pause => {
                self.world.set_calm(Node::Api(index), false);
                api.tasks.gate().set_shut(true);
                self.world.storm_for(length).await;
                api.tasks.gate().set_shut(false);
            }
            Fault::Cut => {
                self.world.set_calm(Node::Api(index), false);
                api.link.set_cut(true);
                self.world.storm_for(length).await;
                api.link.set_cut(false);
            }
        }
    }

    async fn disturb_gateway(&self, index: usize, fault: Fault, length: Duration) {
        let gateway = lock(&self.gateways)[index].clone();
        match fault {
            Fault::Crash => {
                gateway.crash();
                self.world.storm_for(length).await;
                lock(&self.gateways)[index] = Gateway::start(&self.world, &self.air, index);
            }
            Fault::Drain => {
                gateway.drain().await;
                lock(&self.gateways)[index] = Gateway::start(&self.world, &self.air, index);
            }
            Fault::Pause => {
                self.world.set_calm(Node::Gateway(index), false);
                gateway.tasks.gate().set_shut(true);
                self.world.storm_for(length).await;
                gateway.tasks.gate().set_shut(false);
                // What waited has to be taken before delays count again.
                sleep(Duration::from_millis(100)).await;
            }
            Fault::Cut => {
                self.world.set_calm(Node::Gateway(index), false);
                gateway.link.set_cut(true);
                self.world.storm_for(length).await;
                gateway.link.set_cut(false);
                // Its next try may be two seconds and a bit away.
                sleep(Duration::from_millis(2_600)).await;
            }
        }
    }

    /// Waits until nothing is under a fault.
    pub(crate) async fn undisturbed(&self) {
        while !lock(&self.busy).is_empty() {
            sleep(Duration::from_millis(50)).await;
        }
    }
}

fn word(fault: Fault) -> &'static str {
    match fault {
        Fault::Crash => "crash",
        Fault::Drain => "drain",
        Fault::Pause => "pause",
        Fault::Cut => "cut off from the store",
    }
}
