//! The way of a message through NATS and nothing else.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use futures_util::StreamExt as _;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::load::spec::Latency;

const WAIT: Duration = Duration::from_secs(10);

/// Publishes `rate` messages of `bytes` a second for so many seconds on one connection and reads them on another.
///
/// # Errors
/// NATS is not there, or a message did not arrive.
pub async fn run(nats: &str, rate: u32, seconds: u32, bytes: usize) -> anyhow::Result<Latency> {
    if rate == 0 || seconds == 0 {
        bail!("rate and seconds are 1 at least");
    }
    let connect = || async { async_nats::connect(nats).await.with_context(|| format!("cannot connect to {nats}")) };
    let (publisher, reader) = (connect().await?, connect().await?);
    let subject = format!("bench.hop.{}", uuid::Uuid::new_v4());
    let mut messages = reader.subscribe(subject.clone()).await.context("cannot subscribe")?;
    reader.flush().await.context("cannot subscribe")?;
    // A subscription counts once the server took it, which flush does not wait for.
    publisher.publish(subject.clone(), "first".into()).await.context("cannot publish")?;
    while timeout(Duration::from_millis(100), messages.next()).await.is_err() {
        publisher.publish(subject.clone(), "first".into()).await.context("cannot publish")?;
    }

    let (began, count) = (Instant::now(), u64::from(rate) * u64::from(seconds));
    let now = move || u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
    let sending = async {
        let mut ticks = interval(Duration::from_secs(1) / rate);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        for _ in 0..count {
            ticks.tick().await;
            let text = format!("{:x<bytes$}", format!("{} ", now()));
            publisher.publish(subject.clone(), text.into()).await.context("cannot publish")?;
        }
        anyhow::Ok(())
    };
    let reading = async {
        let (mut latency, mut got) = (super::load::histogram(), 0);
        while got < count {
            let message = timeout(WAIT, messages.next()).await.context("a message did not arrive")?;
            let message = message.context("the connection broke")?;
            let sent =
                std::str::from_utf8(&message.payload)?.split(' ').next().and_then(|text| text.parse::<u64>().ok());
            // Those that only tried the subscription carry no time.
            if let Some(sent) = sent {
                latency.saturating_record(now().saturating_sub(sent) / 1000);
                got += 1;
            }
        }
        anyhow::Ok(Latency::of(&latency))
    };
    let ((), latency) = tokio::try_join!(sending, reading)?;
    Ok(latency)
}
