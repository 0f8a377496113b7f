//! The log stream over NATS JetStream, on a connection of its own: a refill must not make live messages wait.
//!
//! Works on NATS 2.9 and newer. The connection is made with the first call and comes back for ever; calls fail soon while it
//! is away. Nothing here decides anything: see the relay.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::context::{
    Context, ContextBuilder, GetStreamErrorKind, PublishAckFuture, PublishError, PublishErrorKind,
};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config, DiscardPolicy, LastRawMessageErrorKind, RetentionPolicy, StorageType};
use async_nats::jetstream::{ErrorCode, stream};
use async_nats::{Client, Event};
use async_trait::async_trait;
use confab_proto::{Epoch, Position, log_stream, subject};
use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::log_stream::{LogMessage, LogStream, StoredMessage, StreamError, StreamState};
use super::{headers, nats};
use crate::config::{NatsConfig, RelayConfig, urls};

/// For an answer of the JetStream API.
const PATIENCE: Duration = Duration::from_secs(5);
/// For a connection that is being made.
const CONNECTED_WITHIN: Duration = Duration::from_secs(1);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// For the acks of a batch, from the last one sent.
const ACK_WITHIN: Duration = Duration::from_secs(3);
/// Messages that are read at once.
const READS: usize = 64;

pub struct JetStream {
    nats: NatsConfig,
    relay: RelayConfig,
    context: OnceCell<Context>,
    /// A change of the limits that NATS refuses is tried and told once.
    limits_refused: AtomicBool,
}

fn failed(what: &str, error: impl std::fmt::Display) -> StreamError {
    StreamError::Failed(format!("{what}: {error}"))
}

impl JetStream {
    pub fn new(nats: &NatsConfig, relay: &RelayConfig) -> Self {
        let (nats, relay) = (nats.clone(), relay.clone());
        Self { nats, relay, context: OnceCell::new(), limits_refused: AtomicBool::new(false) }
    }

    async fn context(&self) -> Result<&Context, StreamError> {
        let context = self.context.get_or_try_init(|| self.connect()).await;
        let context = context.map_err(|error| failed("set up the NATS client", format!("{error:#}")))?;
        let client = context.client();
        let connected = async {
            while client.connection_state() != State::Connected {
                sleep(LOOK_EVERY).await;
            }
        };
        match timeout(CONNECTED_WITHIN, connected).await {
            Ok(()) => Ok(context),
            Err(_) => Err(StreamError::Failed("NATS is away".to_owned())),
        }
    }

    async fn connect(&self) -> anyhow::Result<Context> {
        let refused = Arc::new(AtomicU64::new(0));
        let options = nats::base_options(&self.nats).await?.name("confab relay").event_callback(move |event| {
            if let Event::ServerError(error) = event {
                nats::tell_refusal(&error, &refused);
            }
            async {}
        });
        let servers = urls::nats_servers(self.nats.url.expose()).map_err(anyhow::Error::msg)?;
        let client: Client = options.connect(servers).await?;
        Ok(ContextBuilder::new().timeout(PATIENCE).build(client))
    }

