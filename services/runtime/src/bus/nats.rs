//! The bus over NATS core: one client, reconnecting in the background for ever, with a publisher task of its own.
//!
//! The subjects of users are taken by one subscription for all, and handed on in the process: each subscription of async-nats holds
//! 6 KiB, and a gateway has thousands of users, whose own streams say little.
//!
//! Must not wait: async-nats' `publish` and `subscribe` block once its command queue is full while NATS is away, so publishing
//! goes through our own bounded queue and a task that drops, and a subscribe that would block is finished by a task.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use anyhow::Context as _;
use async_nats::connection::State;
use async_nats::{Client, ConnectOptions, Event, Subscriber};
use confab_proto::subject::{LIVE_USERS, SIGNAL_USERS};
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::{mpsc, oneshot};
use tokio::task::coop::unconstrained;
use tokio_util::sync::CancellationToken;

use super::{
    Bus, BusStatus, InProcess, Message, PUBLISH_QUEUE, SUBSCRIPTION_QUEUE, Subscription, headers, is_literal,
    is_sendable,
};
use crate::config::{NatsConfig, urls};
use crate::tasks::Tasks;

/// Longest wait for room in the client's own queue; it is full only while the connection is broken or far behind.
const PATIENCE: Duration = Duration::from_millis(100);
/// At the stop, what is published is given this long to reach the socket.
const LAST_FLUSH: Duration = Duration::from_secs(1);
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_CAP: Duration = Duration::from_secs(2);

pub struct Nats {
    client: Client,
    queue: mpsc::Sender<Message>,
    counters: Arc<Counters>,
    tasks: Tasks,
    /// What came for users.
    users: InProcess,
    follows_users: Once,
}

#[derive(Default)]
struct Counters {
    dropped: AtomicU64,
    /// So that an outage is logged once, not with each attempt.
    away_logged: AtomicBool,
    refused: AtomicU64,
}

