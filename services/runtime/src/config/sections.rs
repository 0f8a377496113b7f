//! The sections of the settings as structs, and the limits of each value. A field has its key's name without the unit.
//!
//! What a setting means stands in `default.toml`, not here.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use confab_proto::http::SignUpMode;

use super::read::Reader;
use super::secret::Secret;
use super::urls;
use crate::client_address::Network;
use crate::serve::InflowRate;

pub(super) const MAX_BYTES: i64 = 1 << 30;
pub(super) const MAX_COUNT: i64 = 1_000_000;
const HOUR: i64 = 3600;

#[derive(Clone, Debug)]
pub struct HttpConfig {
    pub listen: SocketAddr,
    /// An origin such as `https://chat.example.org`: lower case, no path, no default port.
    pub public_url: Option<String>,
    /// In the same form as `public_url`.
    pub allowed_origins: Vec<String>,
    pub trusted_proxies: Vec<Network>,
    pub header_timeout: Duration,
    pub request_timeout: Duration,
    pub body_limit_bytes: usize,
    pub drain: Duration,
}

impl HttpConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let listen = r.parsed("http.listen", "an address and port such as 127.0.0.1:8080", |text| text.parse().ok());
        let public_url = match r.text("http.public_url").is_empty() {
            true => None,
            false => r.parsed("http.public_url", "http(s)://host[:port] without a path", urls::origin),
        };
        let mut allowed_origins = Vec::new();
        for text in r.list("http.allowed_origins") {
            match urls::origin(&text) {
                Some(origin) => allowed_origins.push(origin),
                None => {
                    r.wrong("http.allowed_origins", format!("{text:?} is not http(s)://host[:port] without a path"))
                }
            }
        }
        let mut trusted_proxies = Vec::new();
        for text in r.list("http.trusted_proxies") {
            match text.parse() {
                Ok(network) => trusted_proxies.push(network),
                Err(_) => {
                    r.wrong("http.trusted_proxies", format!("{text:?} is no address and no network like 10.0.0.0/8"))
                }
            }
        }
        Self {
            listen: listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
            public_url,
            allowed_origins,
            trusted_proxies,
            header_timeout: r.seconds("http.header_timeout_seconds", 1..=HOUR),
            request_timeout: r.seconds("http.request_timeout_seconds", 1..=HOUR),
            body_limit_bytes: r.number("http.body_limit_bytes", 1024..=MAX_BYTES),
            drain: r.seconds("http.drain_seconds", 0..=HOUR),
        }
    }

    /// Whether people reach this over TLS, so that cookies can demand it.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// The url in force, from `url` or `url_file`.
    pub url: Secret,
    pub max_connections: u32,
    pub connect_timeout: Duration,
}

impl DatabaseConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let mut key = "database.url";
        let mut url = Secret::new(r.text(key));
        if r.path("database.url_file").is_some() {
            if !r.is_default(key) {
                r.wrong(key, "set either database.url or database.url_file, not both");
            }
            key = "database.url_file";
            url = r.secret_file(key).unwrap_or(url);
        }
        if let Err(problem) = urls::check_database(url.expose()) {
            r.wrong(key, problem);
        }
        Self {
            url,
            max_connections: r.number("database.max_connections", 2..=1000),
            connect_timeout: r.seconds("database.connect_timeout_seconds", 1..=HOUR),
        }
    }

    /// Postgres, so fit for separate roles; otherwise SQLite.
    pub fn is_postgres(&self) -> bool {
        urls::is_postgres(self.url.expose())
    }
}

#[derive(Clone, Debug)]
pub struct NatsConfig {
    /// Comma separated addresses; empty: the bus is inside the process.
    pub url: Secret,
    pub credentials_file: Option<PathBuf>,
    pub user: Option<String>,
    /// Read from `password_file`.
    pub password: Option<Secret>,
}

impl NatsConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let url = Secret::new(r.text("nats.url"));
        if let Err(problem) = urls::check_nats(url.expose()) {
            r.wrong("nats.url", problem);
        }
        let credentials_file = r.path("nats.credentials_file");
        // Read once here for the message; the client reads it again itself.
        let _content = r.secret_file("nats.credentials_file");
        let user = Some(r.text("nats.user")).filter(|user| !user.is_empty());
        let password = r.secret_file("nats.password_file");
        if user.is_some() && r.path("nats.password_file").is_none() {
            r.wrong("nats.user", "needs nats.password_file");
        }
        if user.is_none() && r.path("nats.password_file").is_some() {
            r.wrong("nats.password_file", "needs nats.user");
        }
        if user.is_some() && credentials_file.is_some() {
            r.wrong("nats.user", "set either nats.user or nats.credentials_file, not both");
        }
        Self { url, credentials_file, user, password }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Pretty,
    Json,
}

