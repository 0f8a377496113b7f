//! What only one process does at a time, such as relaying and indexing. A lease saves work and proves nothing: whoever holds one
//! does what is safe without it.

use std::sync::Arc;
use std::time::Duration;

use confab_store::{Follower, StoreError};
use uuid::Uuid;

/// With pauses of half a second between tries, another goes on well within 5 s of the death of the first.
const TTL: Duration = Duration::from_secs(3);
pub(crate) const RENEW_EVERY: Duration = Duration::from_secs(1);

/// One process's hold on a name.
pub(crate) struct Lease {
    store: Arc<dyn Follower>,
    name: &'static str,
    holder: Uuid,
}

impl Lease {
    pub(crate) fn new(store: Arc<dyn Follower>, name: &'static str) -> Self {
        Self { store, name, holder: Uuid::new_v4() }
    }

    /// Takes or renews it. `false`: somebody else has it.
    pub(crate) async fn take(&self) -> Result<bool, StoreError> {
        self.store.take_lease(self.name, self.holder, TTL).await
    }

    /// Lets another go on at once. If this fails, it runs out by itself.
    pub(crate) async fn give_back(&self) -> Result<(), StoreError> {
        self.store.release_lease(self.name, self.holder).await
    }
}
