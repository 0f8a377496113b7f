//! What `--help` says beyond the list of commands, and the list itself, in groups.

use clap::builder::StyledStr;
use clap::{Command, CommandFactory as _};
use std::fmt::Write as _;

use crate::cli::Cli;

pub(crate) const TOP: &str = "\
First steps:
  confab                            open http://127.0.0.1:8080 and make an account
  confab demo                       fill it with people and talk, also while it runs
  confab config print               every setting, its value and where that comes from
  CONFAB__HTTP__LISTEN=0.0.0.0:80 confab

Where things are:
  data       ./data/confab.db by default (database.url); back up the whole folder
  settings   the defaults, then the file of --config, then the environment: the setting
             http.listen is listen under [http] in the file, and CONFAB__HTTP__LISTEN
  logs       stderr; how much: CONFAB__LOG__FILTER=debug

Exit codes:
  0   done, or stopped in good order
  1   it failed; the last line on stderr says why
  2   the command line cannot be read
  64  the settings cannot work; stderr lists all mistakes";

pub(crate) const ALL: &str = "\
One node: the API, the gateway and the web client on one port, on SQLite and without NATS unless
the settings name others. It brings the store to this version's shape by itself.

Examples:
  confab
  CONFAB__HTTP__LISTEN=127.0.0.1:9000 confab all";

pub(crate) const API: &str = "\
Needs database.url (PostgreSQL) and nats.url, and a store that `confab migrate` has prepared.
Start as many as you like behind a load balancer: they share nothing but the database.

Example:
  CONFAB__DATABASE__URL_FILE=/run/secrets/database CONFAB__NATS__URL=nats://nats:4222 confab api";

pub(crate) const GATEWAY: &str = "\
Needs database.url (PostgreSQL; a login that only reads is enough) and nats.url. Start as many as
you like; only long polling needs a load balancer that keeps a client at one gateway.

Example:
  CONFAB__DATABASE__URL_FILE=/run/secrets/database CONFAB__NATS__URL=nats://nats:4222 confab gateway";

pub(crate) const MIGRATE: &str = "\
Says what it did. Running it again does nothing, and two at once do no harm. For an upgrade: first
migrate, then replace the servers; those of the version before go on working meanwhile.

Example:
  CONFAB__DATABASE__URL=postgres://owner:secret@db/confab confab migrate";

pub(crate) const VERIFY: &str = "\
Reads all of the store in one snapshot, beside servers that run and write, and compares: the numbers
of the log, each event, what stands twice, and the rows of streams, members and sessions with what the
log says of them; and CONFAB_LOG with the log, where nats.url is set. Each difference is named, with
its place, what was expected and what is there.

In PostgreSQL the login of an API is enough; --repair-projections takes the one that migrates, and
without it nothing is written. What to do about a difference: deploy/README.md.

Exit codes:
  0   all agrees
  1   something differs
  3   it could not look; the last line on stderr says why
  64  the settings cannot work

Examples:
  confab verify
  confab verify --json | jq .differences
  confab verify --repair-projections";

pub(crate) const EXPORT: &str = "\
Everything of the store in one snapshot, while servers run: the log, accounts, passwords (as hashes),
sessions (as hashes) and how far everybody has read. The file is text, a line of JSON for each row,
with a sum over all of it at the end. Whoever has it can read every message: keep it as you keep the
store. In PostgreSQL the login of an API is enough.

Examples:
  confab export confab.export
  confab export - | zstd > confab.export.zst";

pub(crate) const IMPORT: &str = "\
All or nothing, and only into a store that is empty and not yet served: a new SQLite file, or a
PostgreSQL database after `confab migrate`, with the login that migrates. Before it is kept, what was
read is proven as `confab verify` does it. A new epoch begins, so clients start afresh; passwords
stay as they are, and people stay signed in.

Examples:
  confab import confab.export
  zstd -dc confab.export.zst | CONFAB__DATABASE__URL=postgres://owner:secret@db/confab confab import -";

