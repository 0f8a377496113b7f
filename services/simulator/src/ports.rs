//! The port `Store` of one node: every call goes the way of `NodeStore` and is answered from the truth.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use confab_domain::Append;
use confab_proto::http::Member;
use confab_proto::{ClientId, ConversationId, Position, Seq, SessionId, StreamId, Timestamp, UserId};
use confab_store::{
    Appender, ConversationRow, Credentials, Earlier, EventPage, Follower, HistoryPage, KnownRules, Listed, LogHead,
    LogPage, MemberFilter, MessageWindow, Messages, NewSession, NewUser, Outcome, Rate, RateKey, ReadMark, Reader,
    Session, SessionRow, SignUpOutcome, Snapshot, Store, StoreError, Sweep, TokenHash, UserRow,
};
use tokio::time::Instant;
use uuid::Uuid;

use crate::reads;
use crate::store::NodeStore;

#[async_trait]
impl Reader for NodeStore {
    async fn log_head(&self) -> Result<LogHead, StoreError> {
        self.call(|truth| reads::log_head(truth)).await
    }

    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, StoreError> {
        self.call(move |truth| reads::snapshot(truth, stream)).await
    }

    async fn events_after(
        &self,
        stream: StreamId,
        after: Seq,
        limit: usize,
        max_bytes: usize,
    ) -> Result<EventPage, StoreError> {
        self.call(move |truth| reads::events_after(truth, stream, after, limit, max_bytes)).await
    }

    async fn sweep(&self, position: Option<Position>) -> Result<Sweep, StoreError> {
        self.call(move |truth| reads::sweep(truth, position)).await
    }

    async fn conversations_joined(&self, user: UserId) -> Result<Vec<ConversationId>, StoreError> {
        self.call(move |truth| reads::conversations_joined(truth, user)).await
    }

    /// Nobody watches who is there.
    async fn last_seen(&self, _: &[UserId]) -> Result<Vec<(UserId, Timestamp)>, StoreError> {
        not_simulated()
    }

    async fn session(&self, token: &TokenHash) -> Result<Option<Session>, StoreError> {
        let token = *token;
        self.call(move |truth| reads::session(truth, &token)).await
    }
}

#[async_trait]
impl Appender for NodeStore {
    async fn append_plain(&self, batch: &[Append]) -> Result<Vec<Outcome>, StoreError> {
        self.append(batch.to_vec()).await
    }

    async fn append_rule(&self, command: &Append) -> Result<Outcome, StoreError> {
        let mut outcomes = self.append(vec![command.clone()]).await?;
        Ok(outcomes.remove(0))
    }
}

#[async_trait]
impl Follower for NodeStore {
    async fn log_after(&self, after: Position, limit: usize, max_bytes: usize) -> Result<LogPage, StoreError> {
        self.call(move |truth| reads::log_after(truth, after, limit, max_bytes)).await
    }

    async fn take_lease(&self, name: &str, holder: Uuid, ttl: Duration) -> Result<bool, StoreError> {
        let name = name.to_owned();
        let take = move |leases: &mut BTreeMap<String, (Uuid, Instant)>| {
            let now = Instant::now();
            if leases.get(&name).is_some_and(|(held, until)| *held != holder && *until > now) {
                return false;
            }
            leases.insert(name.clone(), (holder, now + ttl));
            true
        };
        self.call(move |truth| take(&mut truth.leases)).await
    }

    async fn release_lease(&self, name: &str, holder: Uuid) -> Result<(), StoreError> {
        let name = name.to_owned();
        self.call(move |truth| truth.leases.retain(|held, (by, _)| *held != name || *by != holder)).await
    }
}

#[async_trait]
impl Messages for NodeStore {
    async fn message(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        seq: Seq,
    ) -> Result<Option<HistoryPage>, StoreError> {
        self.call(move |truth| reads::message(truth, conversation, viewer, seq)).await
    }

    async fn thread(
        &self,
        _: ConversationId,
        _: UserId,
        _: Seq,
        _: MessageWindow,
        _: usize,
    ) -> Result<Option<HistoryPage>, StoreError> {
        not_simulated()
    }

    async fn pins(
        &self,
        _: ConversationId,
        _: UserId,
        _: usize,
    ) -> Result<Option<(HistoryPage, Vec<Seq>)>, StoreError> {
        not_simulated()
    }

    async fn named_members(&self, _: ConversationId, _: &[&str]) -> Result<Vec<UserId>, StoreError> {
        not_simulated()
    }
}

/// What no step of a plan asks for.
pub(crate) fn not_simulated<T>() -> Result<T, StoreError> {
    Err(StoreError::misused("the simulator knows no sign-up, no lists and no read marks"))
}

#[async_trait]
impl Store for NodeStore {
    async fn earlier(&self, stream: StreamId, actor: UserId, id: ClientId) -> Result<Option<Earlier>, StoreError> {
        let found = self.call(move |truth| truth.life().earlier(stream, actor, id)).await?;
        Ok(found.map(|(placed, request_hash)| Earlier { placed, request_hash }))
    }