    async fn info(&self) -> Result<Option<(StreamState, Config)>, StreamError> {
        let context = self.context().await?;
        let stream = match context.get_stream(log_stream::NAME).await {
            Ok(stream) => stream,
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(cause) if cause.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                    return Ok(None);
                }
                _ => return Err(failed("read the state of CONFAB_LOG", error)),
            },
        };
        let stream::Info { config, state, created, .. } = stream.cached_info();
        let said = StreamState {
            made: created.unix_timestamp_nanos(),
            epoch: config.description.as_deref().and_then(log_stream::epoch_of),
            // NATS says 0 as long as there never was a message, and refuses to be asked for that one.
            first: Position(state.first_sequence.max(1)),
            last: Position(state.last_sequence),
        };
        Ok(Some((said, config.clone())))
    }

    /// As `state`, for somebody who only looks: the limits of the stream stay as they are.
    pub async fn look(&self) -> Result<Option<StreamState>, StreamError> {
        Ok(self.info().await?.map(|(state, _)| state))
    }

    /// The messages at these sequences, one for each: `None` where there is none (any more).
    pub async fn read(&self, range: RangeInclusive<u64>) -> Result<Vec<Option<StoredMessage>>, StreamError> {
        let context = self.context().await?;
        let stream = context.get_stream_no_info(log_stream::NAME).await;
        let stream = &stream.map_err(|error| failed("read CONFAB_LOG", error))?;
        let reads =
            futures_util::stream::iter(range).map(async |sequence| match stream.get_raw_message(sequence).await {
                Ok(message) => Ok(Some(StoredMessage {
                    headers: headers::decode(&message.headers).ok().flatten(),
                    subject: message.subject.to_string(),
                    body: message.payload,
                })),
                Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
                Err(error) => Err(failed("read a message of CONFAB_LOG", error)),
            });
        reads.buffered(READS).try_collect().await
    }

    /// The stream as the settings want it.
    fn config(&self, epoch: Epoch, first: Position) -> Config {
        Config {
            name: log_stream::NAME.to_owned(),
            description: Some(log_stream::description(epoch)),
            subjects: vec![subject::LOG_ALL.to_owned()],
            storage: StorageType::File,
            retention: RetentionPolicy::Limits,
            discard: DiscardPolicy::Old,
            // A message deleted from the middle would look like a loss; purging up to a sequence does not.
            deny_delete: true,
            first_sequence: (first.0 > 1).then_some(first.0),
            ..self.limited(Config::default())
        }
    }

    fn limited(&self, config: Config) -> Config {
        Config {
            max_age: self.relay.max_age.unwrap_or_default(),
            max_bytes: self.relay.max_bytes.unwrap_or(-1),
            num_replicas: self.relay.replicas,
            ..config
        }
    }

    /// Brings the limits of an existing stream to those of the settings.
    async fn keep_limits(&self, context: &Context, is: &Config) {
        let wanted = self.limited(is.clone());
        let limits = |config: &Config| (config.max_age, config.max_bytes, config.num_replicas);
        if limits(is) == limits(&wanted) || self.limits_refused.load(Ordering::Relaxed) {
            return;
        }
        match context.update_stream(wanted).await {
            Ok(_) => tracing::info!("the limits of CONFAB_LOG are now those of the settings"),
            Err(error) => {
                self.limits_refused.store(true, Ordering::Relaxed);
                tracing::warn!(%error, "NATS does not take the limits of CONFAB_LOG from the settings");
            }
        }
    }
}

#[async_trait]
impl LogStream for JetStream {
    async fn state(&self) -> Result<Option<StreamState>, StreamError> {
        let Some((state, config)) = self.info().await? else { return Ok(None) };
        self.keep_limits(self.context().await?, &config).await;
        Ok(Some(state))
    }

    async fn create(&self, epoch: Epoch, first: Position) -> Result<(), StreamError> {
        let context = self.context().await?;
        if first.0 > 1 && !context.client().is_server_compatible(2, 10, 0) {
            return Err(StreamError::Failed(format!(
                "relay.start_position needs NATS 2.10 or newer, this is {}",
                context.client().server_info().version
            )));
        }
        let made = context.create_stream(self.config(epoch, first)).await;
        made.map(drop).map_err(|error| failed("create CONFAB_LOG", error))
    }

