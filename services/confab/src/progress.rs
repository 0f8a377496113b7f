//! A bar on a terminal, nothing anywhere else.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

const WIDTH: usize = 30;
const EVERY: Duration = Duration::from_millis(50);

/// Drawn over itself on stderr. When dropped, its line is wiped.
pub(crate) struct Progress {
    total: usize,
    drawn: Option<Instant>,
    visible: bool,
}

impl Progress {
    pub(crate) fn new(total: usize) -> Self {
        Self { total, drawn: None, visible: std::io::stderr().is_terminal() }
    }

    pub(crate) fn show(&mut self, done: usize, what: &str) {
        let now = Instant::now();
        let soon = self.drawn.is_some_and(|drawn| now - drawn < EVERY) && done < self.total;
        if !self.visible || soon {
            return;
        }
        self.drawn = Some(now);
        let filled = (WIDTH * done).checked_div(self.total).unwrap_or(WIDTH).min(WIDTH);
        let bar = "█".repeat(filled) + &"░".repeat(WIDTH - filled);
        let total = self.total;
        // A terminal that is gone needs no bar.
        write!(std::io::stderr(), "\r\x1b[K  {bar} {done} of {total} {what}").ok();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            write!(std::io::stderr(), "\r\x1b[K").ok();
        }
    }
}
