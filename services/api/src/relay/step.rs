//! One step of the relay at a time: take stock, or copy the next page. No clock and no waiting but for the store and the stream,
//! so that a test can drive it through any history. The invariants stand in `relay`.

use std::fmt;
use std::sync::Arc;

use confab_proto::{Epoch, Position};
use confab_runtime::bus::{LogStream, StreamError, StreamState};
use confab_runtime::mutants::{Mutant, planted};
use confab_store::{Follower, LogHead, LogPage, StoreError};

use super::halt::Halt;
use super::message::{bytes_of, message};
use super::rival::Rival;
use super::same::same;
use super::status::{Refill, RelayStatus};

/// So much of the log is read at once.
const PAGE_BYTES: usize = 4 * 1024 * 1024;
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) in_flight: usize,
    /// The most that any relay has in flight, hence so many messages at the end of the stream are in doubt at take-over.
    pub(crate) window: u64,
    /// Where a new stream begins.
    pub(crate) start: Position,
    /// Of the largest message that today's limits can bring about.
    pub(crate) largest: usize,
}

/// What the next step has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Take stock first.
    Unknown,
    /// The stream, `made` when it was, holds the log of this epoch up to `last`.
    At { made: i128, epoch: Epoch, last: Position },
    /// The stream, `made` when it was, does not fit the store. Nothing is touched until the epoch changes, that stream is gone or
    /// empty, or the reason is.
    Halted { made: i128, why: Halt },
    /// The stream is not of `ours` but again of `theirs`, which another store writes; so many looks to wait until it is made anew.
    Contested { ours: Epoch, theirs: Option<Epoch>, looks: u32 },
}

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Stock is taken: go on.
    Ready,
    /// A page was copied, there is more: go on.
    More,
    /// All that there was is copied.
    Copied,
    /// Somebody else published too: go on after a moment.
    Taken,
    /// The stream holds all that the log had.
    Idle,
    /// See `Place::Halted`.
    Halted,
    /// See `Place::Contested`.
    Contested,
}

/// The step did not come to an end; the next one takes stock.
#[derive(Debug)]
pub(crate) enum RelayError {
    Store(StoreError),
    Stream(StreamError),
}

impl fmt::Display for RelayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => write!(f, "{error}"),
            Self::Stream(error) => write!(f, "{error}"),
        }
    }
}

impl From<StoreError> for RelayError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<StreamError> for RelayError {
    fn from(error: StreamError) -> Self {
        Self::Stream(error)
    }
}

pub(crate) struct Relay {
    store: Arc<dyn Follower>,
    stream: Arc<dyn LogStream>,
    settings: Settings,
    place: Place,
    /// The page behind `last`, if it was read while the one before it was published.
    ahead: Option<LogPage>,
    rival: Rival,
    /// What NATS took when it was last said that this is too little.
    small: Option<usize>,
    status: Arc<RelayStatus>,
}

impl Relay {
    pub(crate) fn new(
        store: Arc<dyn Follower>,
        stream: Arc<dyn LogStream>,
        settings: Settings,
        status: Arc<RelayStatus>,
    ) -> Self {
        Self {
            store,
            stream,
            settings,
            place: Place::Unknown,
            ahead: None,
            rival: Rival::default(),
            small: None,
            status,
        }
    }

    /// Forgets what it knows: somebody else may have relayed meanwhile. A halt stays, and so does waiting for a rival.
    pub(crate) fn take_over(&mut self) {
        if !matches!(self.place, Place::Halted { .. } | Place::Contested { .. }) {
            self.place = Place::Unknown;
        }
    }

    pub(crate) async fn step(&mut self) -> Result<Step, RelayError> {
        match self.place {
            Place::Unknown => self.take_stock().await,
            Place::At { made, epoch, last } => self.copy(made, epoch, last).await,
            Place::Halted { made, why } => self.look_again(made, why).await,
            Place::Contested { ours, theirs, looks } => self.wait_for_rival(ours, theirs, looks).await,
        }
    }

    /// To be called now and then while idle: whether the stream still is what it was.
    pub(crate) async fn check(&mut self) -> Result<(), RelayError> {
        if let Place::At { made, epoch, last } = self.place {
            let known = |state: StreamState| state.made == made && state.epoch == Some(epoch) && state.last == last;
            match self.stream.state().await?.is_some_and(known) {
                true => {
                    self.rival.stands();
                    self.status.contest(self.rival.is_there());
                }
                false => self.place = Place::Unknown,
            }
        }
        Ok(())
    }

