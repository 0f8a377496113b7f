//! The section `[search]`: who fills the index of messages.
//!
//! What a setting means stands in `default.toml`, not here.

use super::read::Reader;

#[derive(Clone, Debug)]
pub struct SearchConfig {
    /// Whether this process takes its turn at indexing.
    pub indexer: bool,
}

impl SearchConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let on = r.parsed("search.indexer", "\"on\" or \"off\"", |text| match text {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        });
        Self { indexer: on.unwrap_or(false) }
    }
}
