//! The one executable: reads the settings, starts the roles that were asked for, and says where Confab is open.
//!
//! Exit codes: 0 after an orderly stop, 2 for a command line that cannot be read, 64 for settings that cannot work (all of
//! them listed), 1 for everything else.

mod cli;
mod health;
mod roles;
mod start;
mod web;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use confab_runtime::config::{self, Config, ConfigErrors};
use confab_runtime::telemetry;

use cli::{Cli, Command, ConfigCommand};

/// `EX_USAGE` of sysexits(3).
const BAD_SETTINGS: u8 = 64;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Settings(errors)) => {
            complain(&errors);
            ExitCode::from(BAD_SETTINGS)
        }
        Err(Failure::Other(error)) => {
            complain(&format_args!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

enum Failure {
    Settings(ConfigErrors),
    Other(anyhow::Error),
}

impl From<ConfigErrors> for Failure {
    fn from(errors: ConfigErrors) -> Self {
        Self::Settings(errors)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

fn run(cli: &Cli) -> Result<(), Failure> {
    let config = Config::load(cli.config.as_deref(), config::environment())?;
    let command = cli.command.clone().unwrap_or(Command::All);
    config.check_role(command.role())?;
    confab_store::check_url(config.database.url.expose())
        .map_err(|problem| ConfigErrors(vec![config.mistake("database.url", &problem)]))?;
    if let Command::Config { what } = command {
        match what {
            ConfigCommand::Check => say("the settings are fit to start with"),
            ConfigCommand::Print => say(config.print().trim_end()),
        }
        return Ok(());
    }
    if command == Command::Health {
        return Ok(health::check(config.http.listen)?);
    }
    telemetry::init(&config.log)?;
    let runtime = start::runtime(&command, &config)?;
    let done = runtime.block_on(roles::run(&command, &config));
    // Blocking work that hangs must not hold the process.
    runtime.shutdown_background();
    Ok(done?)
}

/// A line on stdout. Nobody reads it any more, as behind `| head`: then it is not needed.
fn say(text: &str) {
    writeln!(std::io::stdout(), "{text}").ok();
}

fn complain(error: &dyn std::fmt::Display) {
    writeln!(std::io::stderr(), "confab: {error}").ok();
}
