//! A store and a stream in memory. Requests and replies get lost, messages come late, and every call lets others go first.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use confab_domain::LogEvent;
use confab_proto::{Epoch, EventType, MessageNo, Position, Seq, StreamId, Timestamp, UserId};
use confab_runtime::bus::{LogMessage, LogStream, StreamError, StreamState};
use confab_store::{Follower, LogHead, LogPage, StoreError};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::relay::message::message;

pub(super) struct Stream {
    made: i128,
    pub(super) epoch: Epoch,
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) held: BTreeMap<u64, LogMessage>,
}

pub(super) struct World {
    pub(super) random: StdRng,
    /// One in so many calls goes wrong; 0: none.
    pub(super) fault: u32,
    /// Every message of the relay gets lost.
    pub(super) loses_messages: bool,
    /// Streams so far.
    made: i128,
    pub(super) epoch: Epoch,
    pub(super) log: Vec<LogEvent>,
    pub(super) stream: Option<Stream>,
    /// Sent and still on its way.
    pub(super) air: Vec<LogMessage>,
    /// What each position held in each epoch.
    written: HashMap<(String, u64), LogMessage>,
}

/// Both ports; clones share the world.
#[derive(Clone)]
pub(super) struct Model(Arc<Mutex<World>>);

impl World {
    pub(super) fn faulty(&mut self) -> bool {
        self.fault > 0 && self.random.random_ratio(1, self.fault)
    }

    pub(super) fn append(&mut self, count: usize) {
        for _ in 0..count {
            let position = Position(self.log.len() as u64 + 1);
            let internal = self.random.random_ratio(1, 8);
            let data = format!(r#"{{"body":"{}"}}"#, self.random.random::<u64>());
            let event = LogEvent {
                stream: StreamId::from_uuid(Uuid::from_u128(7)),
                seq: Seq(position.0),
                position,
                message_no: MessageNo(position.0),
                event_type: if internal { EventType::SessionRevoked } else { EventType::MessagePosted },
                version: 1,
                actor: UserId::from_uuid(Uuid::from_u128(8)),
                client_id: None,
                target_seq: None,
                // Never the same for two events, also not at one position.
                at: Timestamp(1_000_000 + i64::from(self.random.random::<u32>())),
                data: RawValue::from_string(data).unwrap(),
                redacted: false,
            };
            let sent = message(self.epoch, &event);
            self.written.insert((self.epoch.to_string(), position.0), sent);
            self.log.push(event);
        }
    }

    /// The store goes back to an earlier time and does not know it.
    pub(super) fn put_back(&mut self, position: usize) {
        self.log.truncate(position);
    }

    /// The store goes back to an earlier time and knows it.
    pub(super) fn restore(&mut self, position: usize) {
        self.log.truncate(position);
        self.epoch = Epoch(self.random.random());
        for event in &self.log {
            let sent = message(self.epoch, event);
            self.written.insert((self.epoch.to_string(), event.position.0), sent);
        }
    }

    /// Another store makes the stream its own.
    pub(super) fn another_takes_it(&mut self, epoch: Epoch) {
        self.made += 1;
        self.stream = Some(Stream { made: self.made, epoch, first: 1, last: 0, held: BTreeMap::new() });
    }

    /// What NATS does with a message of the relay.
    pub(super) fn store(&mut self, sent: LogMessage) -> Result<(), StreamError> {
        let Some(stream) = &mut self.stream else { return Err(StreamError::Failed("no stream".to_owned())) };
        if stream.last + 1 != sent.position.0 {
            return Err(StreamError::Taken);
        }
        stream.last += 1;
        assert_eq!(self.written.get(&(sent.headers.epoch.clone(), stream.last)), Some(&sent), "at its own place");
        stream.held.insert(stream.last, sent);
        Ok(())
    }

    pub(super) fn purge(&mut self, up_to: u64) {
        if let Some(stream) = &mut self.stream {
            stream.held.retain(|sequence, _| *sequence > up_to);
            stream.first = stream.first.max(up_to.min(stream.last) + 1);
        }
    }

    /// The stream holds the log from its first message to the end, and nothing else.
    pub(super) fn assert_exact(&self) {
        let stream = self.stream.as_ref().expect("there is a stream");
        assert_eq!((stream.epoch, stream.last), (self.epoch, self.log.len() as u64));
        let kept = self.log.iter().filter(|event| event.position.0 >= stream.first);
        let expected: Vec<LogMessage> = kept.map(|event| message(self.epoch, event)).collect();
        assert_eq!(stream.held.values().cloned().collect::<Vec<_>>(), expected);
    }
}

impl Model {
    pub(super) fn new(seed: u64, fault: u32) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let epoch = Epoch(random.random());
        let (log, air, written) = (Vec::new(), Vec::new(), HashMap::new());
        Self(Arc::new(Mutex::new(World {
            random,
            fault,
            loses_messages: false,
            made: 0,
            epoch,
            log,
            stream: None,
            air,
            written,
        })))
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    async fn let_others_go(&self) {
        let first = self.world().random.random_bool(0.5);
        Yield(!first).await;
    }

