//! The command line: what can be said on it. What each command does stands under `commands/`, `demo/` and `roles.rs`.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use confab_runtime::config::Role;

use crate::help;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// A self-hosted chat in which no message is lost, doubled or out of order.
#[derive(Debug, Parser)]
#[command(name = "confab", version, styles = STYLES, max_term_width = 100, after_long_help = help::TOP)]
pub(crate) struct Cli {
    /// Settings as TOML; environment variables such as CONFAB__HTTP__LISTEN go before it
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Command {
    /// Serve everything from this one process; the same as no command
    #[command(after_long_help = help::ALL)]
    All,
    /// Serve the HTTP API and the web client, as one of a fleet
    #[command(after_long_help = help::API)]
    Api,
    /// Serve Socket.IO, as one of a fleet
    #[command(after_long_help = help::GATEWAY)]
    Gateway,
    /// Bring the database to this version's shape
    #[command(after_long_help = help::MIGRATE)]
    Migrate,
    /// Prove that the store and CONFAB_LOG are what they promise to be
    #[command(after_long_help = help::VERIFY)]
    Verify(VerifyArgs),
    /// Write all of the store into one file, to be read into another store
    #[command(after_long_help = help::EXPORT)]
    Export {
        /// The file, which must not be there yet; - is stdout
        file: PathBuf,
    },
    /// Read such a file into an empty store
    #[command(after_long_help = help::IMPORT)]
    Import {
        /// The file; - is stdin
        file: PathBuf,
    },
    /// Make the index for searching anew from the log
    #[command(after_long_help = help::REINDEX)]
    Reindex,
    /// After files of the store were put back: tell clients that time went back
    #[command(after_long_help = help::RESTORED)]
    Restored,
    /// Make accounts and set passwords
    User {
        #[command(subcommand)]
        what: UserCommand,
    },
    /// Fill the store with people and talk, to see a living chat
    #[command(after_long_help = help::DEMO)]
    Demo(DemoArgs),
    /// Ask the Confab on this machine whether it is ready; for health checks
    Health,
    /// Look at the settings
    Config {
        #[command(subcommand)]
        what: ConfigCommand,
    },
    /// Write a script that completes confab's commands in your shell
    #[command(after_long_help = help::COMPLETIONS)]
    Completions { shell: Shell },
}

#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum UserCommand {
    /// Make an account; the password comes from a prompt or from stdin
    #[command(after_long_help = help::USER_CREATE)]
    Create {
        /// What the person signs in with: 2 to 32 of a-z, 0-9, dot, underscore and hyphen
        username: String,
        /// How others see the person; the username if left out
        #[arg(long, value_name = "TEXT")]
        display_name: Option<String>,
    },
    /// Replace somebody's password and sign them out everywhere
    #[command(after_long_help = help::USER_SET_PASSWORD)]
    SetPassword {
        /// Who it is
        username: String,
    },
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct DemoArgs {
    /// How many messages
    #[arg(long, value_name = "N", default_value_t = 3000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) messages: u32,
    /// How many people
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u8).range(4..=24))]
    pub(crate) people: u8,
    /// Put this person, who has an account, into the groups, and greet them
    #[arg(long, value_name = "USERNAME")]
    pub(crate) invite: Option<String>,
    /// Write so many messages a second, to watch them come
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) per_second: Option<u16>,
    /// Do not ask when the store has accounts of others
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct VerifyArgs {
    /// Insist on CONFAB_LOG; without this it is looked at where nats.url is set
    #[arg(long, conflicts_with = "no_nats")]
    pub(crate) nats: bool,
    /// Leave CONFAB_LOG out
    #[arg(long)]
    pub(crate) no_nats: bool,
    /// Write rows that differ from the log as the log says them; the log itself is never touched
    #[arg(long)]
    pub(crate) repair_projections: bool,
    /// Repair also where more than 100 streams differ
    #[arg(long, requires = "repair_projections")]
    pub(crate) yes: bool,
    /// One line of JSON in place of the report
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say what is wrong with the settings, all at once
    #[command(after_long_help = help::CONFIG_CHECK)]
    Check {
        /// The role they have to be fit for
        #[arg(long = "for", value_name = "ROLE", value_enum, default_value_t = ServingRole::All)]
        role: ServingRole,
    },
    /// Show each setting and where its value comes from; secrets are hidden
    #[command(after_long_help = help::CONFIG_PRINT)]
    Print {
        /// Leave out what stands at its default
        #[arg(long)]
        changed: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ServingRole {
    All,
    Api,
    Gateway,
}

impl Command {
    /// What this asks of the settings.
    pub(crate) fn role(&self) -> Role {
        match self {
            Self::Config { what: ConfigCommand::Check { role } } => match role {
                ServingRole::All => Role::AllInOne,
                ServingRole::Api => Role::Api,
                ServingRole::Gateway => Role::Gateway,
            },
            Self::All | Self::Health | Self::Config { .. } | Self::Completions { .. } => Role::AllInOne,
            Self::Api => Role::Api,
            Self::Gateway => Role::Gateway,
            Self::Migrate
            | Self::Verify(_)
            | Self::Export { .. }
            | Self::Import { .. }
            | Self::Reindex
            | Self::Restored
            | Self::User { .. }
            | Self::Demo(_) => Role::Migrate,
        }
    }
}
