//! One contract suite over both buses, and what only NATS can do: send nonsense, go away, come back.
#![expect(clippy::unwrap_used, reason = "tests")]

mod contract;
mod outage;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use confab_runtime::bus::{self, Bus, LiveHeaders, Message, Subscription};
use confab_runtime::config::Config;
use confab_runtime::tasks::Tasks;

/// A net under the tests, far above what any of them needs.
const NET: Duration = Duration::from_secs(60);

#[expect(clippy::disallowed_methods, reason = "the test server's address is no setting of Confab")]
fn nats_url() -> String {
    std::env::var("NATS_URL").expect("NATS_URL is not set: run `make test`, which starts a private NATS for the tests")
}

async fn connect(url: &str) -> Arc<dyn Bus> {
    let env = [("CONFAB__NATS__URL".to_owned(), url.to_owned())];
    let config = Config::load(None, env.into_iter()).unwrap();
    bus::connect(&config.nats, &Tasks::new()).await.unwrap()
}

/// A subject no other test and no other run uses.
fn subject() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    format!("confab.test.{now}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn signal(subject: &str, body: impl Into<Bytes>) -> Message {
    Message { subject: subject.to_owned(), headers: None, body: body.into() }
}

fn live(subject: &str, seq: u64) -> Message {
    let headers = LiveHeaders {
        seq,
        position: seq + 1000,
        event_type: "message.posted".to_owned(),
        epoch: "00000000000000ff".to_owned(),
        traceparent: None,
    };
    Message { headers: Some(headers), ..signal(subject, format!("event {seq}")) }
}

async fn next(subscription: &mut Subscription) -> Message {
    tokio::time::timeout(NET, subscription.next())
        .await
        .expect("a message within the net")
        .expect("an open subscription")
}

/// Publishes probes until the subscription hears them, then takes what is left of them: from here on all is heard, and only the rest.
async fn settle(sender: &dyn Bus, subject: &str, subscription: &mut Subscription) {
    let deadline = tokio::time::Instant::now() + NET;
    loop {
        assert!(tokio::time::Instant::now() < deadline, "the subscription to {subject} hears nothing");
        sender.publish(signal(subject, "probe"));
        if tokio::time::timeout(Duration::from_millis(20), subscription.next()).await.is_ok() {
            break;
        }
    }
    sender.publish(signal(subject, "last probe"));
    while next(subscription).await.body != "last probe" {}
}
