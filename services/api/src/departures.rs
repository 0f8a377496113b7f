//! Brings deleted accounts to their end: they leave their groups, and take their messages back if that was wished.
//!
//! Lifecycle: one task per process; one process at a time does the work, by a lease. Every step is a command of its own, so
//! whoever dies half-way is followed by another that finds what is left.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use confab_domain::decide::{self, ChangeSettings};
use confab_domain::departure::{self, OwnMessage};
use confab_domain::{RequestHash, RuleError};
use confab_proto::event_data::{ConversationRef, Role};
use confab_proto::http::MessagesLeft;
use confab_proto::{ConversationId, EventType, Seq, StreamId, UserId};
use confab_runtime::chance::{self, jittered};
use confab_store::{MemberFilter, StoreError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::commit::Command;
use crate::error::ApiError;
use crate::state::Api;

const LEASE: &str = "departures";
/// Longer than the steps between two renewals take.
const TTL: Duration = Duration::from_secs(30);
/// For what another process has begun and did not end.
const LOOK_EVERY: Duration = Duration::from_secs(30);
const EVENTS_A_PAGE: usize = 200;
const MESSAGES_A_PAGE: usize = 100;

/// Waits for departures until it is stopped. `news` tells of one at once.
pub(crate) async fn run(api: Arc<Api>, news: Arc<Notify>, stop: CancellationToken) -> anyhow::Result<()> {
    let holder = Uuid::new_v4();
    let waiting = async {
        loop {
            match api.depart_all(holder).await {
                Ok(()) => {}
                Err(error) => tracing::warn!(%error, "a deleted account could not leave everywhere yet; trying again"),
            }
            // Over is as good as notified: then the store is asked.
            tokio::time::timeout(jittered(LOOK_EVERY), news.notified()).await.ok();
        }
    };
    stop.run_until_cancelled(waiting).await;
    if let Err(error) = api.store.release_lease(LEASE, holder).await {
        tracing::warn!(%error, "cannot give the lease of departures back; it runs out by itself");
    }
    Ok(())
}

impl Api {
    async fn depart_all(&self, holder: Uuid) -> Result<(), ApiError> {
        while let Some((user, messages)) = self.store.next_leaving().await? {
            if !self.store.take_lease(LEASE, holder, TTL).await? {
                return Ok(());
            }
            for conversation in self.entered_by(user).await? {
                self.store.take_lease(LEASE, holder, TTL).await?;
                if messages == MessagesLeft::Delete {
                    self.take_all_back(conversation, user, holder).await?;
                }
                self.depart(conversation, user).await?;
            }
            self.store.has_left(user).await?;
            tracing::info!(user.id = %user, "a deleted account has left everywhere");
        }
        Ok(())
    }

    /// Every conversation that the person ever was in.
    async fn entered_by(&self, user: UserId) -> Result<BTreeSet<ConversationId>, ApiError> {
        let mut entered = BTreeSet::new();
        let mut after = Seq::ZERO;
        loop {
            let page = self.store.events_after(StreamId::from(user), after, EVENTS_A_PAGE, usize::MAX).await?;
            let Some(last) = page.events.last() else { return Ok(entered) };
            after = last.seq;
            for event in page.events.iter().filter(|event| event.event_type == EventType::ConversationEntered) {
                let data: ConversationRef =
                    serde_json::from_str(event.data.get()).map_err(|error| StoreError::Damaged(error.to_string()))?;
                entered.insert(data.conversation_id);
            }
        }
    }

    async fn take_all_back(&self, conversation: ConversationId, user: UserId, holder: Uuid) -> Result<(), ApiError> {
        loop {
            let messages = self.store.messages_by(conversation, user, MESSAGES_A_PAGE).await?;
            if messages.is_empty() {
                return Ok(());
            }
            self.store.take_lease(LEASE, holder, TTL).await?;
            for message in messages {
                self.take_back(conversation, user, message).await?;
            }
        }
    }

    async fn take_back(&self, conversation: ConversationId, user: UserId, message: OwnMessage) -> Result<(), ApiError> {
        let command = command(conversation, user, &message.seq);
        let done = self.commit(command, |asker, known| Ok(departure::take_back(asker, known, message))).await;
        done.map(drop)
    }

    /// Whoever is the last owner hands the group over, or closes it if there is nobody else.
    async fn depart(&self, conversation: ConversationId, user: UserId) -> Result<(), ApiError> {
        let (mut closed, mut alone) = (false, false);
        loop {
            let leave = command(conversation, user, &"departure");
            match self.commit(leave, |asker, known| departure::depart(asker, known, alone)).await {
                Ok(_) => return Ok(()),
                Err(error) if error.broke(RuleError::NotAMember) || error.broke(RuleError::DirectIsFixed) => {
                    return Ok(());
                }
                Err(error) if !error.broke(RuleError::LastOwner) => return Err(error),
                Err(_) => {}
            }
            match self.heir(conversation, user).await? {
                Some(heir) => self.commit_person(conversation, user, heir, departure::hand_over).await?,
                // Nobody can come in once it is closed, but somebody may have come before.
                None if closed => alone = true,
                None => closed = self.close(conversation, user).await?,
            }
        }
    }

    /// Of the members with the highest role the one whose account is the oldest.
    async fn heir(&self, conversation: ConversationId, user: UserId) -> Result<Option<UserId>, ApiError> {
        for role in [Role::Admin, Role::Member, Role::Reader] {
            let filter = MemberFilter { query: "", role: Some(role) };
            let page = self.store.members(conversation, user, filter, 1, None).await?;
            if let Some(heir) = page.and_then(|page| page.rows.into_iter().next()) {
                return Ok(Some(heir.user.id));
            }
        }
        Ok(None)
    }

    async fn close(&self, conversation: ConversationId, user: UserId) -> Result<bool, ApiError> {
        let archive = ChangeSettings { archived: Some(true), ..ChangeSettings::default() };
        let close = command(conversation, user, &"close");
        match self.commit(close, |asker, known| decide::change_settings(asker, known, &archive)).await {
            Err(error) if !error.broke(RuleError::Unchanged) => Err(error),
            _ => Ok(true),
        }
    }
}

fn command(conversation: ConversationId, actor: UserId, content: &impl serde::Serialize) -> Command {
    let request_hash = RequestHash::of("departure", content);
    Command { conversation, actor, client_id: chance::client_id(), request_hash }
}