    /// A call to NATS: it, or its answer, may get lost.
    async fn call<T>(&self, work: impl FnOnce(&mut World) -> T) -> Result<T, StreamError> {
        self.let_others_go().await;
        if self.world().faulty() {
            return Err(StreamError::Failed("the request got lost".to_owned()));
        }
        let answer = work(&mut self.world());
        self.let_others_go().await;
        match self.world().faulty() {
            true => Err(StreamError::Failed("the answer got lost".to_owned())),
            false => Ok(answer),
        }
    }

    async fn publish_one(&self, sent: LogMessage) -> Result<(), StreamError> {
        let lost = || StreamError::Failed("no ack".to_owned());
        self.let_others_go().await;
        let mut world = self.world();
        if world.loses_messages {
            return Err(lost());
        }
        if world.faulty() {
            if world.random.random_bool(0.7) {
                world.air.push(sent);
            }
            return Err(lost());
        }
        let stored = world.store(sent);
        if world.faulty() { Err(lost()) } else { stored }
    }
}

/// Ready at once, or at the second time of asking.
struct Yield(bool);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

#[async_trait]
impl Follower for Model {
    async fn log_after(&self, after: Position, limit: usize, _: usize) -> Result<LogPage, StoreError> {
        self.let_others_go().await;
        let page = {
            let mut world = self.world();
            if world.faulty() {
                return Err(StoreError::timed_out());
            }
            let from = usize::try_from(after.0).unwrap().min(world.log.len());
            let log = LogHead { epoch: world.epoch, position: Position(world.log.len() as u64) };
            LogPage { log, events: world.log[from..].iter().take(limit).cloned().collect() }
        };
        self.let_others_go().await;
        Ok(page)
    }

    async fn take_lease(&self, _: &str, _: Uuid, _: Duration) -> Result<bool, StoreError> {
        unreachable!("steps know nothing of leases")
    }

    async fn release_lease(&self, _: &str, _: Uuid) -> Result<(), StoreError> {
        unreachable!("steps know nothing of leases")
    }
}

#[async_trait]
impl LogStream for Model {
    async fn state(&self) -> Result<Option<StreamState>, StreamError> {
        let state = |stream: &Stream| StreamState {
            made: stream.made,
            epoch: Some(stream.epoch),
            first: Position(stream.first),
            last: Position(stream.last),
        };
        self.call(|world| world.stream.as_ref().map(state)).await
    }

    async fn create(&self, epoch: Epoch, first: Position) -> Result<(), StreamError> {
        let made = self.call(|world| match &world.stream {
            Some(stream) if stream.epoch != epoch => Err(StreamError::Failed("name in use".to_owned())),
            Some(_) => Ok(()),
            None => {
                world.made += 1;
                world.stream =
                    Some(Stream { made: world.made, epoch, first: first.0, last: first.0 - 1, held: BTreeMap::new() });
                Ok(())
            }
        });
        made.await?
    }

    async fn delete(&self) -> Result<(), StreamError> {
        self.call(|world| world.stream = None).await
    }

    async fn foreign(&self, epoch: Epoch, range: RangeInclusive<u64>) -> Result<Option<Position>, StreamError> {
        assert!(*range.start() > 0, "NATS refuses to read at 0");
        self.call(|world| {
            let stream = world.stream.as_ref().ok_or_else(|| StreamError::Failed("no stream".to_owned()))?;
            let mut held = stream.held.iter().filter(|(sequence, _)| range.contains(sequence));
            let foreign = |(at, sent): &(&u64, &LogMessage)| {
                sent.headers.epoch != epoch.to_string() || sent.headers.position != **at
            };
            Ok(held.find(foreign).map(|(sequence, _)| Position(*sequence)))
        })
        .await?
    }

    async fn message_at(&self, position: Position) -> Result<Option<LogMessage>, StreamError> {
        self.call(|world| {
            let stream = world.stream.as_ref().ok_or_else(|| StreamError::Failed("no stream".to_owned()))?;
            Ok(stream.held.get(&position.0).cloned())
        })
        .await?
    }

    async fn publish(&self, messages: Vec<LogMessage>) -> Result<(), StreamError> {
        let mut done = Ok(());
        for sent in messages {
            done = done.and(self.publish_one(sent).await);
        }
        done
    }
}
