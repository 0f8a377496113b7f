//! Web Push, which no step of a plan asks for: nobody has a subscription, and no consumer runs.

use async_trait::async_trait;
use confab_proto::{ConversationId, Seq, Timestamp, UserId};
use confab_store::{LogHead, PushMessage, PushReader, PushSubscription, Pushes, StoreError};

use crate::ports::not_simulated;
use crate::store::NodeStore;

#[async_trait]
impl Pushes for NodeStore {
    async fn push_key(&self) -> Result<Option<String>, StoreError> {
        not_simulated()
    }

    async fn keep_push_key(&self, _: &str) -> Result<String, StoreError> {
        not_simulated()
    }

    async fn subscribe(&self, _: &PushSubscription, _: Timestamp, _: usize) -> Result<(), StoreError> {
        not_simulated()
    }

    async fn unsubscribe(&self, _: &str, _: UserId) -> Result<bool, StoreError> {
        not_simulated()
    }

    async fn has_subscriptions(&self) -> Result<bool, StoreError> {
        not_simulated()
    }

    async fn pushed(&self) -> Result<LogHead, StoreError> {
        not_simulated()
    }

    async fn move_pushed(&self, _: LogHead, _: LogHead) -> Result<bool, StoreError> {
        not_simulated()
    }

    async fn push_message(&self, _: ConversationId, _: Seq) -> Result<Option<PushMessage>, StoreError> {
        not_simulated()
    }

    async fn push_readers(
        &self,
        _: ConversationId,
        _: UserId,
        _: Option<Seq>,
        _: Timestamp,
    ) -> Result<Vec<PushReader>, StoreError> {
        not_simulated()
    }
}
