//! Sends spans to the collector: OTLP over HTTP, by a thread of its own that nothing waits for.
//!
//! What does not fit into its queue is dropped. A collector that is away is logged once, and its return.

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::TokioExecutor;
use opentelemetry::KeyValue;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, RandomIdGenerator, Sampler, SdkTracerProvider};
use tokio::runtime::Handle;

use crate::config::TracesConfig;

const TIMEOUT: Duration = Duration::from_secs(10);
/// A collector answers with a few bytes.
const MAX_ANSWER: usize = 64 * 1024;

pub(super) fn provider(config: &TracesConfig, endpoint: &Uri, role: &str) -> anyhow::Result<SdkTracerProvider> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_shared_http_client(client(endpoint)?)
        .with_endpoint(endpoint.to_string())
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(TIMEOUT)
        .build()?;
    let batches = BatchConfigBuilder::default().with_scheduled_delay(config.export_every).build();
    let begins = match config.sample_one_in {
        Some(one_in) => Sampler::TraceIdRatioBased(1.0 / f64::from(one_in)),
        None => Sampler::AlwaysOff,
    };
    let name = match role {
        "" => config.service_name.clone(),
        role => format!("{}-{role}", config.service_name),
    };
    let resource = Resource::builder_empty()
        .with_attributes([KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))])
        .with_service_name(name)
        .build();
    Ok(SdkTracerProvider::builder()
        .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(batches).build())
        .with_sampler(Sampler::ParentBased(Box::new(begins)))
        .with_id_generator(RandomIdGenerator::default())
        .with_resource(resource)
        .build())
}

/// Certificates are read only where they are needed: a container may have none.
fn client(endpoint: &Uri) -> anyhow::Result<Arc<dyn HttpClient>> {
    if endpoint.scheme_str() == Some("http") {
        return Ok(Arc::new(Collector::new(HttpConnector::new())));
    }
    let certificates =
        HttpsConnectorBuilder::new().with_native_roots().context("read the certificates of this system")?;
    Ok(Arc::new(Collector::new(certificates.https_only().enable_http1().build())))
}

/// The client that the exporter's thread uses. Sockets and timers are those of our runtime.
struct Collector<C> {
    client: Client<C, Full<Bytes>>,
    runtime: Handle,
    away: AtomicBool,
}

impl<C: Connect + Clone + Send + Sync + 'static> Collector<C> {
    fn new(connector: C) -> Self {
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Self { client, runtime: Handle::current(), away: AtomicBool::new(false) }
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = async {
            let (parts, body) = self.client.request(request.map(Full::new)).await?.into_parts();
            let body = Limited::new(body, MAX_ANSWER).collect().await?.to_bytes();
            Ok(Response::from_parts(parts, body))
        };
        tokio::time::timeout(TIMEOUT, sent).await?
    }

    fn note(&self, sent: &Result<Response<Bytes>, HttpError>) {
        let problem = match sent {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(response.status().to_string()),
            Err(error) => Some(error.to_string()),
        };
        let was_away = self.away.swap(problem.is_some(), Ordering::Relaxed);
        match problem {
            Some(error) if !was_away => tracing::warn!(error, "traces cannot be sent, trying again; the chat goes on"),
            None if was_away => tracing::info!("traces are sent again"),
            _ => {}
        }
    }
}

#[async_trait]
impl<C: Connect + Clone + Send + Sync + 'static> HttpClient for Collector<C> {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let mut sending = pin!(self.send(request));
        let sent = poll_fn(|context| {
            // The thread that polls is the exporter's.
            let _runtime = self.runtime.enter();
            sending.as_mut().poll(context)
        })
        .await;
        self.note(&sent);
        sent
    }
}

impl<C> fmt::Debug for Collector<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Collector")
    }
}
