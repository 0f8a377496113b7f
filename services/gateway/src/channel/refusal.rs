//! The refusals of a join, in words that never repeat what was sent.

use confab_proto::socket::Refused;
use confab_proto::{Epoch, ErrorCode, Seq};

/// Seconds after which a client may try what was unavailable again.
const RETRY_AFTER: u64 = 1;

fn refused(code: ErrorCode, message: &str) -> Refused {
    Refused { ok: false, code, message: message.to_owned(), retry_after: None, seq: None, epoch: None }
}

/// Not there and not yours alike.
pub(crate) fn not_found() -> Refused {
    refused(ErrorCode::NotFound, "there is no such conversation, or you may not see it")
}

/// The store could not be asked in time.
pub(crate) fn unavailable() -> Refused {
    let message = "the conversation cannot be opened right now, try again";
    Refused { retry_after: Some(RETRY_AFTER), ..refused(ErrorCode::Unavailable, message) }
}

/// May listen, but not write.
pub(crate) fn not_writing() -> Refused {
    refused(ErrorCode::Forbidden, "you do not write in this conversation")
}

/// The socket left, or went, before the join was answered.
pub(crate) fn cancelled() -> Refused {
    refused(ErrorCode::Conflict, "the join was cancelled before it was answered")
}

/// The numbers that the client holds are of another life of the store. `seq` is unknown while the store changes.
pub(crate) fn reset(seq: Option<Seq>, epoch: Epoch) -> Refused {
    let message = "the store was restored: drop what you hold, fetch it again and join";
    Refused { seq, epoch: Some(epoch), ..refused(ErrorCode::Reset, message) }
}