#[derive(Clone, Debug)]
pub struct LogConfig {
    pub filter: String,
    pub format: LogFormat,
}

impl LogConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let filter = r.text("log.filter");
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&filter) {
            r.wrong("log.filter", format!("{filter:?} is no filter: {error}"));
        }
        let format = r.parsed("log.format", "\"pretty\" or \"json\"", |text| match text {
            "pretty" => Some(LogFormat::Pretty),
            "json" => Some(LogFormat::Json),
            _ => None,
        });
        Self { filter, format: format.unwrap_or(LogFormat::Pretty) }
    }
}

#[derive(Clone, Debug)]
pub struct AuthConfig {
    pub sign_up: SignUpMode,
    /// From its last use.
    pub session: Duration,
    /// From its beginning.
    pub session_max: Duration,
    pub sessions_per_user: usize,
    pub password_min_chars: usize,
}

impl AuthConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        const DAY: u64 = 24 * 3600;
        let sign_up = r.parsed("auth.sign_up", "\"open\" or \"closed\"", |text| match text {
            "open" => Some(SignUpMode::Open),
            "closed" => Some(SignUpMode::Closed),
            _ => None,
        });
        let days: u64 = r.number("auth.session_days", 1..=3650);
        let max_days: u64 = r.number("auth.session_max_days", 1..=3650);
        if max_days < days {
            r.wrong("auth.session_max_days", "is below auth.session_days, which no session could then reach");
        }
        Self {
            sign_up: sign_up.unwrap_or(SignUpMode::Open),
            session: Duration::from_secs(days * DAY),
            session_max: Duration::from_secs(max_days * DAY),
            sessions_per_user: r.number("auth.sessions_per_user", 1..=1000),
            password_min_chars: r.number("auth.password_min_chars", 1..=256),
        }
    }
}

#[derive(Clone, Debug)]
pub struct SocketConfig {
    pub frame_bytes: usize,
    pub ping_interval: Duration,
    pub ping_timeout: Duration,
    pub write_stall: Duration,
    pub pending_bytes: u64,
    /// How fast a client may send.
    pub inflow: InflowRate,
    pub buffer_packets: usize,
}

impl SocketConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        Self {
            frame_bytes: r.number("socket.frame_bytes", 1024..=MAX_BYTES),
            ping_interval: r.seconds("socket.ping_interval_seconds", 1..=HOUR),
            ping_timeout: r.seconds("socket.ping_timeout_seconds", 1..=HOUR),
            write_stall: r.seconds("socket.write_stall_seconds", 1..=HOUR),
            pending_bytes: r.number("socket.pending_bytes", 65_536..=MAX_BYTES),
            inflow: InflowRate {
                burst: r.number("socket.inflow_burst_bytes", 65_536..=MAX_BYTES),
                per_second: r.number("socket.inflow_bytes_per_second", 1024..=MAX_BYTES),
            },
            buffer_packets: r.number("socket.buffer_packets", 16..=MAX_COUNT),
        }
    }
}

#[derive(Clone, Debug)]
pub struct GatewayConfig {
    pub sweep: Duration,
    pub repair_wait: Duration,
    pub tail_events: usize,
    pub tail_bytes: usize,
    pub pending_events: usize,
    pub join_wait: Duration,
    pub idle_close: Duration,
    pub presence_beat: Duration,
    pub threads: usize,
}

impl GatewayConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        Self {
            sweep: r.millis("gateway.sweep_millis", 10..=60_000),
            repair_wait: r.millis("gateway.repair_wait_millis", 0..=10_000),
            tail_events: r.number("gateway.tail_events", 0..=MAX_COUNT),
            tail_bytes: r.number("gateway.tail_bytes", 0..=MAX_BYTES),
            pending_events: r.number("gateway.pending_events", 1..=MAX_COUNT),
            join_wait: r.seconds("gateway.join_wait_seconds", 1..=HOUR),
            idle_close: r.seconds("gateway.idle_close_seconds", 0..=HOUR),
            // Two and a half of these are at most a minute.
            presence_beat: r.seconds("gateway.presence_beat_seconds", 1..=20),
            threads: r.number("gateway.threads", 1..=256),
        }
    }
}
