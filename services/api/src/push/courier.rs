//! Brings parcels to the push services of browsers, and learns which browsers are gone.
//!
//! A few at once to each service; what a service cannot take now is tried again a few times, as late as it says. No answer's body is
//! read, and no redirection is followed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use confab_proto::Timestamp;
use confab_runtime::chance::jittered;
use confab_runtime::config::{Config, PushConfig};
use confab_runtime::metrics::{By, Counter, Metrics};
use confab_store::{PushSubscription, Store};
use futures_util::{StreamExt as _, stream};
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use http::{Request, Response, StatusCode, Uri};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::PushState;
use super::step::Parcel;

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(15);
const IDLE: Duration = Duration::from_secs(60);
/// Parcels on their way, or waiting to be tried again.
const AT_ONCE: usize = 64;
/// Requests to one service.
const AT_ONE_SERVICE: usize = 16;
/// Services remembered; more than there are.
const SERVICES: usize = 1_000;
const TRIES: u32 = 4;
const RETRY_FIRST: Duration = Duration::from_secs(1);
/// Whatever a service asks for.
const RETRY_CAP: Duration = Duration::from_secs(60);
/// How long a service keeps what it cannot deliver.
const TTL_SECONDS: u32 = 24 * 3600;
const SENT: &str = "Browsers told of a message by Web Push, or not: delivered, gone, refused, failed";

pub(super) struct Courier {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    config: PushConfig,
    contact: Option<String>,
    services: Mutex<HashMap<String, Arc<Semaphore>>>,
    store: Arc<dyn Store>,
    state: Arc<PushState>,
    /// By what became of them.
    sent: By<Counter>,
}

/// What became of one try.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Delivered,
    /// There is no such subscription any more.
    Gone,
    Refused(StatusCode),
    Later(Option<Duration>),
}

impl Answer {
    fn of<B>(response: &Response<B>) -> Self {
        match response.status() {
            status if status.is_success() => Self::Delivered,
            StatusCode::NOT_FOUND | StatusCode::GONE => Self::Gone,
            status if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
                let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
                Self::Later(after.map(Duration::from_secs))
            }
            status => Self::Refused(status),
        }
    }
}

impl Courier {
    pub(super) fn new(
        config: &Config,
        store: &Arc<dyn Store>,
        state: &Arc<PushState>,
        metrics: &Metrics,
    ) -> anyhow::Result<Self> {
        let mut tcp = HttpConnector::new();
        tcp.set_connect_timeout(Some(CONNECT));
        tcp.enforce_http(false);
        let certificates =
            HttpsConnectorBuilder::new().with_native_roots().context("read the certificates of this system")?;
        // Which addresses are called without TLS is for the settings to say: none, but in tests.
        let connector = certificates.https_or_http().enable_http1().wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        let public_url = config.http.public_url.clone().filter(|url| url.starts_with("https://"));
        Ok(Self {
            client,
            contact: config.push.contact.clone().or(public_url),
            config: config.push.clone(),
            services: Mutex::default(),
            store: Arc::clone(store),
            state: Arc::clone(state),
            sent: metrics.counters("confab_push_sent", SENT, "result"),
        })
    }

    pub(super) async fn run(self, waiting: mpsc::Receiver<Parcel>, stop: CancellationToken) -> anyhow::Result<()> {
        let parcels = stream::unfold(waiting, async |mut waiting| Some((waiting.recv().await?, waiting)));
        let courier = &self;
        let work = async {
            parcels.for_each_concurrent(AT_ONCE, |parcel| courier.deliver(parcel)).await;
            // Whoever gives parcels ends at the stop, as this does.
            std::future::pending::<()>().await;
        };
        stop.run_until_cancelled(work).await;
        Ok(())
    }