pub(crate) const REINDEX: &str = "\
Empties the index by which messages are found and mentions are counted, and fills it from the log.
Servers may run meanwhile: they help, and until the end a search finds part of what there is. It is
never needed after an import or a restore, which servers notice by themselves; only when the index
itself was damaged. In PostgreSQL the login of an API is enough.

Example:
  confab reindex";

pub(crate) const RESTORED: &str = "\
Clients remember how far they have read. After an older copy of the store was put back, those
numbers mean something else: this begins a new epoch, and clients start afresh. Run it after every
restore, before the servers start.";

pub(crate) const USER_CREATE: &str = "\
The password is asked for twice on a terminal, without showing it; otherwise it is the first line
of stdin. It is never an argument, where others could see it.

Examples:
  confab user create ada --display-name 'Ada Lovelace'
  pass show chat/ada | confab user create ada";

pub(crate) const USER_SET_PASSWORD: &str = "\
All sessions of the person end, and their sockets close within a second, on every gateway. The
password comes from a prompt or from stdin, as with `confab user create`.

Examples:
  confab user set-password ada
  pass show chat/ada | confab user set-password ada";

pub(crate) const DEMO: &str = "\
Writes through the same rules and into the same log as the API, so all of it is real. It works
while a server runs on the same store: open a browser beside it. A second run finds the demo there
and adds nothing; one that was broken off goes on where it stopped.

The demo's people all get one password, made at random for this store and shown once, at the end;
`confab user set-password` gives them others. What was written cannot be taken out again: where
others have accounts already, it asks first (without a terminal it needs --yes).

Examples:
  confab demo
  confab demo --invite ada --per-second 5
  confab demo --people 24 --messages 50000";

pub(crate) const CONFIG_CHECK: &str = "\
Exit code 0 if a start would accept them, else 64.

Examples:
  confab config check --config confab.toml
  confab config check --for gateway";

pub(crate) const CONFIG_PRINT: &str = "\
The output is TOML and can be used as a file of settings, once secrets are put in.

Examples:
  confab config print
  confab config print --changed";

pub(crate) const COMPLETIONS: &str = "\
Examples:
  confab completions bash > ~/.local/share/bash-completion/completions/confab
  confab completions zsh > ~/.zfunc/_confab
  confab completions fish > ~/.config/fish/completions/confab.fish";

/// The commands by what somebody wants to do.
const GROUPS: [(&str, &[&str]); 3] = [
    ("Serve", &["all", "api", "gateway"]),
    ("Look after the store", &["migrate", "user", "demo", "verify", "export", "import", "reindex", "restored"]),
    ("Settings and shell", &["config", "health", "completions", "help"]),
];

/// The command line with its commands listed in groups.
pub(crate) fn command() -> Command {
    let mut command = Cli::command();
    command.build();
    let page = page(&command);
    command.help_template(page)
}

const INTRODUCTION: &str = "\
{about}.
Without a command everything runs in this process, on one port, with all data under ./data.

{usage-heading} {usage}
";

fn page(command: &Command) -> StyledStr {
    let styles = command.get_styles();
    let (header, literal) = (styles.get_header(), styles.get_literal());
    let mut text = INTRODUCTION.to_owned();
    for (title, names) in GROUPS {
        write!(text, "\n{header}{title}:{header:#}\n").expect("a text can be written to");
        for name in names {
            let about = command.find_subcommand(name).and_then(Command::get_about).map(ToString::to_string);
            let about = about.unwrap_or_default();
            writeln!(text, "  {literal}{name:<12}{literal:#} {about}").expect("a text can be written to");
        }
    }
    write!(text, "\n{header}Options:{header:#}\n{{options}}{{after-help}}").expect("a text can be written to");
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_stands_in_one_group() {
        let mut grouped: Vec<_> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let all = command();
        let mut known: Vec<_> = all.get_subcommands().map(Command::get_name).collect();
        grouped.sort_unstable();
        known.sort_unstable();
        assert_eq!(grouped, known);
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
