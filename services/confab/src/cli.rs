//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use confab_runtime::config::Role;

/// A self-hosted chat in which no message is lost, doubled or out of order.
///
/// Without a command everything runs in this process, on one port, with all data under ./data.
#[derive(Debug, Parser)]
#[command(name = "confab", version)]
pub(crate) struct Cli {
    /// Settings as TOML. Environment variables such as CONFAB__HTTP__LISTEN go before it.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Command {
    /// Everything in one process (the default)
    All,
    /// The HTTP API and the web client, for a fleet over PostgreSQL and NATS
    Api,
    /// A Socket.IO gateway, for a fleet over PostgreSQL and NATS
    Gateway,
    /// Bring the database to this version's shape
    Migrate,
    /// After a restore of the store's files: tell clients that time went back
    Restored,
    /// Ask the Confab of these settings on this machine whether it is ready; for health checks
    Health,
    /// Look at the settings
    Config {
        #[command(subcommand)]
        what: ConfigCommand,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say what is wrong with the settings, all at once
    Check,
    /// Show each setting and where its value comes from; secrets are hidden
    Print,
}

impl Command {
    /// What this asks of the settings.
    pub(crate) fn role(&self) -> Role {
        match self {
            Self::All | Self::Health | Self::Config { .. } => Role::AllInOne,
            Self::Api => Role::Api,
            Self::Gateway => Role::Gateway,
            Self::Migrate | Self::Restored => Role::Migrate,
        }
    }
}
