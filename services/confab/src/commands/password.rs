//! A password from the one who types, or from stdin. Never from an argument: the list of processes shows those to all.

use std::io::{IsTerminal as _, Read as _};

use anyhow::{Context as _, bail};

/// More is no password, whatever the rules are.
const MAX_BYTES: u64 = 4096;

/// Asks twice on a terminal, without showing it; otherwise the first line of stdin.
pub(super) fn read(username: &str) -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() { ask(username) } else { first_line() }
}

fn ask(username: &str) -> anyhow::Result<String> {
    let prompt = |text: String| rpassword::prompt_password(text).context("cannot read a password from the terminal");
    let first = prompt(format!("Password of {username}: "))?;
    let second = prompt("The same again: ".to_owned())?;
    if first != second {
        bail!("the two passwords are not the same; nothing was changed");
    }
    Ok(first)
}

fn first_line() -> anyhow::Result<String> {
    let mut text = String::new();
    let input = std::io::stdin().lock().take(MAX_BYTES).read_to_string(&mut text);
    input.context("cannot read a password from stdin")?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        bail!("stdin has no password: pipe one in, or run this on a terminal to be asked for it");
    }
    Ok(line.to_owned())
}
