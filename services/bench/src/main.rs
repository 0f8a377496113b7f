//! `confab-bench`: many clients in one process. `clients` plays those of a spec and writes down what they see; `load` measures what
//! servers cost, `fanout` is the barest of them, `hop` is the way through NATS alone.

use std::io::{BufRead as _, Write as _, stderr, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Parser;
use confab_bench::history::History;
use confab_bench::spec::Spec;
use confab_bench::{crowd, fanout, hop, load};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

/// Clients of Confab, many in one process.
#[derive(Parser)]
#[command(name = "confab-bench", version)]
enum Cli {
    /// Plays the clients of a spec until stdin closes. The line `standing` on stdin is answered by where everybody
    /// stands, `deaf CLIENT MS` stops a websocket's reader for a while.
    Clients {
        /// Gateways and clients, JSON.
        #[arg(long, value_name = "FILE")]
        spec: PathBuf,
        /// What the clients saw, one JSON object a line; begun anew.
        #[arg(long, value_name = "FILE")]
        history: PathBuf,
    },
    /// Connects, joins, sends and measures as the spec on stdin says, and tells the outcome; both are JSON.
    Load,
    /// Writes messages to sockets and does nothing else, until it is killed. Says its ports: `{"sockets":…,"feed":…}`.
    Fanout,
    /// Sends messages from one connection to NATS to another at a rate, and tells how long they took: `{"p50":…,"p99":…,"max":…}` in µs.
    Hop {
        /// Address of the NATS server.
        #[arg(long)]
        nats: String,
        /// Messages a second.
        #[arg(long, default_value_t = 1000)]
        rate: u32,
        #[arg(long, default_value_t = 3)]
        seconds: u32,
        /// Of each message.
        #[arg(long, default_value_t = 400)]
        bytes: usize,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse() {
        Cli::Clients { spec, history } => clients(&spec, &history),
        Cli::Load => load(),
        Cli::Fanout => fanout(),
        Cli::Hop { nats, rate, seconds, bytes } => hop(&nats, rate, seconds, bytes),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where stderr is gone too there is only the exit code left.
            let _told = writeln!(stderr(), "confab-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// One thread: what happened first is written first.
fn clients(spec: &Path, history: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(spec).with_context(|| format!("cannot read {}", spec.display()))?;
    let spec: Spec = serde_json::from_str(&text).with_context(|| format!("{} is no spec", spec.display()))?;
    let history = History::create(history).with_context(|| format!("cannot write {}", history.display()))?;
    runtime()?.block_on(crowd::run(spec, Arc::new(history), lines(), stdout()))
}

fn load() -> anyhow::Result<()> {
    let spec: load::spec::Spec = serde_json::from_reader(stdin().lock()).context("stdin has no spec")?;
    let outcome = runtime()?.block_on(load::run(spec))?;
    writeln!(stdout(), "{}", serde_json::to_string(&outcome)?).context("cannot tell the outcome")
}

fn fanout() -> anyhow::Result<()> {
    runtime()?.block_on(fanout::run(|sockets, feed| {
        // Whoever does not read it does not connect either.
        writeln!(stdout(), r#"{{"sockets":{sockets},"feed":{feed}}}"#).ok();
    }))
}

fn hop(nats: &str, rate: u32, seconds: u32, bytes: usize) -> anyhow::Result<()> {
    let latency = runtime()?.block_on(hop::run(nats, rate, seconds, bytes))?;
    writeln!(stdout(), "{}", serde_json::to_string(&latency)?).context("cannot tell the latency")
}

fn runtime() -> anyhow::Result<Runtime> {
    Builder::new_current_thread().enable_all().build().context("cannot start")
}

/// The lines of stdin, read by a thread of its own, which ends with the process if it has to.
fn lines() -> mpsc::UnboundedReceiver<String> {
    let (sender, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}
