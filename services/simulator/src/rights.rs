//! Whether a refusal was right: at some moment between question and answer what it says has to have been so.

use confab_domain::{Conversation, may};
use confab_proto::socket::JoinOptions;
use confab_proto::{ErrorCode, StreamId, UserId};

use crate::checks::Found;
use crate::world::World;

/// After a restore a gateway may need so long to notice, if its reads hang.
const NOTICED_WITHIN: u64 = 30_000;

#[must_use]
pub(crate) fn may_read(known: Option<&Conversation>, user: UserId) -> bool {
    known.is_some_and(|known| may::read(&known.rules, known.role(user)))
}

#[must_use]
pub(crate) fn may_post(known: Option<&Conversation>, user: UserId) -> bool {
    known.is_some_and(|known| may::post(&known.rules, known.role(user)).is_ok())
}

/// A join was refused with this code. `asked` has its options and the tick at which it was asked.
pub(crate) fn refusal(
    world: &World,
    (stream, user): (StreamId, UserId),
    (options, asked_at): (Option<JoinOptions>, u64),
    code: ErrorCode,
) -> Found {
    let now = world.now();
    let inner = world.lock();
    let truth = &inner.truth;
    match code {
        ErrorCode::NotFound => {
            let ticks = (asked_at, truth.tick);
            let ended = truth.ever(stream, ticks, |known| !may_read(known, user));
            if ended { Ok(()) } else { Err(("L5", "refused though the right held all the time".to_owned())) }
        }
        ErrorCode::Reset => {
            let other = options.and_then(|options| options.epoch).is_some_and(|epoch| epoch != truth.life().epoch);
            let above = options.is_some_and(|options| options.after > truth.life().head(stream));
            let recent = inner.restored_at.is_some_and(|at| now < at + NOTICED_WITHIN);
            match other || above || recent {
                true => Ok(()),
                false => Err(("L5", format!("reset of {options:?}, but the store was not restored"))),
            }
        }
        _ => Ok(()),
    }
}
