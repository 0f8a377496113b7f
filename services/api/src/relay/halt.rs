//! Why the relay stops and touches nothing, until somebody has looked.

use std::fmt;

use confab_proto::Position;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// The stream goes on where the log ends.
    Ahead,
    /// The stream's last message is not the event that stands there in the log.
    Differs,
    /// The next event does not fit into a message of this NATS.
    TooLarge { position: Position, bytes: usize, takes: usize },
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const END: &str =
            "nothing is relayed until the stream is deleted or purged, or `confab restored` begins a new epoch";
        match self {
            Self::Ahead => {
                write!(f, "CONFAB_LOG is ahead of the database, which must have lost acknowledged events; {END}")
            }
            Self::Differs => write!(
                f,
                "CONFAB_LOG ends with another event than the database has there, which must have been put back to an earlier time without a word; {END}"
            ),
            Self::TooLarge { position, bytes, takes } => write!(
                f,
                "the event at position {position} needs a message of {bytes} bytes and NATS takes {takes}; nothing is relayed until max_payload of NATS is raised"
            ),
        }
    }
}