    async fn delete(&self) -> Result<(), StreamError> {
        match self.context().await?.delete_stream(log_stream::NAME).await {
            Ok(_) => Ok(()),
            Err(error) => match error.kind() {
                async_nats::jetstream::context::DeleteStreamErrorKind::JetStream(cause)
                    if cause.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    Ok(())
                }
                _ => Err(failed("delete CONFAB_LOG", error)),
            },
        }
    }

    async fn foreign(&self, epoch: Epoch, range: RangeInclusive<u64>) -> Result<Option<Position>, StreamError> {
        let context = self.context().await?;
        let stream = context.get_stream_no_info(log_stream::NAME).await;
        let stream = &stream.map_err(|error| failed("read CONFAB_LOG", error))?;
        let reads =
            futures_util::stream::iter(range).map(async |sequence| match stream.get_raw_message(sequence).await {
                Ok(message) => Ok((!is_ours(&message.headers, epoch, sequence)).then_some(Position(sequence))),
                Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
                Err(error) => Err(failed("read a message of CONFAB_LOG", error)),
            });
        reads.buffered(READS).try_fold(None, async |found: Option<Position>, next| Ok(found.or(next))).await
    }

    async fn message_at(&self, position: Position) -> Result<Option<LogMessage>, StreamError> {
        let stream = self.context().await?.get_stream_no_info(log_stream::NAME).await;
        let stream = stream.map_err(|error| failed("read CONFAB_LOG", error))?;
        let message = match stream.get_raw_message(position.0).await {
            Ok(message) => message,
            Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => return Ok(None),
            Err(error) => return Err(failed("read a message of CONFAB_LOG", error)),
        };
        let Ok(Some(headers)) = headers::decode(&message.headers) else {
            return Err(StreamError::Failed(format!("the message at {position} of CONFAB_LOG is not Confab's")));
        };
        Ok(Some(LogMessage { position, subject: message.subject.to_string(), headers, body: message.payload }))
    }

    async fn publish(&self, messages: Vec<LogMessage>) -> Result<(), StreamError> {
        let context = self.context().await?;
        let mut sent = Vec::with_capacity(messages.len());
        let mut done = Ok(());
        for message in messages {
            let position = message.position;
            match send(context, message).await {
                Ok(ack) => sent.push((position, ack)),
                Err(error) => {
                    done = Err(error);
                    break;
                }
            }
        }
        let deadline = Instant::now() + ACK_WITHIN;
        // From the last to the first, so that the first error is the one that stays.
        for (position, ack) in sent.into_iter().rev() {
            if let Err(error) = proof(position, ack, deadline).await {
                done = Err(error);
            }
        }
        done
    }
}

async fn send(context: &Context, message: LogMessage) -> Result<PublishAckFuture, StreamError> {
    let map = headers::encode(&message.headers)
        .map_err(|headers::Malformed| failed("publish to CONFAB_LOG", "a header is not one line"))?;
    let publish =
        PublishMessage::build().headers(map).expected_last_sequence(message.position.0 - 1).payload(message.body);
    context.send_publish(message.subject, publish).await.map_err(|error| told(message.position, &error))
}

async fn proof(position: Position, ack: PublishAckFuture, deadline: Instant) -> Result<(), StreamError> {
    match timeout_at(deadline, ack.into_future()).await {
        Ok(Ok(ack)) if ack.sequence == position.0 && ack.stream == log_stream::NAME => Ok(()),
        Ok(Ok(ack)) => {
            let (stream, sequence) = (ack.stream, ack.sequence);
            Err(StreamError::Failed(format!("position {position} was stored in {stream} at {sequence}")))
        }
        Ok(Err(error)) => Err(told(position, &error)),
        Err(_) => Err(StreamError::Failed(format!("position {position} was not acknowledged in time"))),
    }
}

fn told(position: Position, error: &PublishError) -> StreamError {
    match error.kind() {
        PublishErrorKind::WrongLastSequence => StreamError::Taken,
        PublishErrorKind::StreamNotFound => StreamError::Failed("CONFAB_LOG is not there".to_owned()),
        PublishErrorKind::MaxPayloadExceeded => {
            StreamError::Failed(format!("the event at position {position} is larger than NATS takes (max_payload)"))
        }
        _ => failed(&format!("publish position {position}"), error),
    }
}

fn is_ours(map: &async_nats::HeaderMap, epoch: Epoch, sequence: u64) -> bool {
    match headers::decode(map) {
        Ok(Some(headers)) => headers.epoch == epoch.to_string() && headers.position == sequence,
        Ok(None) | Err(headers::Malformed) => false,
    }
}
