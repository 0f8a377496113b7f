//! A bucket of an S3 server, by the HTTP client and the TLS that the rest of Confab uses.
//!
//! Connecting and the head of an answer have their time; whoever reads the body sees to the rest.

use std::fmt;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use confab_runtime::config::S3Config;
use http_body_util::BodyExt as _;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{
    HttpClient, HttpConnector as MakeClient, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse,
    HttpResponseBody, HttpService,
};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use tokio::time::timeout;

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(20);
const IDLE: Duration = Duration::from_secs(30);

pub(super) fn open(config: &S3Config) -> anyhow::Result<AmazonS3> {
    let client = client(config)?;
    let retry = RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(1),
            base: 2.0,
        },
        max_retries: 3,
        retry_timeout: Duration::from_secs(10),
    };
    AmazonS3Builder::new()
        .with_endpoint(&config.endpoint)
        .with_bucket_name(&config.bucket)
        .with_region(&config.region)
        .with_access_key_id(config.access_key_id.expose())
        .with_secret_access_key(config.secret_access_key.expose())
        .with_allow_http(true)
        // One at a time is what every server knows.
        .with_disable_bulk_delete(true)
        .with_retry(retry)
        .with_http_connector(client)
        .build()
        .context("the settings of the S3 server cannot be used")
}

/// Certificates are read only where they are needed: a container may have none.
fn client(config: &S3Config) -> anyhow::Result<OurClient> {
    let mut tcp = HttpConnector::new();
    tcp.set_connect_timeout(Some(CONNECT));
    if config.endpoint.starts_with("http://") {
        return Ok(OurClient::new(tcp));
    }
    tcp.enforce_http(false);
    let certificates =
        HttpsConnectorBuilder::new().with_native_roots().context("read the certificates of this system")?;
    Ok(OurClient::new(certificates.https_only().enable_http1().wrap_connector(tcp)))
}

/// What gives the object store its client.
#[derive(Debug)]
struct OurClient(HttpClient);

impl OurClient {
    fn new<C: Connect + Clone + Send + Sync + 'static>(connector: C) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Self(HttpClient::new(Service(client)))
    }
}

impl MakeClient for OurClient {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(self.0.clone())
    }
}

struct Service<C>(Client<C, HttpRequestBody>);

impl<C> fmt::Debug for Service<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Service")
    }
}

#[async_trait]
impl<C: Connect + Clone + Send + Sync + 'static> HttpService for Service<C> {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = match timeout(ANSWER, self.0.request(request)).await {
            Err(elapsed) => return Err(HttpError::new(HttpErrorKind::Timeout, elapsed)),
            Ok(Err(error)) if error.is_connect() => return Err(HttpError::new(HttpErrorKind::Connect, error)),
            Ok(Err(error)) => return Err(HttpError::new(HttpErrorKind::Request, error)),
            Ok(Ok(answer)) => answer,
        };
        Ok(answer
            .map(|body| HttpResponseBody::new(body.map_err(|error| HttpError::new(HttpErrorKind::Interrupted, error)))))
    }
}
