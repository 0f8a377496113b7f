//! Load: listeners that connect and join, senders that send at a rate, and what that costs the processes that serve them.
//!
//! Everything runs on one thread, and no listener has more than a task and what it has not read yet, so that little of the machine
//! goes to the one that measures. Every listener is judged from its join to the end: missing, twice, out of order.

mod process;
mod sender;
mod socket;
pub mod spec;
mod tally;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinSet, LocalSet};
use tokio::time::sleep;

use sender::Sending;
use socket::{Places, Socket};
use spec::{Cost, Outcome, Sender, Spec};
pub(crate) use tally::histogram;
use tally::{Place, Tally};

/// Bytes that a listener reads at once.
const SCRATCH: usize = 64 * 1024;
/// How long nothing may come before what is missing is given up.
const QUIET: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Runs it, on this thread.
///
/// # Errors
/// Somebody could not connect, join or send, or was cut off; a watched process is gone.
pub async fn run(spec: Spec) -> anyhow::Result<Outcome> {
    LocalSet::new().run_until(measure(Rc::new(spec))).await
}

async fn measure(spec: Rc<Spec>) -> anyhow::Result<Outcome> {
    let order = match &spec.sender {
        Sender::Http { order, tokens, .. } if tokens.len() == spec.rooms.len() => order,
        Sender::Http { .. } => bail!("each room needs a token"),
        Sender::Feed { .. } => "seq",
    };
    let tally = Rc::new(RefCell::new(Tally::new(Instant::now(), order)));
    let (first_cpu, rss_before) = (cpu(&spec)?, rss(&spec)?);
    let (failed, mut failures) = mpsc::unbounded_channel();
    let places = listen(&spec, &tally, &failed).await?;
    // What joining left to do is not part of what follows.
    sleep(Duration::from_millis(500)).await;
    let (joined_cpu, rss_joined) = (cpu(&spec)?, rss(&spec)?);

    let sending = Sending::new(Rc::clone(&spec), Rc::clone(&tally));
    let connections = match &spec.sender {
        Sender::Http { connections, .. } => *connections,
        Sender::Feed { .. } => 1,
    };
    for index in 0..connections {
        let (sending, failed) = (Rc::clone(&sending), failed.clone());
        tokio::task::spawn_local(async move {
            if let Err(error) = sending.send(index).await {
                failed.send(error.context("a sender failed")).ok();
            }
        });
    }
    if let Some(rate) = spec.rate {
        let sending = Rc::clone(&sending);
        tokio::task::spawn_local(async move { sending.pace(rate).await });
    }

    let measured = async {
        sleep(Duration::from_secs_f64(spec.warm_up_seconds)).await;
        let (before, began) = (cpu(&spec)?, Instant::now());
        tally.borrow_mut().open();
        sleep(Duration::from_secs_f64(spec.seconds)).await;
        tally.borrow_mut().close();
        let (after, seconds) = (cpu(&spec)?, began.elapsed().as_secs_f64());
        sending.stop();
        settled(&sending, &places).await;
        if !sending.is_over() {
            bail!("a message was never answered");
        }
        anyhow::Ok((before, after, seconds))
    };
    let (before, after, seconds) = tokio::select! {
        measured = measured => measured?,
        Some(error) = failures.recv() => return Err(error),
    };

    let processes = spec.watch.keys().map(|name| {
        let cost = Cost {
            cpu_ns: after[name] - before[name],
            rss_before: rss_before[name],
            rss_joined: rss_joined[name],
            joining_cpu_ns: joined_cpu[name] - first_cpu[name],
        };
        (name.clone(), cost)
    });
    let (delivery, answer) = tally.borrow().latencies();
    let tally = tally.borrow();
    Ok(Outcome {
        sent: sending.sent.get(),
        delivered: tally.delivered,
        seconds,
        refused: sending.refused.get(),
        missing: missing(&sending, &places),
        duplicate: tally.duplicate,
        reordered: tally.reordered,
        delivery,
        answer,
        processes: processes.collect(),
    })
}

/// Opens all listeners, a few at a time.
async fn listen(
    spec: &Rc<Spec>,
    tally: &Rc<RefCell<Tally>>,
    failed: &mpsc::UnboundedSender<anyhow::Error>,
) -> anyhow::Result<Vec<Places>> {
    let scratch = Rc::new(RefCell::new(vec![0; SCRATCH]));
    let turns = Rc::new(Semaphore::new(spec.opening.max(1)));
    let (mut all, mut opening) = (Vec::new(), JoinSet::new());
    for (index, listener) in spec.listeners.iter().enumerate() {
        let places: Places = Rc::new(RefCell::new(listener.rooms.iter().copied().map(Place::new).collect()));
        all.push(Rc::clone(&places));
        let (spec, turns, failed) = (Rc::clone(spec), Rc::clone(&turns), failed.clone());
        let (tally, scratch) = (Rc::clone(tally), Rc::clone(&scratch));
        opening.spawn_local(async move {
            let turn = turns.acquire().await.context("there are no turns")?;
            let opened = Socket::open(index, &spec.listeners[index], spec.dialect, &spec.rooms).await;
            let socket = opened.with_context(|| format!("listener {index}"))?;
            drop(turn);
            let dialect = spec.dialect;
            tokio::task::spawn_local(async move {
                let error = socket.listen(dialect, tally, places, scratch).await;
                failed.send(error.context(format!("listener {index} was cut off"))).ok();
            });
            anyhow::Ok(())
        });
    }
    while let Some(opened) = opening.join_next().await {
        opened.context("a listener panicked")??;
    }
    if all.is_empty() && spec.dialect == spec::Dialect::Bare {
        bail!("a bare fan-out without listeners does nothing");
    }
    Ok(all)
}

fn missing(sending: &Sending, places: &[Places]) -> u64 {
    let done = sending.done.borrow();
    let of = |places: &Places| -> u64 {
        places.borrow().iter().map(|place| done[place.room].saturating_sub(place.messages)).sum()
    };
    places.iter().map(of).sum()
}

/// Until all is answered and everybody has everything, or nothing comes any more.
async fn settled(sending: &Sending, places: &[Places]) {
    let (mut last, mut since) = ((u64::MAX, 0), Instant::now());
    loop {
        let now = (missing(sending, places), sending.answers.get());
        if now.0 == 0 && sending.is_over() {
            return;
        }
        if now != last {
            (last, since) = (now, Instant::now());
        }
        if since.elapsed() > QUIET {
            return;
        }
        sleep(LOOK_EVERY).await;
    }
}

type Figures = BTreeMap<String, u64>;

fn cpu(spec: &Spec) -> anyhow::Result<Figures> {
    each(spec, process::cpu_ns)
}

fn rss(spec: &Spec) -> anyhow::Result<Figures> {
    each(spec, process::rss_bytes)
}

fn each(spec: &Spec, figure: impl Fn(u32) -> anyhow::Result<u64>) -> anyhow::Result<Figures> {
    let of = |(name, pids): (&String, &Vec<u32>)| {
        let sum = pids.iter().map(|pid| figure(*pid)).sum::<anyhow::Result<u64>>()?;
        Ok((name.clone(), sum))
    };
    spec.watch.iter().map(of).collect()
}
