//! The sections for those who look at Confab from outside: metrics and traces.

use std::net::SocketAddr;
use std::time::Duration;

use http::Uri;

use super::read::Reader;

#[derive(Clone, Debug)]
pub struct MetricsConfig {
    /// `None`: not served.
    pub listen: Option<SocketAddr>,
}

impl MetricsConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let listen = match r.text("metrics.listen").is_empty() {
            true => None,
            false => {
                let what = "empty or an address and port such as 127.0.0.1:9464";
                r.parsed("metrics.listen", what, |text| text.parse().ok())
            }
        };
        Self { listen }
    }
}

#[derive(Clone, Debug)]
pub struct TracesConfig {
    /// Where spans are posted, with its path; `None`: nothing is traced.
    pub endpoint: Option<Uri>,
    /// One request in so many begins a trace; `None`: only those that continue one.
    pub sample_one_in: Option<u32>,
    pub service_name: String,
    /// Between two exports.
    pub export_every: Duration,
}

impl TracesConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let endpoint = match r.text("traces.endpoint").is_empty() {
            true => None,
            false => r.parsed("traces.endpoint", "empty or a url such as http://collector:4318", traces_url),
        };
        let one_in: u32 = r.number("traces.sample_one_in", 0..=1_000_000_000);
        Self {
            endpoint,
            sample_one_in: (one_in > 0).then_some(one_in),
            service_name: r.text("traces.service_name"),
            export_every: r.seconds("traces.export_seconds", 1..=60),
        }
    }
}

/// The address for traces at the collector that is meant.
fn traces_url(text: &str) -> Option<Uri> {
    let uri: Uri = format!("{}/v1/traces", text.trim_end_matches('/')).parse().ok()?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    (known && uri.host().is_some_and(|host| !host.is_empty()) && uri.query().is_none()).then_some(uri)
}
