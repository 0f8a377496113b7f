//! Follows every event of Confab and misses none: counts the messages of each conversation.
//!
//!     cargo run -p confab-runtime --example consume_log -- nats://127.0.0.1:4222 counts.json
//!
//! The file holds the result and the position up to which it was counted; both are written together, so whatever happens to this
//! program, it goes on where the file says. Put your own work in `work`, and the position into the same transaction. Nothing here
//! uses Confab's own code: `async-nats`, `serde` and `tokio` are all there is to it.
#![expect(clippy::print_stderr, reason = "a program for the terminal")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::stream::Stream;
use async_nats::jetstream::{self, Message};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};

/// By this name operators see how far the program is.
const CONSUMER: &str = "example-rust";

#[derive(Default, Serialize, Deserialize)]
struct State {
    /// The life of the store that `position` belongs to; empty before the first event.
    epoch: String,
    position: u64,
    /// Messages by conversation.
    counts: BTreeMap<String, u64>,
}

/// What is read of an envelope.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(rename = "type")]
    event_type: String,
    conversation_id: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let server = args.next().context("usage: consume_log NATS_URL FILE")?;
    let file = PathBuf::from(args.next().context("usage: consume_log NATS_URL FILE")?);
    let mut state = match fs::read(&file) {
        Ok(text) => serde_json::from_slice(&text)?,
        Err(_) => State::default(),
    };
    let client = async_nats::ConnectOptions::new().retry_on_initial_connect().connect(server).await?;
    loop {
        if let Err(error) = follow(&client, &mut state, &file).await {
            eprintln!("{error:#}; trying again");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Until something is not as expected.
async fn follow(client: &async_nats::Client, state: &mut State, file: &Path) -> anyhow::Result<()> {
    let stream = jetstream::new(client.clone()).get_stream("CONFAB_LOG").await?;
    let info = stream.cached_info().clone();
    let epoch = epoch_of(&info);
    if state.epoch != epoch {
        if !state.epoch.is_empty() {
            eprintln!("the log of {} ended, {epoch} begins: counting anew", state.epoch);
        }
        *state = State { epoch, ..State::default() };
    }
    if info.state.first_sequence > state.position + 1 {
        let (first, position) = (info.state.first_sequence, state.position);
        bail!("the stream begins at {first}, after {position}: what is between is in the database only");
    }
    let consumer = consumer_from(&stream, state.position + 1).await?;
    loop {
        let mut messages = consumer.fetch().max_messages(200).expires(Duration::from_secs(1)).messages().await?;
        let mut last = None;
        while let Some(message) = messages.next().await {
            let message = message.map_err(anyhow::Error::from_boxed)?;
            if take(state, &message)? {
                last = Some(message);
            }
        }
        match last {
            Some(message) => {
                save(state, file)?;
                message.ack().await.map_err(anyhow::Error::from_boxed)?;
            }
            // Silence: is the stream still the one we follow?
            None if stream.get_info().await?.created != info.created => bail!("the stream was made anew"),
            None => {}
        }
    }
}

/// The description of the stream ends with the epoch.
fn epoch_of(info: &jetstream::stream::Info) -> String {
    let description = info.config.description.as_deref().unwrap_or_default();
    description.rsplit(' ').next().unwrap_or_default().to_owned()
}

/// The file says where to go on, not the consumer that an earlier run left behind.
async fn consumer_from(stream: &Stream, start_sequence: u64) -> anyhow::Result<jetstream::consumer::PullConsumer> {
    // There may be none.
    stream.delete_consumer(CONSUMER).await.ok();
    let config = pull::Config {
        durable_name: Some(CONSUMER.to_owned()),
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence },
        ack_policy: AckPolicy::All,
        ..pull::Config::default()
    };
    Ok(stream.create_consumer(config).await?)
}

/// False for one that was taken before.
fn take(state: &mut State, message: &Message) -> anyhow::Result<bool> {
    let sequence = message.info().map_err(anyhow::Error::from_boxed)?.stream_sequence;
    if sequence <= state.position {
        return Ok(false);
    }
    // The proof that nothing is missing: the sequence is the position, and positions have no gaps.
    if sequence != state.position + 1 {
        bail!("position {sequence} came after {}", state.position);
    }
    let epoch = message.headers.as_ref().and_then(|headers| headers.get("Confab-Epoch"));
    if epoch.map(async_nats::HeaderValue::as_str) != Some(&state.epoch) {
        bail!("the epoch changed");
    }
    work(state, &serde_json::from_slice(&message.payload)?);
    state.position = sequence;
    Ok(true)
}

fn work(state: &mut State, event: &Event) {
    if event.event_type == "message.posted" {
        *state.counts.entry(event.conversation_id.clone()).or_default() += 1;
    }
}

/// Whole or not at all, also when the power goes.
fn save(state: &State, file: &Path) -> anyhow::Result<()> {
    let new = file.with_extension("new");
    let mut handle = File::create(&new)?;
    handle.write_all(&serde_json::to_vec(state)?)?;
    handle.sync_all()?;
    Ok(fs::rename(new, file)?)
}
