//! The log stream of a run, and a node's way to it. Each message is looked at when it is stored: L8 at every step.
//!
//! Of what is sent some is lost, some comes late, of some only the ack is lost.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use confab_domain::LogEvent;
use confab_proto::{Epoch, Position, subject};
use confab_runtime::bus::{LogMessage, LogStream, StreamError, StreamState};
use confab_runtime::mutants::{Mutant, planted};
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::checks::Found;
use crate::dice::Dice;
use crate::store::Link;
use crate::truth::{Life, Truth};
use crate::world::{Inner, Shared, spawn};

#[derive(Default)]
pub(crate) struct StreamModel {
    made: i128,
    held: Option<Held>,
}

struct Held {
    made: i128,
    epoch: Epoch,
    first: Position,
    last: Position,
    messages: BTreeMap<u64, LogMessage>,
}

/// The stream as one node reaches it.
pub(crate) struct NodeStream {
    pub(crate) world: Shared,
    pub(crate) node: usize,
    pub(crate) link: Arc<Link>,
}

impl StreamModel {
    /// Somebody deleted it.
    pub(crate) fn lose(&mut self) {
        self.held = None;
    }

    /// Whether it holds the log of the present, message by message.
    pub(crate) fn is_the_log(&self, truth: &Truth) -> Found {
        let wrong = |text: String| Err(("L8", text));
        let life = truth.life();
        let Some(held) = &self.held else { return wrong("there is no stream".to_owned()) };
        if (held.epoch, held.last) != (life.epoch, life.position()) {
            return wrong(format!("the stream ends at {}, the log at {}", held.last, life.position()));
        }
        // Nothing ages here, and no start is configured: it holds the log from its beginning.
        let holds = |(index, message)| may_hold(life, index, message);
        match held.messages.len() == life.log.len() && held.messages.values().enumerate().all(holds) {
            true => Ok(()),
            false => wrong("the stream does not hold the log".to_owned()),
        }
    }
}

/// Whether this may stand in the stream for an event: what was taken back stays there as it was.
fn may_hold(life: &Life, index: usize, message: &LogMessage) -> bool {
    life.versions(index).any(|event| expected_of(life.epoch, event) == *message)
}

/// What has to stand in the stream for an event.
fn expected_of(epoch: Epoch, event: &LogEvent) -> LogMessage {
    let internal = event.event_type.is_internal();
    let subject = match internal {
        true => subject::log_internal(event.event_type),
        false => subject::log(event.event_type, event.stream.conversation()),
    };
    let headers = confab_runtime::bus::LiveHeaders {
        seq: if internal { 0 } else { event.seq.0 },
        position: event.position.0,
        event_type: event.event_type.as_str().to_owned(),
        epoch: epoch.to_string(),
        traceparent: None,
    };
    let body = Bytes::from(event.log_body().get().to_owned());
    LogMessage { position: event.position, subject, headers, body }
}

/// What NATS does with a message of a relay.
fn store(inner: &mut Inner, message: LogMessage) -> (Result<(), StreamError>, Found) {
    let none = || StreamError::Failed("no stream".to_owned());
    let Inner { stream, truth, .. } = inner;
    let Some(held) = &mut stream.held else { return (Err(none()), Ok(())) };
    if held.last.next() != message.position && !planted(Mutant::FenceOff) {
        inner.stats.count("relay: refused by the fence");
        return (Err(StreamError::Taken), Ok(()));
    }
    held.last = held.last.next();
    let epoch: Option<Epoch> = message.headers.epoch.parse().ok();
    let life = epoch.and_then(|epoch| truth.of(epoch));
    let index = usize::try_from(held.last.0 - 1).ok();
    let fits = life.zip(index).is_some_and(|(life, index)| may_hold(life, index, &message));
    let last = held.last;
    held.messages.insert(last.0, message);
    inner.stats.count("relay: stored");
    let found = if fits { Ok(()) } else { Err(("L8", format!("the stream holds something else at sequence {last}"))) };
    (Ok(()), found)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Fine,
    Lost,
    AckLost,
    Late,
}

fn fate(dice: &mut Dice, often: u64) -> Fate {
    if !dice.permille(often) {
        return Fate::Fine;
    }
    [Fate::Lost, Fate::AckLost, Fate::Late][dice.index(3)]
}

fn failed(why: &str) -> StreamError {
    StreamError::Failed(why.to_owned())
}

impl NodeStream {
    fn dice(&self) -> (Dice, u64, bool) {
        let dice = self.world.dice(5, self.node as u64);
        let inner = self.world.lock();
        (dice, inner.weather.stream_fails, inner.stream_away > 0 || self.link.is_dead())
    }

