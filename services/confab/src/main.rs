//! The one executable: reads the settings, starts the roles that were asked for, and says where Confab is open.
//!
//! Exit codes: 0 after an orderly stop, 2 for a command line that cannot be read, 64 for settings that cannot work (all of
//! them listed), 1 for everything else; `verify` has 1 for a difference, and 3 if it could not look.

mod archive;
mod cli;
mod commands;
mod demo;
mod help;
mod output;
mod progress;
mod roles;
mod start;
mod verify;
mod web;

use std::process::ExitCode;

use clap::FromArgMatches as _;
use confab_runtime::config::{self, Config, ConfigErrors};
use confab_runtime::telemetry;

// Features of crates that are built together add up, and the simulator's plant bugs: it is built by itself.
const _: () =
    assert!(!confab_runtime::mutants::POSSIBLE, "build confab without confab-simulator: --exclude confab-simulator");

use cli::{Cli, Command};
use output::complain;

/// `EX_USAGE` of sysexits(3).
const BAD_SETTINGS: u8 = 64;
/// Of `verify`, for which 1 means that it looked and found a difference.
const COULD_NOT_LOOK: u8 = 3;

fn main() -> ExitCode {
    let cli = Cli::from_arg_matches(&help::command().get_matches()).unwrap_or_else(|error| error.exit());
    match run(&cli) {
        Ok(code) => code,
        Err(Failure::Settings(errors)) => {
            complain(&errors);
            ExitCode::from(BAD_SETTINGS)
        }
        Err(Failure::Other(error)) => {
            complain(&format_args!("{error:#}"));
            match cli.command {
                Some(Command::Verify(_)) => ExitCode::from(COULD_NOT_LOOK),
                _ => ExitCode::FAILURE,
            }
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

fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    let command = cli.command.clone().unwrap_or(Command::All);
    if let Command::Completions { shell } = command {
        clap_complete::generate(shell, &mut help::command(), "confab", &mut std::io::stdout());
        return Ok(ExitCode::SUCCESS);
    }
    let config = Config::load(cli.config.as_deref(), config::environment())?;
    config.check_role(command.role())?;
    confab_store::check_url(config.database.url.expose())
        .map_err(|problem| ConfigErrors(vec![config.mistake("database.url", &problem)]))?;
    if let Command::Config { what } = command {
        commands::config::run(what, &config);
        return Ok(ExitCode::SUCCESS);
    }
    if command == Command::Health {
        commands::health::check(config.http.listen)?;
        return Ok(ExitCode::SUCCESS);
    }
    if matches!(&command, Command::Verify(args) if args.nats) && config.nats.url.is_empty() {
        return Err(ConfigErrors(vec![config.mistake("nats.url", "`confab verify --nats` needs it")]).into());
    }
    telemetry::init(&config.log)?;
    let runtime = start::runtime(&command, &config)?;
    let done = runtime.block_on(perform(&command, &config));
    // Blocking work that hangs must not hold the process.
    runtime.shutdown_background();
    Ok(done?)
}

async fn perform(command: &Command, config: &Config) -> anyhow::Result<ExitCode> {
    match command {
        Command::All => roles::all_in_one(config).await,
        Command::Api => roles::api(config).await,
        Command::Gateway => roles::gateway(config).await,
        Command::Migrate => commands::store::migrate(config).await,
        Command::Verify(args) => return verify::run(args, config).await,
        Command::Export { file } => archive::export(file, config).await,
        Command::Import { file } => archive::import(file, config).await,
        Command::Reindex => commands::reindex::reindex(config).await,
        Command::Restored => commands::store::restored(config).await,
        Command::User { what } => commands::user::run(what, config).await,
        Command::Demo(args) => demo::run(args, config).await,
        Command::Health | Command::Config { .. } | Command::Completions { .. } => {
            unreachable!("done before any thread was started")
        }
    }?;
    Ok(ExitCode::SUCCESS)
}
