//! Settings and single member rows as last read, for decisions about writes only.
//!
//! Never the ground of a refusal: a yes is checked under the lock, a no is given on fresh state. So an entry may be stale
//! without harm, and needs no invalidation but a conflict.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use confab_proto::{ConversationId, UserId};
use confab_store::KnownRules;

/// Entries before everything is forgotten: some 20 MB.
const MAX_ENTRIES: usize = 65_536;

#[derive(Default)]
pub(crate) struct RulesCache {
    entries: Mutex<HashMap<(ConversationId, UserId), KnownRules>>,
}

impl RulesCache {
    pub(crate) fn get(&self, conversation: ConversationId, user: UserId) -> Option<KnownRules> {
        self.lock().get(&(conversation, user)).cloned()
    }

    /// Keeps what was just read. Another epoch than an entry's empties the whole cache.
    pub(crate) fn put(&self, conversation: ConversationId, user: UserId, known: KnownRules) {
        let mut entries = self.lock();
        let epoch = known.epoch;
        if entries.len() >= MAX_ENTRIES || entries.get(&(conversation, user)).is_some_and(|e| e.epoch != epoch) {
            entries.clear();
        }
        entries.insert((conversation, user), known);
    }

    pub(crate) fn forget(&self, conversation: ConversationId, user: UserId) {
        self.lock().remove(&(conversation, user));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(ConversationId, UserId), KnownRules>> {
        // Nothing panics while it is held; a poisoned map is whole.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
