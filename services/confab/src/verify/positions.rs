//! The log by position: 1, 2, 3, … to the head, and time that does not go back.

use confab_store::{EventRow, LogHead};

use super::report::{Check, Difference};

/// Where the last event stood.
#[derive(Default)]
pub(crate) struct Positions {
    last: i64,
    at: Option<i64>,
}

impl Positions {
    pub(crate) fn check(&mut self, row: &EventRow) -> Vec<Difference> {
        let mut wrong = Vec::new();
        let expected = self.last + 1;
        if row.position != expected {
            let gap =
                Difference::new(Check::Position, format!("position {expected}"), format!("position {}", row.position));
            wrong.push(gap.at(expected));
        }
        if let Some(at) = self.at.filter(|at| row.at < *at) {
            let back = Difference::new(Check::TimeOrder, format!("at ≥ {at}"), format!("at {}", row.at));
            wrong.push(back.at(row.position).in_stream(row.stream_id, Some(row.seq)));
        }
        self.last = row.position;
        self.at = self.at.max(Some(row.at));
        wrong
    }

    /// The log must end where its head is.
    pub(crate) fn end(&self, head: LogHead) -> Option<Difference> {
        let head = head.position.as_i64();
        let differs = self.last != head;
        differs.then(|| Difference::new(Check::LogHead, format!("head {}", self.last), format!("head {head}")))
    }
}
