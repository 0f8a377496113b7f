//! Two fleets on one NATS: each finds the stream of the other's epoch, removes it and fills it with its own log. Nothing tells them
//! apart from a restore but that it comes again: after a restore the new epoch stays. So whoever loses the stream again and again
//! takes it back later and later, and says what it sees. Pure; time is counted in looks at the stream.

use confab_proto::Epoch;

/// So often the stream may be lost before it is no accident: a relay that slept through a restore can remove it once each.
const ACCIDENTS: u32 = 2;
/// At one look a second, five minutes.
const LONGEST: u32 = 300;
/// After so many looks in a row at a stream that is still ours, it is over. More than `LONGEST`: the other may just be waiting.
const OVER_AFTER: u32 = 900;

#[derive(Debug, Default)]
pub(super) struct Rival {
    /// For which the stream was made here.
    ours: Option<Epoch>,
    /// How often that one was lost to another epoch.
    lost: u32,
    quiet: u32,
}

impl Rival {
    /// The stream was made for this epoch.
    pub(super) fn made(&mut self, epoch: Epoch) {
        if self.ours != Some(epoch) {
            *self = Self { ours: Some(epoch), ..Self::default() };
        }
    }

    /// The stream is of another epoch than the log, `epoch`. Gives how many looks to wait before it is made anew.
    pub(super) fn lost(&mut self, epoch: Epoch) -> u32 {
        if self.ours != Some(epoch) {
            return 0;
        }
        (self.lost, self.quiet) = (self.lost.saturating_add(1), 0);
        match self.lost.checked_sub(ACCIDENTS) {
            None | Some(0) => 0,
            Some(over) => 2_u32.saturating_pow(over).min(LONGEST),
        }
    }

    /// The stream is ours still.
    pub(super) fn stands(&mut self) {
        self.quiet += 1;
        if self.quiet >= OVER_AFTER {
            (self.lost, self.quiet) = (0, 0);
        }
    }

    pub(super) fn is_there(&self) -> bool {
        self.lost > ACCIDENTS
    }

    pub(super) fn times(&self) -> u32 {
        self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Epoch = Epoch(1);

    #[test]
    fn a_restore_and_what_slept_through_it_are_no_rivals() {
        let mut rival = Rival::default();
        assert_eq!(rival.lost(OURS), 0, "the stream of the epoch before");
        rival.made(OURS);
        assert_eq!([(); 2].map(|()| rival.lost(OURS)), [0, 0]);
        assert!(!rival.is_there());
        assert_eq!(rival.lost(Epoch(2)), 0, "restored again");
        rival.made(Epoch(2));
        assert_eq!([(); 2].map(|()| rival.lost(Epoch(2))), [0, 0]);
    }

    #[test]
    fn who_takes_it_again_and_again_is_waited_for_longer_and_longer() {
        let mut rival = Rival::default();
        rival.made(OURS);
        let waits = [(); 12].map(|()| {
            rival.made(OURS);
            rival.lost(OURS)
        });
        assert_eq!(waits, [0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert!(rival.is_there());
        (1..OVER_AFTER).for_each(|_| rival.stands());
        assert!(rival.is_there());
        rival.stands();
        assert!(!rival.is_there());
        assert_eq!(rival.lost(OURS), 0);
    }
}
