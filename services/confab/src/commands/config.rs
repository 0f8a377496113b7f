//! `confab config`: the settings in force, and whether they can work.

use std::fmt::Write as _;

use confab_runtime::config::{Config, Shown};

use crate::cli::ConfigCommand;
use crate::output::{DIM, HEADER, MARKED, say};

/// The settings were read and checked already: mistakes ended the process before.
pub(crate) fn run(what: ConfigCommand, config: &Config) {
    match what {
        ConfigCommand::Check { .. } => say("the settings are fit to start with"),
        ConfigCommand::Print { changed } => say(page(&config.shown(), changed).trim_end()),
    }
}

/// Longer values do not push the origins of all others away.
const WIDEST: usize = 56;

/// TOML, each line with the origin of its value as a comment, the comments below each other.
fn page(settings: &[Shown], changed: bool) -> String {
    let shown: Vec<_> = settings.iter().filter(|setting| !changed || !setting.is_default).collect();
    let width = |setting: &&Shown| setting.name.len() + " = ".len() + setting.value.chars().count();
    let column = shown.iter().map(width).filter(|width| *width <= WIDEST).max().unwrap_or_default();
    let mut page = String::new();
    let mut section = "";
    for setting in &shown {
        if setting.section != section {
            section = &setting.section;
            let gap = if page.is_empty() { "" } else { "\n" };
            writeln!(page, "{gap}{HEADER}[{section}]{HEADER:#}").expect("a text can be written to");
        }
        let Shown { name, value, origin, .. } = setting;
        let marked = if setting.is_default { anstyle::Style::new() } else { MARKED };
        let gap = " ".repeat(column.saturating_sub(width(setting)));
        writeln!(page, "{name} = {marked}{value}{marked:#}{gap}  {DIM}# {origin}{DIM:#}")
            .expect("a text can be written to");
    }
    if shown.is_empty() { "# every setting stands at its default".to_owned() } else { page }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(section: &str, name: &str, value: &str, is_default: bool) -> Shown {
        let origin = if is_default { "default" } else { "environment X" };
        let (section, name, value) = (section.to_owned(), name.to_owned(), value.to_owned());
        Shown { section, name, value, origin: origin.to_owned(), is_default }
    }

    fn plain(settings: &[Shown], changed: bool) -> String {
        anstream::adapter::strip_str(&page(settings, changed)).to_string()
    }

    #[test]
    fn origins_stand_below_each_other() {
        let long = format!("{:?}", "x".repeat(80));
        let settings = [
            setting("http", "listen", "\"a\"", false),
            setting("http", "drain_seconds", "10", true),
            setting("log", "filter", &long, true),
        ];
        let expected = format!(
            "[http]\nlisten = \"a\"        # environment X\ndrain_seconds = 10  # default\n\n\
             [log]\nfilter = {long}  # default\n"
        );
        assert_eq!(plain(&settings, false), expected);
    }

    #[test]
    fn what_stands_at_its_default_can_be_left_out() {
        let settings = [setting("http", "listen", "1", false), setting("log", "filter", "2", true)];
        assert_eq!(plain(&settings, true), "[http]\nlisten = 1  # environment X\n");
        assert_eq!(plain(&settings[1..], true), "# every setting stands at its default");
    }
}
