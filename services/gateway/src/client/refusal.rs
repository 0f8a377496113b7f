//! How a refusal is worded. Sentences are fixed, so that none repeats what was sent.

use std::time::Duration;

use confab_proto::ErrorCode;
use confab_proto::socket::Refused;

use super::arguments::Malformed;

fn refused(code: ErrorCode, message: &str) -> Refused {
    Refused { ok: false, code, message: message.to_owned(), retry_after: None, seq: None, epoch: None }
}

pub(crate) fn malformed(wrong: Malformed) -> Refused {
    refused(ErrorCode::Malformed, wrong.0)
}

pub(crate) fn binary() -> Refused {
    refused(ErrorCode::BinaryRefused, "binary arguments are not taken: send JSON only")
}

pub(crate) fn unknown_event() -> Refused {
    refused(
        ErrorCode::UnknownEvent,
        "no such event: a client sends joinConversation, leaveConversation, typing, away, watchPresence and countPresence",
    )
}

pub(crate) fn too_many_rooms() -> Refused {
    refused(ErrorCode::TooManyRooms, "this socket is in as many conversations as it may be: leave one first")
}

/// Rounded up to whole seconds, so that a client that waits for it is let through.
pub(crate) fn rate_limited(wait: Duration) -> Refused {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let message = "too much of this in a short time: wait for retryAfter seconds";
    Refused { retry_after: Some(seconds.max(1)), ..refused(ErrorCode::RateLimited, message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_rounded_up() {
        for (millis, seconds) in [(0, 1), (1, 1), (1000, 1), (1001, 2), (2500, 3)] {
            assert_eq!(rate_limited(Duration::from_millis(millis)).retry_after, Some(seconds));
        }
    }
}
