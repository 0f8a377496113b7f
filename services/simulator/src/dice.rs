//! Chance that hangs on nothing but a seed and a key: what one thing draws does not move what another draws, so a plan of which
//! parts are left out goes on as it did.

use std::ops::Range;
use std::time::Duration;

use uuid::Uuid;

/// A row of numbers.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    #[must_use]
    pub(crate) fn of(seed: u64, key: &[u64]) -> Self {
        Self(key.iter().fold(mix(seed), |state, part| mix(state ^ mix(*part))))
    }

    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// In the range, which is not empty.
    pub(crate) fn within(&mut self, range: Range<u64>) -> u64 {
        range.start + self.draw() % (range.end - range.start)
    }

    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.draw() % (length as u64)).unwrap_or(0)
    }

    /// True so many times in a thousand.
    pub(crate) fn permille(&mut self, often: u64) -> bool {
        self.draw() % 1000 < often
    }

    pub(crate) fn millis(&mut self, range: Range<u64>) -> Duration {
        Duration::from_millis(self.within(range))
    }

    pub(crate) fn uuid(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.draw(), self.draw())
    }
}

/// The finish of SplitMix64.
fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (state ^ (state >> 31)).wrapping_add(0x1234_5678_9abc_def1)
}