    async fn deliver(&self, parcel: Parcel) {
        let session = parcel.subscription.session;
        let Some((uri, origin)) = self.address(&parcel.subscription) else {
            tracing::warn!(session.id = %session, "a subscription points where the settings allow none any more");
            return self.count("refused");
        };
        let (body, topic) = (Bytes::from(parcel.body), parcel.conversation.uuid().simple().to_string());
        let mut pause = RETRY_FIRST;
        for tries_left in (0..TRIES).rev() {
            let answer = self.send(&uri, &origin, &topic, body.clone()).await;
            match answer {
                Answer::Delivered => return self.count("delivered"),
                Answer::Gone => return self.forget(&parcel.subscription).await,
                Answer::Refused(status) => {
                    tracing::warn!(session.id = %session, push.service = origin, status = status.as_u16(), "a push service refuses");
                    return self.count("refused");
                }
                Answer::Later(after) if tries_left > 0 => {
                    sleep(after.map_or_else(|| jittered(pause), |after| after.max(pause)).min(RETRY_CAP)).await;
                    pause = pause.saturating_mul(4);
                }
                Answer::Later(_) => {
                    tracing::warn!(session.id = %session, push.service = origin, "a push service cannot be reached; given up");
                    self.count("failed");
                }
            }
        }
    }

    /// Whose settings may have changed since it was kept.
    fn address(&self, subscription: &PushSubscription) -> Option<(Uri, String)> {
        let uri: Uri = subscription.endpoint.parse().ok()?;
        let origin = format!("{}://{}", uri.scheme_str()?, uri.authority()?);
        self.config.allows(&uri).then_some((uri, origin))
    }

    async fn send(&self, uri: &Uri, origin: &str, topic: &str, body: Bytes) -> Answer {
        let service = self.service(origin);
        let _place = service.acquire().await.expect("it is never closed");
        let key = match self.state.key(&*self.store).await {
            Ok(key) => key,
            Err(error) => {
                tracing::warn!(%error, "the key of Web Push cannot be read");
                return Answer::Later(None);
            }
        };
        let now_seconds = Timestamp::now().0 / 1_000_000;
        let request = Request::post(uri)
            .header(AUTHORIZATION, key.authorization(origin, self.contact.as_deref(), now_seconds))
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_ENCODING, "aes128gcm")
            .header("TTL", TTL_SECONDS)
            .header("Urgency", "high")
            .header("Topic", topic)
            .body(Full::new(body))
            .expect("all of it was parsed before or is made of letters");
        match timeout(ANSWER, self.client.request(request)).await {
            Ok(Ok(response)) => Answer::of(&response),
            Ok(Err(error)) => {
                tracing::debug!(%error, push.service = origin, "a push service cannot be reached");
                Answer::Later(None)
            }
            Err(_) => Answer::Later(None),
        }
    }

    fn service(&self, origin: &str) -> Arc<Semaphore> {
        // Nothing panics half-way through a change, so a poisoned map is whole.
        let mut services = self.services.lock().unwrap_or_else(PoisonError::into_inner);
        if services.len() >= SERVICES {
            services.clear();
        }
        Arc::clone(services.entry(origin.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(AT_ONE_SERVICE))))
    }

    async fn forget(&self, subscription: &PushSubscription) {
        self.count("gone");
        if let Err(error) = self.store.unsubscribe(&subscription.endpoint, subscription.user).await {
            tracing::debug!(%error, "a subscription that is gone stays until it is told of the next message");
        }
    }

    fn count(&self, result: &'static str) {
        self.sent.of(result).inc();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn each_answer_of_a_service_is_understood() {
        let answer = |status: u16, after: &str| {
            let response = Response::builder().status(status).header(RETRY_AFTER, after).body(()).unwrap();
            Answer::of(&response)
        };
        assert_eq!(answer(201, "9"), Answer::Delivered);
        assert_eq!(answer(404, ""), Answer::Gone);
        assert_eq!(answer(410, ""), Answer::Gone);
        assert_eq!(answer(429, "7"), Answer::Later(Some(Duration::from_secs(7))));
        assert_eq!(answer(503, "Wed, 21 Oct 2037 07:28:00 GMT"), Answer::Later(None));
        for refused in [301, 400, 401, 403, 413] {
            assert_eq!(answer(refused, "1"), Answer::Refused(StatusCode::from_u16(refused).unwrap()));
        }
    }
}
