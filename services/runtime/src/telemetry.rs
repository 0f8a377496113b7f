//! Logs on stderr, for people or as JSON. Called once, by the binary; libraries and tests only use `tracing`.

use anyhow::{Context as _, anyhow};
use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// Put before the configured filter, so that it can be overruled by name: async-nats tells each attempt to reconnect, and the
/// bus tells an outage once; tungstenite tells, at trace, each frame with the tokens and messages in it.
const QUIET: &str = "async_nats=warn,tungstenite=warn";

/// Starts logging. Fails if it was started before in this process.
pub fn init(config: &LogConfig) -> anyhow::Result<()> {
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter(&config.filter)?).with_writer(std::io::stderr);
    let started = match config.format {
        LogFormat::Pretty => subscriber.try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow!("start logging: {error}"))
}

fn filter(configured: &str) -> anyhow::Result<EnvFilter> {
    EnvFilter::try_new(format!("{QUIET},{configured}")).context("read log.filter")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_configured_filter_overrules_the_built_in_one() {
        assert_eq!(filter("info").unwrap().to_string(), "tungstenite=warn,async_nats=warn,info");
        assert_eq!(filter("async_nats=debug,info").unwrap().to_string(), "tungstenite=warn,async_nats=debug,info");
        assert_eq!(filter("").unwrap().to_string(), "tungstenite=warn,async_nats=warn");
    }
}