    /// A request: it, or its answer, may get lost.
    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut StreamModel) -> T + Send + 'static,
    ) -> Result<T, StreamError> {
        let (mut dice, often, away) = self.dice();
        let fate = fate(&mut dice, often);
        let late = dice.millis(0..4);
        let world = self.world.clone();
        let (tell, told) = oneshot::channel();
        spawn(async move {
            sleep(late).await;
            let answer = if away || fate == Fate::Lost {
                Err(failed("the request got lost"))
            } else {
                let done = work(&mut world.lock().stream);
                if fate == Fate::Fine { Ok(done) } else { Err(failed("the answer got lost")) }
            };
            // Who has gone hears nothing.
            drop(tell.send(answer));
        });
        told.await.unwrap_or_else(|_| Err(failed("no answer")))
    }
}

fn store_now(world: &Shared, message: LogMessage) -> Result<(), StreamError> {
    let (stored, found) = store(&mut world.lock(), message);
    world.check(found);
    stored
}

/// Sends a batch, each message on its own way.
async fn send_all(world: &Shared, messages: Vec<LogMessage>, mut dice: Dice, often: u64) -> Result<(), StreamError> {
    let mut done = Ok(());
    for message in messages {
        if dice.permille(200) {
            sleep(dice.millis(0..4)).await;
        }
        let one = match fate(&mut dice, often) {
            Fate::Fine => store_now(world, message),
            Fate::Lost => Err(failed("no ack")),
            Fate::AckLost => {
                world.count("relay: ack lost");
                store_now(world, message).and(Err(failed("no ack")))
            }
            Fate::Late => {
                world.count("relay: came late");
                let (world, late) = (world.clone(), dice.millis(1..1_500));
                spawn(async move {
                    sleep(late).await;
                    // Nobody waits for it any more.
                    let (Ok(()) | Err(_)) = store_now(&world, message);
                });
                Err(failed("no ack"))
            }
        };
        done = done.and(one);
    }
    done
}

#[async_trait]
impl LogStream for NodeStream {
    async fn state(&self) -> Result<Option<StreamState>, StreamError> {
        self.call(|stream| {
            stream.held.as_ref().map(|held| StreamState {
                made: held.made,
                epoch: Some(held.epoch),
                first: held.first,
                last: held.last,
            })
        })
        .await
    }

    async fn create(&self, epoch: Epoch, first: Position) -> Result<(), StreamError> {
        self.world.count("relay: made anew");
        let made = self.call(move |stream| match &stream.held {
            Some(held) if held.epoch != epoch => Err(failed("name in use")),
            Some(_) => Ok(()),
            None => {
                stream.made += 1;
                let last = Position(first.0 - 1);
                let messages = BTreeMap::new();
                stream.held = Some(Held { made: stream.made, epoch, first, last, messages });
                Ok(())
            }
        });
        made.await?
    }

    async fn delete(&self) -> Result<(), StreamError> {
        self.call(StreamModel::lose).await
    }

    async fn foreign(&self, epoch: Epoch, range: RangeInclusive<u64>) -> Result<Option<Position>, StreamError> {
        let found = self.call(move |stream| {
            let held = stream.held.as_ref().ok_or_else(|| failed("no stream"))?;
            let foreign = |(at, sent): &(&u64, &LogMessage)| {
                sent.headers.epoch != epoch.to_string() || sent.headers.position != **at
            };
            let in_range = held.messages.iter().filter(|(at, _)| range.contains(at));
            Ok(in_range.into_iter().find(foreign).map(|(at, _)| Position(*at)))
        });
        found.await?
    }

    async fn message_at(&self, position: Position) -> Result<Option<LogMessage>, StreamError> {
        let found = self.call(move |stream| {
            let held = stream.held.as_ref().ok_or_else(|| failed("no stream"))?;
            Ok(held.messages.get(&position.0).cloned())
        });
        found.await?
    }

    async fn publish(&self, messages: Vec<LogMessage>) -> Result<(), StreamError> {
        let (dice, often, away) = self.dice();
        if away {
            sleep(Duration::from_millis(50)).await;
            return Err(failed("no ack"));
        }
        let world = self.world.clone();
        let (tell, told) = oneshot::channel();
        spawn(async move {
            let answer = send_all(&world, messages, dice, often).await;
            // Who has gone hears nothing.
            drop(tell.send(answer));
        });
        told.await.unwrap_or_else(|_| Err(failed("no answer")))
    }
}
