//! `confab export` and `confab import`: a store as one file, for moving from SQLite to PostgreSQL and back.
//!
//! Sessions move as well (their tokens' hashes): nobody has to sign in again because of a move. The epoch does not: it is a new life
//! of the store, and what clients remember of the old one must not be trusted.

mod export;
mod format;
mod import;
mod read;

use std::path::Path;

pub(crate) use export::export;
pub(crate) use import::import;

/// `-` is stdin or stdout.
fn is_pipe(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
