//! What `conversation.activity` costs: memory for the lists of conversations, and CPU for telling the members of one.
//!
//! `cargo run --release -p confab-gateway --example activity_cost [users] [conversations of each]`, by default 10000 and 50.
//! The production hub, its sweep and its admission, over a store and sockets that cost next to nothing. Each user is in one
//! conversation of all, and the rest are of 500 members each.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement for people to read")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use confab_gateway::admission;
use confab_gateway::hub::{Hub, HubSettings};
use confab_gateway::metrics::GatewayMetrics;
use confab_gateway::session::Sessions;
use confab_gateway::socket::{Dead, Socket, SocketId};
use confab_proto::{
    ConversationId, Epoch, ErrorCode, MessageNo, Position, Seq, SessionId, StreamId, Timestamp, UserId,
};
use confab_runtime::bus::InProcess;
use confab_runtime::config::Config;
use confab_runtime::metrics::Metrics;
use confab_runtime::tasks::Tasks;
use confab_runtime::traces::Traces;
use confab_store::{EventPage, LogHead, Moved, Reader, Session, Snapshot, StoreError, StreamHead, Sweep, TokenHash};
use serde_json::value::RawValue;
use uuid::Uuid;

const MEMBERS: u64 = 500;
const ALL: u64 = 0;

struct Few {
    users: u64,
    each: AtomicU64,
    moved: Mutex<BTreeMap<u64, u64>>,
}

fn room(n: u64) -> ConversationId {
    ConversationId::from_uuid(Uuid::from_u128(u128::from(n) + 1))
}

fn user(n: u64) -> UserId {
    UserId::from_uuid(Uuid::from_u128((1 << 64) + u128::from(n)))
}

fn head() -> LogHead {
    LogHead { epoch: Epoch(1), position: Position(1) }
}

#[async_trait]
impl Reader for Few {
    async fn log_head(&self) -> Result<LogHead, StoreError> {
        Ok(head())
    }

    async fn snapshot(&self, _: StreamId) -> Result<Option<Snapshot>, StoreError> {
        Ok(Some(Snapshot { log: head(), head: StreamHead::default(), conversation: None }))
    }

    async fn events_after(&self, _: StreamId, _: Seq, _: usize, _: usize) -> Result<EventPage, StoreError> {
        Ok(EventPage { log: head(), head: Seq::ZERO, events: Vec::new() })
    }

    async fn sweep(&self, _: Option<Position>) -> Result<Sweep, StoreError> {
        let moved = std::mem::take(&mut *self.moved.lock().unwrap());
        let moved = moved.into_iter().map(|(n, number)| Moved {
            stream: room(n).into(),
            seq: Seq(number),
            message_no: Some(MessageNo(number)),
        });
        Ok(Sweep { log: head(), to: head().position, moved: moved.collect() })
    }

    async fn session(&self, token: &TokenHash) -> Result<Option<Session>, StoreError> {
        let n = u64::from_le_bytes(token[..8].try_into().unwrap());
        let id = SessionId::from_uuid(user(n).uuid());
        Ok(Some(Session { id, user: user(n), expires_at: Timestamp::now().plus_seconds(3600) }))
    }

    async fn conversations_joined(&self, of: UserId) -> Result<Vec<ConversationId>, StoreError> {
        let n = u64::try_from(of.uuid().as_u128() & u128::from(u64::MAX)).unwrap();
        let each = self.each.load(Ordering::Relaxed);
        let rooms = (self.users * each.saturating_sub(1) / MEMBERS).max(1);
        let others = (1..each).map(|k| room(1 + (n * each.saturating_sub(1) + k) % rooms));
        Ok(others.chain((each > 0).then(|| room(ALL))).collect())
    }

    async fn last_seen(&self, _: &[UserId]) -> Result<Vec<(UserId, Timestamp)>, StoreError> {
        Ok(Vec::new())
    }
}

struct Counting(u64, Arc<AtomicU64>);

impl Socket for Counting {
    fn id(&self) -> SocketId {
        SocketId(self.0)
    }
    fn user(&self) -> UserId {
        user(self.0)
    }
    fn session(&self) -> SessionId {
        SessionId::from_uuid(user(self.0).uuid())
    }
    fn send(&self, _: &'static str, _: &RawValue) -> Result<(), Dead> {
        Ok(())
    }
    fn signal(&self, _: &'static str, _: &RawValue) -> bool {
        self.1.fetch_add(1, Ordering::Relaxed);
        true
    }
    fn pending_bytes(&self) -> usize {
        0
    }
    fn close(&self, _: ErrorCode) {}
    fn reset(&self, _: Epoch) {}
    fn enter_room(&self, _: ConversationId) {}
    fn leave_room(&self, _: ConversationId) {}
}

/// Resident memory in MB and CPU time of this process.
fn used() -> (f64, Duration) {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: f64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    (pages * 4096.0 / 1e6, Duration::from_millis(ticks * 10))
}

async fn gateway(users: u64, each: u64) -> (Arc<Few>, Arc<AtomicU64>, Arc<Hub>, Tasks) {
    let store = Arc::new(Few { users, each: AtomicU64::new(each), moved: Mutex::default() });
    let (tasks, told) = (Tasks::new(), Arc::new(AtomicU64::new(0)));
    let metrics = Arc::new(GatewayMetrics::new(&Metrics::default()));
    let settings = HubSettings::of(&Config::load(None, std::iter::empty()).unwrap());
    let hub = Hub::new(store.clone(), Arc::new(InProcess::new()), settings, metrics, Traces::off(), &tasks);
    let sessions = Sessions::default();
    for n in 0..users {
        let mut token = TokenHash::default();
        token[..8].copy_from_slice(&n.to_le_bytes());
        let session = store.session(&token).await.unwrap().unwrap();
        let socket: Arc<dyn Socket> = Arc::new(Counting(n, told.clone()));
        admission::admit(&hub, &sessions, &*store, &socket, (token, session)).await.unwrap();
    }
    (store, told, hub, tasks)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse().unwrap());
    let (users, each) = (arguments.next().unwrap_or(10_000), arguments.next().unwrap_or(50));
    let before = used();
    let bare = gateway(users, 0).await;
    let (empty, admitted) = (used(), used().1);
    println!("{users} users in no conversation: {:.1} MB, {:?} CPU", empty.0 - before.0, admitted - before.1);
    let full = gateway(users, each).await;
    let rss = used();
    let lists = (rss.0 - empty.0) - (empty.0 - before.0);
    println!("the same in {each} each: {lists:.1} MB more, {:?} CPU in all", rss.1 - empty.1);
    let (store, told, ..) = &full;
    for (what, rooms, times) in [("of all", vec![ALL], 20_u64), ("100 of 500 members", (1..=100).collect(), 10)] {
        let (start, cpu, already) = (Instant::now(), used().1, told.load(Ordering::Relaxed));
        for round in 1..=times {
            let number = Instant::now().duration_since(start).as_micros();
            let number = u64::try_from(number).unwrap() + round + already;
            store.moved.lock().unwrap().extend(rooms.iter().map(|n| (*n, number)));
            tokio::time::sleep(Duration::from_millis(1_400)).await;
        }
        let packets = told.load(Ordering::Relaxed) - already;
        let spent = used().1.saturating_sub(cpu);
        let each = spent.as_secs_f64() * 1e6 / packets.max(1) as f64;
        println!(
            "{what}, {times} times: {packets} packets, {spent:?} CPU, {each:.2} µs each (with all idle work of the time)"
        );
    }
    drop((bare, full));
}
