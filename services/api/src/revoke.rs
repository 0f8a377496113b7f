//! Ending sessions: an event on their owner's stream, by which every gateway closes their sockets.
//!
//! Ending twice does no harm. One session alone is ended by a command named after it, so the log tells it once; many are ended in
//! a few commands.

use confab_domain::Append;
use confab_domain::decide::{self, Asker};
use confab_proto::{ClientId, SessionId, UserId};
use confab_runtime::chance;
use confab_store::{Outcome, SessionRow};

use crate::error::ApiError;
use crate::state::Api;

/// Sessions ended by one command.
const AT_ONCE: usize = 100;

impl Api {
    /// Ends one session of this user; it stands or stood.
    pub(crate) async fn revoke(&self, user: UserId, session: SessionId) -> Result<(), ApiError> {
        let by_session = ClientId::from_uuid(session.uuid());
        self.end(user, by_session, &[session], |asker| decide::revoke_session(asker, session)).await
    }

    /// Ends these sessions of this user.
    pub(crate) async fn revoke_all(&self, user: UserId, sessions: &[SessionRow]) -> Result<(), ApiError> {
        let ids: Vec<SessionId> = sessions.iter().map(|row| row.session.id).collect();
        for ids in ids.chunks(AT_ONCE) {
            self.end(user, chance::client_id(), ids, |asker| decide::revoke_sessions(asker, ids)).await?;
        }
        Ok(())
    }

    /// Whether this session of the user has been ended by itself before.
    pub(crate) async fn was_revoked(&self, user: UserId, session: SessionId) -> Result<bool, ApiError> {
        let by_session = ClientId::from_uuid(session.uuid());
        Ok(self.store.earlier(user.into(), user, by_session).await?.is_some())
    }

    async fn end(
        &self,
        actor: UserId,
        client_id: ClientId,
        sessions: &[SessionId],
        decide: impl Fn(Asker) -> Append,
    ) -> Result<(), ApiError> {
        // It rests on no rule, so a conflict can only be a new epoch, read here again.
        for _ in 0..2 {
            let epoch = self.store.log_head().await?.epoch;
            if self.append(decide(Asker { actor, client_id, epoch })).await? != Outcome::Conflict {
                self.sessions.forget(sessions);
                return Ok(());
            }
        }
        Err(ApiError::unavailable("the store was being restored; try again"))
    }
}