    /// While the stream cannot be reached: how far the log has gone on meanwhile.
    pub(crate) async fn look_at_lag(&self) {
        let last = Position(self.status.position());
        // A relay that never reached anything knows nothing of the stream.
        if last == Position::ZERO {
            return;
        }
        // If the store is what fails, the next look tells.
        if let Ok(LogPage { log, events }) = self.store.log_after(last, 1, 1).await {
            self.status.reached(last, log.position, events.first().map(|event| event.at));
        }
    }

    async fn copy(&mut self, made: i128, epoch: Epoch, last: Position) -> Result<Step, RelayError> {
        let LogPage { log, events } = match self.ahead.take() {
            Some(page) => page,
            None => self.page_after(last).await?,
        };
        if log.epoch != epoch || log.position < last {
            self.place = Place::Unknown;
            return Ok(Step::Ready);
        }
        self.status.reached(last, log.position, events.first().map(|event| event.at));
        let mut messages: Vec<_> = events.iter().map(|event| message(epoch, event)).collect();
        let takes = self.stream.takes().await?;
        if let Some(index) = messages.iter().position(|message| bytes_of(message) > takes) {
            let (position, bytes) = (messages[index].position, bytes_of(&messages[index]));
            messages.truncate(index);
            if messages.is_empty() {
                return Ok(self.halt(made, Halt::TooLarge { position, bytes, takes }, last, log));
            }
        }
        let Some(end) = messages.last().map(|message| message.position) else { return Ok(Step::Idle) };
        self.place = Place::Unknown;
        let reads_ahead = async {
            // If it fails, it is read again when its turn comes.
            if log.position > end { self.page_after(end).await.ok() } else { None }
        };
        let (published, ahead) = tokio::join!(self.stream.publish(messages), reads_ahead);
        match published {
            Ok(()) => {
                self.place = Place::At { made, epoch, last: end };
                self.ahead = ahead;
                Ok(if log.position > end { Step::More } else { Step::Copied })
            }
            Err(StreamError::Taken) => {
                self.status.count_taken();
                Ok(Step::Taken)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn page_after(&self, position: Position) -> Result<LogPage, StoreError> {
        self.store.log_after(position, self.settings.in_flight, PAGE_BYTES).await
    }

    async fn take_stock(&mut self) -> Result<Step, RelayError> {
        // The stream before the store: see the invariants.
        let state = self.stream.state().await?;
        let log = self.log_head().await?;
        let Some(state) = state else { return self.refill(log, Refill::Missing).await };
        if state.epoch != Some(log.epoch) {
            return self.take_back(state.epoch, log).await;
        }
        let window = state.last.next().0.saturating_sub(self.settings.window);
        let in_doubt = window.max(state.first.0)..=state.last.0;
        if !planted(Mutant::ForeignUnseen) && self.stream.foreign(log.epoch, in_doubt).await?.is_some() {
            return self.refill(log, Refill::Foreign).await;
        }
        let agrees = state.last > log.position || self.agrees(state, log.epoch).await?;
        if self.stream.state().await?.is_none_or(|now| now.made != state.made) {
            // Another relay made it anew meanwhile: what was read is of two streams.
            return Ok(Step::Taken);
        }
        if state.last > log.position {
            // A purge took whatever stood there, and with it all that could be asked.
            if is_empty(state) {
                return self.refill(log, Refill::Foreign).await;
            }
            return Ok(self.halt(state.made, Halt::Ahead, state.last, log));
        }
        if !agrees {
            return Ok(self.halt(state.made, Halt::Differs, state.last, log));
        }
        self.warn_of_small_messages().await?;
        let last = if planted(Mutant::CursorAhead) { log.position } else { state.last };
        self.place = Place::At { made: state.made, epoch: log.epoch, last };
        self.ahead = None;
        Ok(Step::Ready)
    }

    /// Whether the stream's last message is the store's event at that position. One that is gone cannot disagree, nor can a store
    /// that began another life meanwhile.
    async fn agrees(&self, state: StreamState, epoch: Epoch) -> Result<bool, RelayError> {
        if is_empty(state) {
            return Ok(true);
        }
        let Some(held) = self.stream.message_at(state.last).await? else { return Ok(true) };
        let LogPage { log, events } = self.store.log_after(Position(state.last.0 - 1), 1, PAGE_BYTES).await?;
        Ok(log.epoch != epoch || events.first().is_some_and(|event| same(epoch, &held, event)))
    }

    async fn log_head(&self) -> Result<LogHead, RelayError> {
        Ok(self.store.log_after(Position(u64::MAX), 0, 0).await?.log)
    }

    /// Makes the stream anew; the next steps fill it.
    async fn refill(&mut self, log: LogHead, why: Refill) -> Result<Step, RelayError> {
        if why != Refill::Missing {
            self.stream.delete().await?;
        }
        let first = self.settings.start.min(log.position.next());
        self.stream.create(log.epoch, first).await?;
        self.rival.made(log.epoch);
        // Before it is counted: whoever sees the count sees what is missing, too.
        self.status.reached(Position(first.0 - 1), log.position, None);
        self.status.refilled(why);
        tracing::info!(relay.why = ?why, log.epoch = %log.epoch, log.position = log.position.0, relay.first = first.0, "CONFAB_LOG is made and filled");
        // Somebody else may have made it at the same time: it is looked at like any other.
        self.place = Place::Unknown;
        Ok(Step::Ready)
    }

    /// The stream is of another epoch: it is made anew, at once after a restore and later and later if that comes again.
    async fn take_back(&mut self, theirs: Option<Epoch>, log: LogHead) -> Result<Step, RelayError> {
        let looks = self.rival.lost(log.epoch);
        self.status.contest(self.rival.is_there());
        if looks == 0 {
            return self.refill(log, Refill::Epoch).await;
        }
        tracing::error!(
            stream.epoch = theirs.map(|epoch| epoch.to_string()),
            log.epoch = %log.epoch,
            relay.times = self.rival.times(),
            relay.waits_seconds = looks,
            "two stores write one NATS: CONFAB_LOG was made anew for another one again; give each fleet a NATS (or an account of it) of its own"
        );
        self.place = Place::Contested { ours: log.epoch, theirs, looks };
        Ok(Step::Contested)
    }

    async fn wait_for_rival(&mut self, ours: Epoch, theirs: Option<Epoch>, looks: u32) -> Result<Step, RelayError> {
        let state = self.stream.state().await?;
        let log = self.log_head().await?;
        if state.is_none_or(|state| state.epoch != theirs) || log.epoch != ours {
            self.place = Place::Unknown;
            return Ok(Step::Ready);
        }
        if looks <= 1 {
            return self.refill(log, Refill::Epoch).await;
        }
        self.place = Place::Contested { ours, theirs, looks: looks - 1 };
        Ok(Step::Contested)
    }

    async fn warn_of_small_messages(&mut self) -> Result<(), RelayError> {
        let (takes, largest) = (self.stream.takes().await?, self.settings.largest);
        if takes < largest && self.small.replace(takes) != Some(takes) {
            tracing::warn!(
                nats.max_payload = takes,
                relay.largest = largest,
                "NATS takes smaller messages than our limits allow events: raise its max_payload, or lower http.body_limit_bytes"
            );
        }
        Ok(())
    }

    fn halt(&mut self, made: i128, why: Halt, last: Position, log: LogHead) -> Step {
        self.place = Place::Halted { made, why };
        self.status.halt(true);
        tracing::error!(stream.last = last.0, log.position = log.position.0, log.epoch = %log.epoch, "{why}");
        Step::Halted
    }

    async fn look_again(&mut self, made: i128, why: Halt) -> Result<Step, RelayError> {
        let state = self.stream.state().await?;
        let log = self.log_head().await?;
        let stays = match why {
            Halt::Ahead | Halt::Differs => true,
            Halt::TooLarge { bytes, .. } => self.stream.takes().await? < bytes,
        };
        let same = |state: StreamState| state.made == made && state.epoch == Some(log.epoch);
        // An empty one has nothing to keep, but what is too large for it stays so.
        let kept = |state: StreamState| same(state) && (!is_empty(state) || matches!(why, Halt::TooLarge { .. }));
        if stays && state.is_some_and(kept) {
            return Ok(Step::Halted);
        }
        self.status.halt(false);
        self.place = Place::Unknown;
        Ok(Step::Ready)
    }
}

fn is_empty(state: StreamState) -> bool {
    state.first > state.last || state.last == Position::ZERO
}
