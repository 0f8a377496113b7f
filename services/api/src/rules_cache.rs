//! Settings and single member rows as last read, for decisions about writes only.
//!
//! Never the ground of a refusal: a yes is checked under the lock, a no is given on fresh state. So an entry may be stale
//! without harm, and needs no invalidation but a conflict.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use confab_proto::{ConversationId, Epoch, UserId};
use confab_store::KnownRules;

/// Entries before everything is forgotten: some 20 MB.
const MAX_ENTRIES: usize = 65_536;

#[derive(Default)]
pub(crate) struct RulesCache {
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    /// Of the last one put in.
    epoch: Option<Epoch>,
    rules: HashMap<(ConversationId, UserId), KnownRules>,
}

impl RulesCache {
    pub(crate) fn get(&self, conversation: ConversationId, user: UserId) -> Option<KnownRules> {
        self.lock().rules.get(&(conversation, user)).cloned()
    }

    /// Keeps what was just read. Another epoch empties the cache: all of it was read in another life of the store.
    pub(crate) fn put(&self, conversation: ConversationId, user: UserId, known: KnownRules) {
        let mut entries = self.lock();
        let epoch = Some(known.epoch);
        if entries.rules.len() >= MAX_ENTRIES || entries.epoch != epoch {
            entries.rules.clear();
        }
        entries.epoch = epoch;
        entries.rules.insert((conversation, user), known);
    }

    pub(crate) fn forget(&self, conversation: ConversationId, user: UserId) {
        self.lock().rules.remove(&(conversation, user));
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        // Nothing panics while it is held; a poisoned map is whole.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use confab_domain::Rules;
    use confab_proto::Seq;
    use confab_proto::event_data::{ConversationKind, Visibility};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn another_epoch_empties_the_cache() {
        let cache = RulesCache::default();
        let user = UserId::new_v7();
        let put = |n: u128, epoch| {
            let conversation = ConversationId::from_uuid(Uuid::from_u128(n));
            let (kind, visibility) = (ConversationKind::Group, Visibility::Public);
            let rules = Rules::created(conversation.into(), kind, None, visibility, Seq(1));
            cache.put(conversation, user, KnownRules { epoch: Epoch(epoch), rules, own: None, other_owner: false });
            conversation
        };
        let (first, second) = (put(1, 7), put(2, 7));
        assert!(cache.get(first, user).is_some() && cache.get(second, user).is_some());
        let third = put(3, 8);
        assert!(cache.get(first, user).is_none() && cache.get(second, user).is_none());
        assert!(cache.get(third, user).is_some());
    }
}
