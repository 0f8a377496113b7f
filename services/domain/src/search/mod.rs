//! Searching messages: what a text is found by, what somebody looks for, and whether and how well the two fit.
//!
//! Pure, and the only judge: a database narrows down which messages may fit (`terms`), `Query::find` decides, so that both
//! dialects find the same. What is written without spaces is found by any part of it, all else by whole words and, for the last
//! word of a query, by its beginning. Case, accents and width of letters never matter.

mod excerpt;
mod find;
mod indexed;
mod query;
mod words;

pub use excerpt::{Part, excerpt};
pub use find::Hit;
pub use indexed::{Added, Changed, IndexBatch, Mention};
pub use query::{Narrow, Phrase, Query, Within};
pub use words::terms;