    async fn known_rules(&self, conversation: ConversationId, user: UserId) -> Result<Option<KnownRules>, StoreError> {
        self.call(move |truth| reads::known_rules(truth, conversation, user)).await
    }

    async fn conversation(
        &self,
        conversation: ConversationId,
        viewer: UserId,
    ) -> Result<Option<ConversationRow>, StoreError> {
        self.call(move |truth| reads::conversation(truth, conversation, viewer)).await
    }

    async fn conversations_of(
        &self,
        _: UserId,
        _: usize,
        _: Option<&str>,
    ) -> Result<Option<Listed<ConversationRow>>, StoreError> {
        not_simulated()
    }

    async fn public_groups(
        &self,
        _: UserId,
        _: &str,
        _: usize,
        _: Option<&str>,
    ) -> Result<Option<Listed<ConversationRow>>, StoreError> {
        not_simulated()
    }

    async fn members(
        &self,
        _: ConversationId,
        _: UserId,
        _: MemberFilter<'_>,
        _: usize,
        _: Option<UserId>,
    ) -> Result<Option<Listed<Member>>, StoreError> {
        not_simulated()
    }

    async fn history(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        window: MessageWindow,
        limit: usize,
    ) -> Result<Option<HistoryPage>, StoreError> {
        self.call(move |truth| reads::history(truth, conversation, viewer, window, limit)).await
    }

    async fn events_for(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        after: Seq,
        limit: usize,
        max_bytes: usize,
    ) -> Result<Option<EventPage>, StoreError> {
        self.call(move |truth| reads::events_for(truth, conversation, viewer, after, (limit, max_bytes))).await
    }

    async fn mark_read(&self, _: ConversationId, _: UserId, _: Seq) -> Result<ReadMark, StoreError> {
        not_simulated()
    }

    async fn sign_up(&self, _: &NewUser, _: &NewSession) -> Result<SignUpOutcome, StoreError> {
        not_simulated()
    }

    async fn add_session(&self, _: &NewSession, _: &str) -> Result<bool, StoreError> {
        not_simulated()
    }

    async fn session_row(&self, token: &TokenHash) -> Result<Option<SessionRow>, StoreError> {
        let token = *token;
        self.call(move |truth| reads::session_row(truth, &token)).await
    }

    async fn sessions_of(&self, user: UserId) -> Result<Vec<SessionRow>, StoreError> {
        self.call(move |truth| reads::sessions_of(truth, user)).await
    }

    async fn extend_session(
        &self,
        session: SessionId,
        expires_at: Timestamp,
        last_seen_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.call(move |truth| {
            let rows = truth.sessions.values_mut();
            for row in rows.filter(|row| row.session.id == session) {
                row.session.expires_at = row.session.expires_at.max(expires_at);
                row.last_seen_at = row.last_seen_at.max(last_seen_at);
            }
        })
        .await
    }

    async fn set_password(&self, _: UserId, _: &str) -> Result<(), StoreError> {
        not_simulated()
    }

    async fn replace_password(&self, _: UserId, _: &str, _: &str) -> Result<bool, StoreError> {
        not_simulated()
    }

    async fn credentials(&self, _: &str) -> Result<Option<Credentials>, StoreError> {
        not_simulated()
    }

    async fn users_by_id(&self, ids: &[UserId]) -> Result<Vec<UserRow>, StoreError> {
        let people = self.world.people.iter().filter(|person| ids.contains(&person.user));
        let rows = people.map(|person| UserRow::new(person.user, person.name.to_owned(), person.name.to_owned()));
        let rows: Vec<UserRow> = rows.collect();
        self.call(move |_| rows).await
    }

    async fn find_users(&self, _: &str, _: usize) -> Result<Vec<UserRow>, StoreError> {
        not_simulated()
    }

    async fn add_user(&self, _: &NewUser) -> Result<SignUpOutcome, StoreError> {
        not_simulated()
    }

    async fn count_users(&self) -> Result<u64, StoreError> {
        not_simulated()
    }

    async fn take_token(&self, _: &RateKey, _: Rate, _: Timestamp) -> Result<Result<(), Duration>, StoreError> {
        not_simulated()
    }

    async fn give_back(&self, _: &[(RateKey, Rate)]) -> Result<(), StoreError> {
        not_simulated()
    }

    async fn remember(&self, _: &RateKey, _: Timestamp) -> Result<(), StoreError> {
        not_simulated()
    }

    async fn remembers(&self, _: &RateKey, _: Timestamp) -> Result<bool, StoreError> {
        not_simulated()
    }

    async fn forget_full_buckets(&self, _: Timestamp) -> Result<(), StoreError> {
        not_simulated()
    }

    async fn restored(&self) -> Result<LogHead, StoreError> {
        not_simulated()
    }
}
