//! Settings: embedded `default.toml` < file < environment, all checked before anything starts.
//!
//! Guarantee: `load` returns either settings that are within their limits or *every* mistake at once.
//! The only reader of the process environment. A field has its key's name without the unit.

mod error;
mod files;
mod layers;
mod limits;
mod observe;
mod push;
mod read;
mod relay;
mod search;
mod secret;
mod sections;
pub(crate) mod urls;

use std::path::Path;

pub use error::{ConfigError, ConfigErrors};
pub use files::{FilesConfig, S3Config};
pub use limits::LimitsConfig;
pub use observe::{MetricsConfig, TracesConfig};
pub use push::{PushConfig, PushService};
pub use relay::{MAX_IN_FLIGHT, RelayConfig};
pub use search::SearchConfig;
pub use secret::Secret;
pub use sections::{
    AuthConfig, DatabaseConfig, GatewayConfig, HttpConfig, LogConfig, LogFormat, NatsConfig, SocketConfig,
};

use layers::{Layers, Origin, Raw, Setting};
use read::Reader;

/// What this process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    AllInOne,
    Api,
    Gateway,
    Migrate,
}

/// All settings, checked.
#[derive(Clone, Debug)]
pub struct Config {
    pub http: HttpConfig,
    pub database: DatabaseConfig,
    pub nats: NatsConfig,
    pub relay: RelayConfig,
    pub search: SearchConfig,
    pub push: PushConfig,
    pub log: LogConfig,
    pub metrics: MetricsConfig,
    pub traces: TracesConfig,
    pub auth: AuthConfig,
    pub limits: LimitsConfig,
    pub files: FilesConfig,
    pub socket: SocketConfig,
    pub gateway: GatewayConfig,
    layers: Printable,
}

impl Config {
    /// Reads the defaults, `file` if given, and the variables of `env` that begin with `CONFAB__`.
    pub fn load(file: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigErrors> {
        let mut errors = Vec::new();
        let layers = Layers::merge(file, env, &mut errors);
        let mut reader = Reader::new(&layers, &mut errors);
        let r = &mut reader;
        let config = Self {
            http: HttpConfig::read(r),
            database: DatabaseConfig::read(r),
            nats: NatsConfig::read(r),
            relay: RelayConfig::read(r),
            search: SearchConfig::read(r),
            push: PushConfig::read(r),
            log: LogConfig::read(r),
            metrics: MetricsConfig::read(r),
            traces: TracesConfig::read(r),
            auth: AuthConfig::read(r),
            limits: LimitsConfig::read(r),
            files: FilesConfig::read(r),
            socket: SocketConfig::read(r),
            gateway: GatewayConfig::read(r),
            layers: Printable(layers.clone()),
        };
        if config.limits.message_bytes > config.http.body_limit_bytes {
            r.wrong("limits.message_bytes", "is above http.body_limit_bytes, so such a message could not be sent");
        }
        if config.metrics.listen.is_some_and(|listen| listen == config.http.listen && listen.port() != 0) {
            r.wrong("metrics.listen", "is the address of http.listen, which everybody reaches");
        }
        match errors.is_empty() {
            true => Ok(config),
            false => Err(ConfigErrors(errors)),
        }
    }

    /// What else `role` asks of the settings: separate roles meet in Postgres and NATS.
    pub fn check_role(&self, role: Role) -> Result<(), ConfigErrors> {
        let mut errors = Vec::new();
        let mut wrong = |key: &str, problem: &str| errors.push(self.mistake(key, problem));
        if matches!(role, Role::Api | Role::Gateway) {
            if !self.database.is_postgres() {
                wrong("database.url", "separate roles need one postgres:// database; `confab` alone runs on SQLite");
            }
            if self.nats.url.is_empty() {
                wrong("nats.url", "separate roles need NATS, such as nats://host:4222");
            }
        }
        match errors.is_empty() {
            true => Ok(()),
            false => Err(ConfigErrors(errors)),
        }
    }

    /// A mistake that only somebody else can see, such as the store in its URL. `key` is a setting.
    pub fn mistake(&self, key: &str, problem: &str) -> ConfigError {
        let source = self.layers.0.0[key].origin.to_string();
        ConfigError { key: key.to_owned(), problem: problem.to_owned(), source }
    }

    /// The settings in force, by section and name.
    pub fn shown(&self) -> Vec<Shown> {
        let show = |(key, setting): (&String, &Setting)| {
            let (section, name) = key.split_once('.').expect("every setting stands in a section");
            let value = match &setting.raw {
                Raw::Text(text) if name == "url" => format!("{:?}", secret::redact_url(text)),
                Raw::Text(text) => format!("{text:?}"),
                Raw::Number(number) => number.to_string(),
                Raw::List(items) => format!("{items:?}"),
            };
            Shown {
                section: section.to_owned(),
                name: name.to_owned(),
                value,
                origin: setting.origin.to_string(),
                is_default: setting.origin == Origin::Default,
            }
        };
        self.layers.0.0.iter().map(show).collect()
    }
}

/// One setting in force, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub section: String,
    pub name: String,
    /// As TOML; secrets are hidden.
    pub value: String,
    /// `default`, a file's path, or `environment NAME`.
    pub origin: String,
    pub is_default: bool,
}

/// The raw layers, kept for `shown`; without `Debug` output, since urls in them may hold passwords.
#[derive(Clone)]
struct Printable(Layers);

impl std::fmt::Debug for Printable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// The process environment, for `Config::load`; bytes that are not UTF-8 are replaced, where `std::env::vars` would panic.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
}
