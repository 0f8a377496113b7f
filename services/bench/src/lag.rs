//! How late this process is with what it does: what it wrote down as late may have waited here.

use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, sleep};

const EVERY: Duration = Duration::from_millis(10);

/// How much longer a sleep of ten milliseconds took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Lag {
    pub p99: f64,
    pub max: f64,
}

/// Measures from now on. Ask while nothing else runs.
#[derive(Debug, Default)]
pub struct Meter {
    late: Vec<Duration>,
}

impl Meter {
    /// Runs for ever; may be dropped at any time.
    pub async fn measure(&mut self) {
        loop {
            let began = Instant::now();
            sleep(EVERY).await;
            self.late.push(began.elapsed().saturating_sub(EVERY));
        }
    }

    #[must_use]
    pub fn lag(mut self) -> Lag {
        self.late.sort_unstable();
        let milliseconds = |index: usize| self.late.get(index).map_or(0.0, |late| late.as_secs_f64() * 1000.0);
        Lag { p99: milliseconds(self.late.len() * 99 / 100), max: milliseconds(self.late.len().saturating_sub(1)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_99th_of_a_hundred() {
        let lag = Meter { late: (1..=200).rev().map(Duration::from_millis).collect() }.lag();
        assert_eq!(lag, Lag { p99: 199.0, max: 200.0 });
        assert_eq!(Meter::default().lag(), Lag::default());
    }
}
