//! A hub over a store in memory and the in-process bus, with one public group, and clients that wait for what they are told.

use std::sync::Arc;
use std::time::Duration;

use confab_gateway::channel::Limits;
use confab_gateway::hub::{Hub, HubSettings};
use confab_gateway::metrics::GatewayMetrics;
use confab_gateway::socket::Socket as _;
use confab_proto::socket::JoinOptions;
use confab_proto::{ConversationId, EventType, Seq, SessionId, UserId};
use confab_runtime::bus::InProcess;
use confab_runtime::metrics::Metrics;
use confab_runtime::tasks::Tasks;
use confab_runtime::traces::Traces;
use serde_json::json;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::client::{TestSocket, Told, seq_of};
use crate::store::Memory;

/// Only a net: nothing is decided by it.
const DEADLINE: Duration = Duration::from_secs(30);

pub(crate) fn user(n: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(1000 + n))
}

pub(crate) fn session(n: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(2000 + n))
}

pub(crate) fn group() -> ConversationId {
    ConversationId::from_uuid(Uuid::from_u128(1))
}

pub(crate) fn settings() -> HubSettings {
    HubSettings {
        sweep: Duration::from_millis(20),
        repair_wait: Duration::from_millis(5),
        join_wait: Duration::from_secs(60),
        idle_close: Duration::from_millis(30),
        presence_beat: Duration::from_secs(1),
        limits: Limits { tail_events: 8, tail_bytes: 100_000, pending_events: 16, page_events: 5, page_bytes: 100_000 },
    }
}

pub(crate) struct Fixture {
    pub(crate) store: Memory,
    pub(crate) bus: InProcess,
    pub(crate) hub: Arc<Hub>,
    tasks: Tasks,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with(settings(), Memory::default())
    }

    pub(crate) fn with(settings: HubSettings, store: Memory) -> Self {
        let (bus, tasks) = (InProcess::new(), Tasks::new());
        let created = json!({"kind": "group", "name": "x", "visibility": "public"});
        store.append(group(), EventType::ConversationCreated, &created);
        for n in 0..5 {
            store.add_user(user(n));
        }
        let metrics = Arc::new(GatewayMetrics::new(&Metrics::default()));
        let hub = Hub::new(Arc::new(store.clone()), Arc::new(bus.clone()), settings, metrics, Traces::off(), &tasks);
        Self { store, bus, hub, tasks }
    }

    /// A socket whose user channel is live; its session has its user's number.
    pub(crate) async fn connect(&self, id: u64, who: u128) -> Arc<TestSocket> {
        let socket = TestSocket::new(id, user(who), session(who));
        self.listen(&socket);
        until(|| socket.told() == [Told::Ready], &socket).await;
        socket
    }

    pub(crate) fn listen(&self, socket: &Arc<TestSocket>) {
        let ready = socket.clone();
        self.hub.listen_user(
            socket.clone(),
            Box::new(move |result| match result {
                Ok(()) => ready.tell(Told::Ready),
                Err(refused) => ready.tell(Told::Refused(refused.code)),
            }),
        );
    }

    pub(crate) fn join(&self, socket: &Arc<TestSocket>, after: Option<u64>) {
        self.join_in(socket, group(), after.map(|after| JoinOptions { after: Seq(after), epoch: None }));
    }

    pub(crate) fn join_in(&self, socket: &Arc<TestSocket>, id: ConversationId, options: Option<JoinOptions>) {
        let asking = socket.clone();
        self.hub.join(
            socket.clone(),
            id,
            options,
            Box::new(move |result| {
                asking.tell(match result {
                    Ok(joined) => Told::Joined {
                        seq: joined.seq.0,
                        more: joined.more,
                        events: joined.events.iter().map(|body| seq_of(body)).collect(),
                    },
                    Err(refused) => Told::Refused(refused.code),
                });
            }),
        );
    }

    pub(crate) fn leave(&self, socket: &Arc<TestSocket>) {
        let left = socket.clone();
        self.hub.leave(socket.id(), group(), Box::new(move || left.tell(Told::Left)));
    }

    /// Commits messages and publishes them.
    pub(crate) fn post(&self, count: usize) {
        for _ in 0..count {
            self.store.publish(&self.bus, group(), EventType::MessagePosted, &json!({"body": "hello"}));
        }
    }

    /// Commits messages that the bus loses.
    pub(crate) fn post_lost(&self, count: usize) {
        for _ in 0..count {
            self.store.append(group(), EventType::MessagePosted, &json!({"body": "hello"}));
        }
    }

    /// Everything ends without a failure.
    pub(crate) async fn stop(self) {
        self.tasks.stop().cancel();
        self.tasks.run_until_stopped().await.unwrap();
    }
}

/// Waits until it holds, and says what `socket` was told if it never does.
pub(crate) async fn until(holds: impl Fn() -> bool, socket: &TestSocket) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < DEADLINE, "never came true: {:?}", socket.told());
        sleep(Duration::from_millis(2)).await;
    }
}

/// Waits for what comes last.
pub(crate) async fn until_last(told: Told, socket: &TestSocket) {
    until(|| socket.told().last() == Some(&told), socket).await;
}
