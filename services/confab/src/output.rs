//! What people see on stdout and stderr. Colours only on a terminal, and not where `NO_COLOR` is set.

use std::fmt::Display;
use std::io::Write as _;

use anstyle::{AnsiColor, Style};

pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const HEADER: Style = AnsiColor::Green.on_default().bold();
pub(crate) const MARKED: Style = AnsiColor::Yellow.on_default().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();

/// A line on stdout. Nobody reads it any more, as behind `| head`: then it is not needed.
pub(crate) fn say(text: &str) {
    writeln!(anstream::stdout(), "{text}").ok();
}

pub(crate) fn complain(error: &dyn Display) {
    writeln!(anstream::stderr(), "{ERROR}confab:{ERROR:#} {error}").ok();
}

/// A line beside what goes to stdout.
pub(crate) fn say_aside(text: &str) {
    writeln!(anstream::stderr(), "{text}").ok();
}
