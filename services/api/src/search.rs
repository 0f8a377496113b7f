//! A page of a search: the newest messages that may fit are read in blocks; within a block the better fits come first.
//!
//! A cursor holds where its block begins and ends, so that what is written meanwhile moves nothing: no message comes on two pages, and
//! none is passed over. A request looks through a bounded number of blocks.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use confab_domain::search::{Hit, Query};
use confab_proto::{Position, UserId};
use confab_store::{FoundMessage, SearchWindow, Searcher, StoreError};

/// Messages that are ranked among each other.
const BLOCK: usize = 200;
/// Blocks of one request. More than one only if nothing of a block fits.
const BLOCKS: usize = 5;

/// A message that fits, and how.
pub(crate) type Fit = (FoundMessage, Hit);

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    up_to: Position,
    /// `None`: at the beginning of a block.
    inside: Option<Inside>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Inside {
    /// The end of the block.
    above: Position,
    /// Of the last message of the page before.
    score: u8,
    position: Position,
}

/// The next page and the cursor behind it.
pub(crate) async fn page(
    store: &(impl Searcher + ?Sized),
    viewer: UserId,
    query: &Query,
    cursor: Option<Cursor>,
    limit: usize,
) -> Result<(Vec<Fit>, Option<Cursor>), StoreError> {
    let mut cursor = cursor.unwrap_or(Cursor { up_to: SearchWindow::ALL.up_to, inside: None });
    for _ in 0..BLOCKS {
        let (mut fits, block) = block(store, viewer, query, cursor).await?;
        if fits.len() > limit {
            fits.truncate(limit);
            let last = fits.last().map(|(message, hit)| (hit.score, message.position));
            let inside = last.map(|(score, position)| Inside { above: block.above, score, position });
            return Ok((fits, Some(Cursor { up_to: block.up_to, inside })));
        }
        if block.above == Position::ZERO {
            return Ok((fits, None));
        }
        cursor = Cursor { up_to: block.above, inside: None };
        if !fits.is_empty() {
            return Ok((fits, Some(cursor)));
        }
    }
    Ok((Vec::new(), Some(cursor)))
}

/// What fits of a block behind `cursor`, in its order, and the bounds of the block; `above` is zero where nothing is left.
async fn block(
    store: &(impl Searcher + ?Sized),
    viewer: UserId,
    query: &Query,
    cursor: Cursor,
) -> Result<(Vec<Fit>, SearchWindow), StoreError> {
    let mut window = SearchWindow { above: Position::ZERO, up_to: cursor.up_to };
    let mut most = BLOCK;
    if let Some(inside) = cursor.inside {
        window.above = inside.above;
        // An edit may have made more of them fit.
        most = 2 * BLOCK;
    }
    let found = store.search(viewer, query, window, most).await?;
    if cursor.inside.is_none() {
        window.up_to = found.first().map_or(window.up_to, |newest| newest.position);
        let oldest = found.last().filter(|_| found.len() == most);
        window.above = oldest.map_or(Position::ZERO, |oldest| Position(oldest.position.0.saturating_sub(1)));
    }
    let mut fits = Vec::with_capacity(found.len());
    for message in found {
        if message.body.len() > LONG_BODY {
            tokio::task::yield_now().await;
        }
        fits.extend(query.find(&message.body).map(|hit| (message, hit)));
    }
    fits.sort_unstable_by_key(order);
    if let Some(inside) = cursor.inside {
        fits.retain(|fit| order(fit) > (Reverse(inside.score), Reverse(inside.position)));
    }
    Ok((fits, window))
}

/// Bytes of a body that takes so long to look through that others may be served in between.
const LONG_BODY: usize = 4096;

fn order((message, hit): &Fit) -> (Reverse<u8>, Reverse<Position>) {
    (Reverse(hit.score), Reverse(message.position))
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.up_to.0)?;
        match self.inside {
            None => Ok(()),
            Some(Inside { above, score, position }) => write!(f, "-{}-{score}-{}", above.0, position.0),
        }
    }
}

impl FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut numbers = text.split('-');
        let mut number = || -> Result<Option<u64>, ()> {
            let Some(digits) = numbers.next() else { return Ok(None) };
            // No sign, no leading zero: one text for one cursor.
            let value: u64 = digits.parse().map_err(|_| ())?;
            if value.to_string() == digits { Ok(Some(value)) } else { Err(()) }
        };
        let up_to = Position(number()?.ok_or(())?);
        let inside = match (number()?, number()?, number()?) {
            (None, None, None) => None,
            (Some(above), Some(score), Some(position)) => {
                let score = score.try_into().map_err(|_| ())?;
                Some(Inside { above: Position(above), score, position: Position(position) })
            }
            _ => return Err(()),
        };
        if number()?.is_some() { Err(()) } else { Ok(Self { up_to, inside }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_as_it_is_written_and_nothing_else() {
        for text in ["7", "1001-800-4-900", "18446744073709551615"] {
            assert_eq!(text.parse::<Cursor>().map(|cursor| cursor.to_string()), Ok(text.to_owned()));
        }
        for text in
            ["", "-", "x", "+7", "07", "1-2", "1-2-3", "1-2-3-4-5", "1-2-256-4", "1--2-3", "18446744073709551616"]
        {
            assert_eq!(text.parse::<Cursor>(), Err(()), "{text}");
        }
    }
}
