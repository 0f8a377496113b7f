//! Traces: what one request caused, from its head to the sockets, across processes. Off unless `traces.endpoint` is set.
//!
//! Only what is sampled has spans at all: a `Parent` exists for sampled work only, and nobody without one makes a child. So
//! the rest costs a look at an `Option`. Across processes a trace goes by `traceparent` (W3C), in HTTP and on the bus.
//!
//! Spans take numbers and words of our own only, by the types: text, tokens, addresses and names cannot get into them.

mod export;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use opentelemetry::trace::{
    Span as _, SpanContext, SpanId, SpanKind, Status, TraceContextExt as _, TraceFlags, TraceId, TraceState,
    Tracer as _, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

use crate::config::TracesConfig;
use crate::tasks;

/// At the end, what is not sent yet is given this long.
const LAST_EXPORT: Duration = Duration::from_secs(2);

/// The traces of one process. Clones share everything.
#[derive(Clone, Default)]
pub struct Traces(Option<Arc<Recorder>>);

struct Recorder {
    tracer: SdkTracer,
    provider: SdkTracerProvider,
}

/// Something that takes time; it ends when it is dropped.
pub struct Span {
    span: opentelemetry_sdk::trace::Span,
    recorder: Arc<Recorder>,
}

/// A span seen from what happens because of it, in this process or in another.
#[derive(Clone)]
pub struct Parent {
    context: SpanContext,
    recorder: Arc<Recorder>,
}

tokio::task_local! {
    /// Of the request that this task answers.
    static CURRENT: Parent;
}

/// The traced request that this task answers.
pub fn current() -> Option<Parent> {
    CURRENT.try_with(Parent::clone).ok()
}

impl Traces {
    /// Nothing is traced.
    #[must_use]
    pub fn off() -> Self {
        Self(None)
    }

    /// As the settings say, for a process of this role (empty: all in one). To be called within the runtime.
    pub fn start(config: &TracesConfig, role: &str) -> anyhow::Result<Self> {
        let Some(endpoint) = &config.endpoint else { return Ok(Self::off()) };
        let provider = export::provider(config, endpoint, role).context("set up the export of traces")?;
        let tracer = provider.tracer("confab");
        Ok(Self(Some(Arc::new(Recorder { tracer, provider }))))
    }

    /// A request that begins a trace or goes on with one. `None` if it is not sampled. `route` is a pattern that we wrote.
    pub(crate) fn request(&self, method: &str, route: &str, traceparent: Option<&str>) -> Option<Span> {
        let recorder = self.0.as_ref()?;
        let parent = match traceparent.and_then(read) {
            Some(context) => Context::new().with_remote_span_context(context),
            None => Context::new(),
        };
        let builder = recorder.tracer.span_builder(format!("{method} {route}")).with_kind(SpanKind::Server);
        let span = recorder.tracer.build_with_context(builder, &parent);
        span.span_context().is_sampled().then(|| Span { span, recorder: recorder.clone() })
    }

    /// The parent that a message of the bus names, if it is sampled.
    #[must_use]
    pub fn join(&self, traceparent: &str) -> Option<Parent> {
        let recorder = self.0.as_ref()?;
        let context = read(traceparent).filter(SpanContext::is_sampled)?;
        Some(Parent { context, recorder: recorder.clone() })
    }

    /// Sends what is not sent yet, as far as that is quickly done.
    pub async fn finish(self) {
        let Some(recorder) = self.0 else { return };
        let ended = tasks::blocking(move || recorder.provider.shutdown_with_timeout(LAST_EXPORT)).await;
        if let Ok(Err(error)) = ended {
            tracing::debug!(%error, "the last traces were not sent");
        }
    }
}

impl Parent {
    /// Something that this process does itself.
    #[must_use]
    pub fn child(&self, name: &'static str) -> Span {
        self.start(name, SpanKind::Internal)
    }

    /// A message on its way to others.
    #[must_use]
    pub fn sending(&self, name: &'static str) -> Span {
        self.start(name, SpanKind::Producer)
    }

    /// A message that came.
    #[must_use]
    pub fn receiving(&self, name: &'static str) -> Span {
        self.start(name, SpanKind::Consumer)
    }

    /// As the header says it.
    #[must_use]
    pub fn traceparent(&self) -> String {
        let context = &self.context;
        format!("00-{}-{}-{:02x}", context.trace_id(), context.span_id(), context.trace_flags())
    }

    fn start(&self, name: &'static str, kind: SpanKind) -> Span {
        let parent = Context::new().with_remote_span_context(self.context.clone());
        let builder = self.recorder.tracer.span_builder(name).with_kind(kind);
        Span { span: self.recorder.tracer.build_with_context(builder, &parent), recorder: self.recorder.clone() }
    }
}

impl Span {
    #[must_use]
    pub fn parent(&self) -> Parent {
        Parent { context: self.span.span_context().clone(), recorder: self.recorder.clone() }
    }

    pub fn number(&mut self, key: &'static str, number: usize) {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        self.span.set_attribute(KeyValue::new(key, number));
    }

    pub fn word(&mut self, key: &'static str, word: &'static str) {
        self.span.set_attribute(KeyValue::new(key, word));
    }

    /// It did not do what it should.
    pub fn fail(&mut self) {
        self.span.set_status(Status::error(""));
    }

    /// Answers a request: what `answering` does is known to be its.
    pub(crate) async fn around<T>(&self, answering: impl Future<Output = T>) -> T {
        CURRENT.scope(self.parent(), answering).await
    }

    pub(crate) fn trace_id(&self) -> u128 {
        u128::from_be_bytes(self.span.span_context().trace_id().to_bytes())
    }
}

/// `00-{trace}-{span}-{flags}`; `None` for anything else. Never fails: anybody may have written it.
fn read(traceparent: &str) -> Option<SpanContext> {
    let mut parts = traceparent.split('-');
    let mut hex = |digits: usize| {
        parts.next().filter(|part| part.len() == digits && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
    };
    let (version, trace, span, flags) = (hex(2)?, hex(32)?, hex(16)?, hex(2)?);
    if version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()? & TraceFlags::SAMPLED.to_u8());
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let context = SpanContext::new(trace, span, flags, true, TraceState::NONE);
    context.is_valid().then_some(context)
}

#[cfg(test)]
#[path = "../../tests/unit/traces.rs"]
mod tests;
