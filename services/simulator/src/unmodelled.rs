//! Parts of the port that no step of a plan asks for.

use async_trait::async_trait;
use confab_domain::departure::OwnMessage;
use confab_domain::search::{IndexBatch, Query};
use confab_proto::http::MessagesLeft;
use confab_proto::{ConversationId, Epoch, FileId, Seq, Timestamp, UserId};
use confab_store::{
    FileRow, Files, FoundMessage, Kept, Leftover, LogHead, Mine, Preferences, Profiles, Readers, Reads, SearchWindow,
    Searcher, StoreError,
};

use crate::ports::not_simulated;
use crate::store::NodeStore;

#[async_trait]
impl Profiles for NodeStore {
    async fn set_profile(&self, _: UserId, _: Option<&str>, _: Option<&str>) -> Result<(), StoreError> {
        not_simulated()
    }

    async fn seen_in(&self, _: UserId, _: usize) -> Result<Vec<ConversationId>, StoreError> {
        not_simulated()
    }

    async fn owned_alone(&self, _: UserId) -> Result<Vec<String>, StoreError> {
        not_simulated()
    }

    async fn delete_account(&self, _: UserId, _: &str, _: MessagesLeft) -> Result<bool, StoreError> {
        not_simulated()
    }

    /// Asked by a task of every API; nobody leaves.
    async fn next_leaving(&self) -> Result<Option<(UserId, MessagesLeft)>, StoreError> {
        Ok(None)
    }

    async fn messages_by(&self, _: ConversationId, _: UserId, _: usize) -> Result<Vec<OwnMessage>, StoreError> {
        not_simulated()
    }

    async fn has_left(&self, _: UserId) -> Result<(), StoreError> {
        not_simulated()
    }
}

#[async_trait]
impl Preferences for NodeStore {
    async fn preferences(&self, _: ConversationId, _: UserId) -> Result<Mine<Kept>, StoreError> {
        not_simulated()
    }

    async fn preferences_of(&self, _: UserId) -> Result<Vec<Kept>, StoreError> {
        not_simulated()
    }

    async fn mute(&self, _: ConversationId, _: UserId, _: Option<Timestamp>) -> Result<Mine<()>, StoreError> {
        not_simulated()
    }

    async fn keep_draft(&self, _: ConversationId, _: UserId, _: &str, _: Timestamp) -> Result<Mine<()>, StoreError> {
        not_simulated()
    }

    async fn follow_thread(&self, _: ConversationId, _: UserId, _: Seq, _: bool) -> Result<Mine<bool>, StoreError> {
        not_simulated()
    }

    async fn followers(&self, _: ConversationId, _: Seq) -> Result<Vec<UserId>, StoreError> {
        not_simulated()
    }

    async fn followed(&self, _: ConversationId, _: UserId) -> Result<Vec<Seq>, StoreError> {
        not_simulated()
    }

    async fn reads(&self, _: ConversationId, _: UserId) -> Result<Mine<Reads>, StoreError> {
        not_simulated()
    }

    async fn readers(&self, _: ConversationId, _: UserId, _: Seq) -> Result<Mine<Readers>, StoreError> {
        not_simulated()
    }

    /// Told by a task of every API, of whoever asks.
    async fn seen(&self, _: &[UserId], _: Timestamp) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl Searcher for NodeStore {
    async fn indexed(&self) -> Result<LogHead, StoreError> {
        not_simulated()
    }

    async fn index(&self, _: &IndexBatch) -> Result<bool, StoreError> {
        not_simulated()
    }

    async fn clear_index(&self, _: Epoch, _: bool) -> Result<bool, StoreError> {
        not_simulated()
    }

    async fn search(&self, _: UserId, _: &Query, _: SearchWindow, _: usize) -> Result<Vec<FoundMessage>, StoreError> {
        not_simulated()
    }
}

#[async_trait]
impl Files for NodeStore {
    async fn file_bytes(&self, _: UserId) -> Result<u64, StoreError> {
        not_simulated()
    }

    async fn reserve_file(&self, _: &FileRow, _: u64) -> Result<bool, StoreError> {
        not_simulated()
    }

    async fn finish_file(&self, _: FileId) -> Result<bool, StoreError> {
        not_simulated()
    }

    async fn file_for(&self, _: FileId, _: UserId) -> Result<Option<FileRow>, StoreError> {
        not_simulated()
    }

    async fn set_picture(&self, _: UserId, _: Option<FileId>) -> Result<bool, StoreError> {
        not_simulated()
    }

    async fn picture_of(&self, _: UserId) -> Result<Option<FileRow>, StoreError> {
        not_simulated()
    }

    async fn drop_file(&self, _: FileId, _: UserId) -> Result<bool, StoreError> {
        not_simulated()
    }

    async fn files_to_clear(&self, _: Leftover, _: usize) -> Result<Vec<FileId>, StoreError> {
        not_simulated()
    }

    async fn forget_file(&self, _: FileId) -> Result<(), StoreError> {
        not_simulated()
    }
}
