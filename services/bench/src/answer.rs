//! The answer to a join as the server spells it, read into what the history says of it.

use confab_proto::{Epoch, Seq};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::envelope::{Received, fingerprint};
use crate::history::JoinAnswer;

#[derive(Deserialize)]
struct Answer<'a> {
    ok: bool,
    code: Option<String>,
    seq: Option<Seq>,
    epoch: Option<Epoch>,
    more: Option<bool>,
    #[serde(borrow)]
    events: Option<Vec<&'a RawValue>>,
}

/// Why an answer could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unclear {
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("something is missing")]
    Missing,
}

/// Reads the answer's first argument.
///
/// # Errors
/// [`Unclear`]
pub fn read(argument: &RawValue) -> Result<JoinAnswer, Unclear> {
    let Answer { ok, code, seq, epoch, more, events } = serde_json::from_str(argument.get())?;
    if !ok {
        return Ok(JoinAnswer::Refused { code: code.ok_or(Unclear::Missing)?, seq, epoch });
    }
    let (Some(seq), Some(epoch), Some(more), Some(page)) = (seq, epoch, more, events) else {
        return Err(Unclear::Missing);
    };
    let events = page.into_iter().map(event).collect::<Result<_, _>>()?;
    Ok(JoinAnswer::Granted { seq, epoch, more, events })
}

fn event(envelope: &RawValue) -> Result<(Seq, String), Unclear> {
    let received: Received = serde_json::from_str(envelope.get())?;
    Ok((received.seq.ok_or(Unclear::Missing)?, fingerprint(envelope)?))
}