impl Counters {
    fn drop_one(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

impl Nats {
    /// Returns at once, connected or not. Fails on a url or credentials file that cannot work.
    pub async fn connect(config: &NatsConfig, tasks: &Tasks) -> anyhow::Result<Self> {
        let counters = Arc::new(Counters::default());
        let servers =
            urls::nats_servers(config.url.expose()).map_err(|problem| anyhow::anyhow!("nats.url: {problem}"))?;
        let client =
            options(config, counters.clone()).await?.connect(servers).await.context("set up the NATS client")?;
        let (queue, waiting) = mpsc::channel(PUBLISH_QUEUE);
        let support = tasks.support();
        let publisher = publish_all(client.clone(), waiting, counters.clone(), support.stop());
        support.spawn("nats publisher", publisher);
        let (users, follows_users) = (InProcess::new(), Once::new());
        Ok(Self { client, queue, counters, tasks: tasks.clone(), users, follows_users })
    }

    /// Hands on what comes for any user. With the first subscription of that kind: the API has none.
    fn follow_users(&self) {
        for subject in [LIVE_USERS, SIGNAL_USERS] {
            let (mut feed, users) = (self.feed(subject), self.users.clone());
            let stop = self.tasks.support().stop();
            self.tasks.support().spawn("users' subjects", async move {
                stop.run_until_cancelled(async {
                    while let Some(message) = feed.next().await {
                        users.publish(message);
                    }
                })
                .await;
                // Without it the sweep brings what happens.
                stop.cancelled().await;
                Ok(())
            });
        }
    }

    /// Of a subject, or of all that differ in the last token.
    fn feed(&self, subject: &str) -> Subscription {
        let (client, owned) = (self.client.clone(), subject.to_owned());
        let mut starting = Box::pin(async move { client.subscribe(owned).await });
        let state = match (&mut starting).now_or_never() {
            Some(Ok(subscriber)) => FeedState::Running(subscriber),
            Some(Err(error)) => {
                tracing::error!(bus.subject = subject, error = %error, "cannot subscribe");
                return Subscription(super::Feed::Never);
            }
            None => {
                let (sender, receiver) = oneshot::channel();
                self.tasks.spawn_detached("nats subscribe", async move {
                    if let Ok(subscriber) = starting.await {
                        // Nobody left to take it: dropping it unsubscribes.
                        let _unused = sender.send(subscriber);
                    }
                });
                FeedState::Starting(receiver)
            }
        };
        Subscription(super::Feed::Nats(Feed { subject: subject.to_owned(), state, counters: self.counters.clone() }))
    }
}

async fn options(config: &NatsConfig, counters: Arc<Counters>) -> anyhow::Result<ConnectOptions> {
    Ok(base_options(config).await?.name("confab").subscription_capacity(SUBSCRIPTION_QUEUE).event_callback(
        move |event| {
            note(&event, &counters);
            async {}
        },
    ))
}

/// What every connection of ours has: who we are, and that it comes back for ever.
pub(super) async fn base_options(config: &NatsConfig) -> anyhow::Result<ConnectOptions> {
    let mut options = ConnectOptions::new();
    if let Some(path) = &config.credentials_file {
        options = options.credentials_file(path).await.context("read nats.credentials_file")?;
    }
    if let (Some(user), Some(password)) = (&config.user, &config.password) {
        options = options.user_and_password(user.clone(), password.expose().to_owned());
    }
    Ok(options
        .retry_on_initial_connect()
        .max_reconnects(None)
        .reconnect_delay_callback(retry_delay)
        .connection_timeout(Duration::from_secs(5))
        .ping_interval(Duration::from_secs(5)))
}

/// 50 ms, doubled up to 2 s; the first attempt at once.
fn retry_delay(attempts: usize) -> Duration {
    match u32::try_from(attempts.saturating_sub(2)) {
        _ if attempts <= 1 => Duration::ZERO,
        Ok(doublings) => RETRY_FIRST.saturating_mul(2_u32.saturating_pow(doublings)).min(RETRY_CAP),
        Err(_) => RETRY_CAP,
    }
}

fn note(event: &Event, counters: &Counters) {
    match event {
        Event::Connected => {
            if counters.away_logged.swap(false, Ordering::Relaxed) {
                tracing::info!("NATS is back");
            }
        }
        Event::Disconnected | Event::ClientError(_) => {
            if !counters.away_logged.swap(true, Ordering::Relaxed) {
                tracing::warn!(bus.event = %event, "NATS is away, trying again in the background; delivery goes on by the sweep");
            }
        }
        Event::SlowConsumer(_) => counters.drop_one(),
        Event::ServerError(error) => tell_refusal(error, &counters.refused),
        Event::LameDuckMode | Event::Draining | Event::Closed => {
            tracing::info!(bus.event = %event, "NATS says")
        }
    }
}

/// Rights that are missing, and the like: somebody must look at the settings of NATS.
/// A missing right is refused with every message, so only the 1st, 2nd, 4th, 8th, … is told.
pub(super) fn tell_refusal(error: &async_nats::ServerError, refused: &AtomicU64) {
    let times = refused.fetch_add(1, Ordering::Relaxed) + 1;
    if times.is_power_of_two() {
        tracing::warn!(bus.error = %error, bus.refusals = times, "NATS refused something");
    }
}

/// Publishes what is queued until the stop, then what is still queued, then ends.
async fn publish_all(
    client: Client,
    mut waiting: mpsc::Receiver<Message>,
    counters: Arc<Counters>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    while let Some(Some(message)) = stop.run_until_cancelled(waiting.recv()).await {
        publish_one(&client, message, &counters).await;
    }
    stop.cancelled().await;
    while let Ok(message) = waiting.try_recv() {
        publish_one(&client, message, &counters).await;
    }
    if client.connection_state() == State::Connected {
        // Whether it got there is not a promise of the bus.
        let _best_effort = tokio::time::timeout(LAST_FLUSH, client.flush()).await;
    }
    Ok(())
}

async fn publish_one(client: &Client, message: Message, counters: &Counters) {
    // What waits out an outage would come late and in a flood; the sweep has delivered it by then.
    if client.connection_state() != State::Connected || !is_sendable(&message) {
        return counters.drop_one();
    }
    let Message { subject, headers, body } = message;
    let sent = match headers.as_ref().map(headers::encode) {
        None => tokio::time::timeout(PATIENCE, client.publish(subject, body)).await,
        Some(Ok(map)) => tokio::time::timeout(PATIENCE, client.publish_with_headers(subject, map, body)).await,
        Some(Err(headers::Malformed)) => return counters.drop_one(),
    };
    if !matches!(sent, Ok(Ok(()))) {
        counters.drop_one();
    }
}

impl Bus for Nats {
    fn publish(&self, message: Message) {
        if self.queue.try_send(message).is_err() {
            self.counters.drop_one();
        }
    }

    fn subscribe(&self, subject: &str) -> Subscription {
        if !is_literal(subject) {
            tracing::error!(bus.subject = subject, "cannot subscribe: not a literal subject");
            return Subscription(super::Feed::Never);
        }
        if covers(LIVE_USERS, subject) || covers(SIGNAL_USERS, subject) {
            self.follows_users.call_once(|| self.follow_users());
            return self.users.subscribe(subject);
        }
        self.feed(subject)
    }

    fn status(&self) -> BusStatus {
        match self.client.connection_state() {
            State::Connected => BusStatus::Ok,
            State::Pending | State::Disconnected => BusStatus::Away,
        }
    }

    fn dropped(&self) -> u64 {
        self.counters.dropped.load(Ordering::Relaxed) + self.users.dropped()
    }
}

/// Whether a message for `subject` comes by a subscription to `wanted`.
fn covers(wanted: &str, subject: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(begin) => subject.strip_prefix(begin).is_some_and(|end| !end.is_empty() && !end.contains('.')),
        None => wanted == subject,
    }
}

pub(super) struct Feed {
    subject: String,
    state: FeedState,
    counters: Arc<Counters>,
}

enum FeedState {
    Starting(oneshot::Receiver<Subscriber>),
    Running(Subscriber),
}

impl Feed {
    pub(super) async fn next(&mut self) -> Option<Message> {
        loop {
            let message = match &mut self.state {
                FeedState::Starting(starting) => {
                    self.state = FeedState::Running(starting.await.ok()?);
                    continue;
                }
                FeedState::Running(subscriber) => subscriber.next().await?,
            };
            if let Some(message) = self.read(message) {
                return Some(message);
            }
        }
    }

    pub(super) fn try_next(&mut self) -> Option<Message> {
        // Without the runtime's budget, which would feign an empty queue after 128 messages.
        unconstrained(self.next()).now_or_never().flatten()
    }

    /// `None`, counted, for a message whose headers make no sense, and for one that was published elsewhere: whoever may make
    /// consumers can let JetStream deliver other messages here, without the right to publish here.
    fn read(&self, message: async_nats::Message) -> Option<Message> {
        if !covers(&self.subject, &message.subject) {
            self.counters.drop_one();
            return None;
        }
        let headers = match message.headers.as_ref().map(headers::decode) {
            None => None,
            Some(Ok(headers)) => headers,
            Some(Err(headers::Malformed)) => {
                self.counters.drop_one();
                return None;
            }
        };
        Some(Message { subject: message.subject.to_string(), headers, body: message.payload })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_token() {
        assert!(covers("a.user.*", "a.user.7") && covers("a.b", "a.b"));
        assert!(
            !covers("a.user.*", "a.user.7.8")
                && !covers("a.user.*", "a.user.")
                && !covers("a.user.*", "a.7")
                && !covers("a.b", "a.c")
        );
    }
}
