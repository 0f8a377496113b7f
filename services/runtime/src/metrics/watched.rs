//! An instrument whose values are read when somebody looks.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

pub(super) enum Reading {
    One(f64),
    /// A label, and a number for each of its values.
    By(&'static str, Vec<(&'static str, f64)>),
}

pub(super) struct Watched {
    name: &'static str,
    help: &'static str,
    kind: MetricType,
    read: Box<dyn Fn() -> Reading + Send + Sync>,
}

impl Watched {
    pub(super) fn new(
        name: &'static str,
        help: &'static str,
        kind: MetricType,
        read: impl Fn() -> Reading + Send + Sync + 'static,
    ) -> Self {
        Self { name, help, kind, read: Box::new(read) }
    }

    fn encode_one(&self, number: f64, encoder: MetricEncoder<'_>) -> fmt::Result {
        match self.kind {
            MetricType::Counter => ConstCounter::new(number).encode(encoder),
            _ => ConstGauge::new(number).encode(encoder),
        }
    }
}

impl Collector for Watched {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut encoder = encoder.encode_descriptor(self.name, self.help, None, self.kind)?;
        match (self.read)() {
            Reading::One(number) => self.encode_one(number, encoder),
            Reading::By(label, numbers) => numbers
                .into_iter()
                .try_for_each(|(value, number)| self.encode_one(number, encoder.encode_family(&[(label, value)])?)),
        }
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("name", &self.name).finish_non_exhaustive()
    }
}
