//! The JetStream stream that holds every event: its name, and the description that says to which epoch it belongs.

use crate::Epoch;

/// Its sequence numbers are the positions of the log.
pub const NAME: &str = "CONFAB_LOG";

const DESCRIPTION: &str = "every event of Confab; sequence = position; epoch ";

/// What stands in the stream's description.
#[must_use]
pub fn description(epoch: Epoch) -> String {
    format!("{DESCRIPTION}{epoch}")
}

/// The epoch in a description; `None` if it is not one of ours.
#[must_use]
pub fn epoch_of(description: &str) -> Option<Epoch> {
    description.strip_prefix(DESCRIPTION)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_holds_the_epoch() {
        let epoch = Epoch(0x8f2c_1a90_d4e7_b365);
        let text = description(epoch);
        assert_eq!(text, "every event of Confab; sequence = position; epoch 8f2c1a90d4e7b365");
        assert_eq!(epoch_of(&text), Some(epoch));
        for other in ["", "8f2c1a90d4e7b365", "every event of Confab; sequence = position; epoch x"] {
            assert_eq!(epoch_of(other), None, "{other}");
        }
    }
}
