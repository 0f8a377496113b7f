//! All clients of a spec, with the lines by which another program asks about them.
//!
//! `standing` is answered by where every client stands, `deaf CLIENT MS` stops a reader for a while. Each answer is
//! one line of JSON. The crowd ends when the lines end, or with the first client that fails.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::client::Client;
use crate::drive::{Command, Drive};
use crate::history::History;
use crate::lag::Meter;
use crate::spec::Spec;

const FLUSH_EVERY: Duration = Duration::from_millis(100);

type Clients = BTreeMap<Arc<str>, mpsc::UnboundedSender<Command>>;

/// Runs all clients until `lines` ends; answers go to `out`.
///
/// # Errors
/// A client failed, the history or an answer cannot be written, or a line cannot be understood.
pub async fn run(
    spec: Spec,
    history: Arc<History>,
    mut lines: mpsc::UnboundedReceiver<String>,
    mut out: impl Write,
) -> anyhow::Result<()> {
    anyhow::ensure!(!spec.gateways.is_empty(), "the spec has no gateway");
    let mut tasks = JoinSet::new();
    let mut clients = Clients::new();
    for client in spec.clients {
        let (sender, commands) = mpsc::unbounded_channel();
        let taken = clients.insert(client.name.clone(), sender);
        anyhow::ensure!(taken.is_none(), "two clients are called {}", client.name);
        let client = Client::new(client, spec.gateways.clone(), spec.seed);
        tasks.spawn(Drive::new(client, spec.gateways.clone(), history.clone()).run(commands));
    }
    let mut meter = Meter::default();
    tokio::select! {
        ended = serve(&mut clients, &mut tasks, &history, &mut lines, &mut out) => ended?,
        () = meter.measure() => {}
    }
    drop(clients);
    while let Some(ended) = tasks.join_next().await {
        ended.context("a client panicked")??;
    }
    history.flush().context("cannot write the history")?;
    say(&mut out, &json!({ "eventLoopMs": meter.lag() }))
}

async fn serve(
    clients: &mut Clients,
    tasks: &mut JoinSet<anyhow::Result<()>>,
    history: &History,
    lines: &mut mpsc::UnboundedReceiver<String>,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let mut flush = interval(FLUSH_EVERY);
    flush.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = flush.tick() => history.flush().context("cannot write the history")?,
            line = lines.recv() => match line {
                Some(line) => say(out, &obey(clients, &line).await?)?,
                None => return Ok(()),
            },
            Some(ended) = tasks.join_next() => {
                ended.context("a client panicked")??;
                anyhow::bail!("a client ended before it was told to");
            }
        }
    }
}

async fn obey(clients: &Clients, line: &str) -> anyhow::Result<serde_json::Value> {
    let words: Vec<_> = line.split_whitespace().collect();
    match words[..] {
        ["standing"] => {
            let mut places = serde_json::Map::new();
            for (name, client) in clients {
                let place = ask(client, Command::Standing).await?;
                places.insert(name.to_string(), serde_json::to_value(place)?);
            }
            Ok(places.into())
        }
        ["deaf", name, milliseconds] => {
            let client = clients.get(name).with_context(|| format!("no client is called {name}"))?;
            let time = Duration::from_millis(milliseconds.parse().with_context(|| format!("cannot read {line:?}"))?);
            Ok(json!({ "deaf": ask(client, |answer| Command::Deaf(time, answer)).await? }))
        }
        _ => anyhow::bail!("cannot understand the line {line:?}"),
    }
}

async fn ask<T>(
    client: &mpsc::UnboundedSender<Command>,
    command: impl FnOnce(oneshot::Sender<T>) -> Command,
) -> anyhow::Result<T> {
    let (sender, answer) = oneshot::channel();
    // One that is gone drops the question, which the answer then says.
    let _gone = client.send(command(sender));
    answer.await.context("a client ended before it answered")
}

fn say(out: &mut impl Write, value: &serde_json::Value) -> anyhow::Result<()> {
    writeln!(out, "{value}").and_then(|()| out.flush()).context("cannot answer")
}
