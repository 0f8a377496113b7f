//! Which session a token belongs to, cached for at most a second.
//!
//! A revoked session may therefore still be served for that long by another replica; its sockets close by the user's stream.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use confab_proto::Timestamp;
use confab_store::{Session, Store, StoreError, TokenHash};

const FRESH_FOR: Duration = Duration::from_secs(1);
const MAX_ENTRIES: usize = 65_536;

#[derive(Default)]
pub(crate) struct Sessions {
    cached: Mutex<HashMap<TokenHash, (Session, Instant)>>,
}

impl Sessions {
    /// The session of this token, if it stands and has not expired.
    pub(crate) async fn find(&self, store: &dyn Store, token: &TokenHash) -> Result<Option<Session>, StoreError> {
        if let Some(session) = self.cached(token) {
            return Ok(Some(session).filter(is_current));
        }
        let found = store.session(token).await?;
        if let Some(session) = found {
            let mut cached = self.lock();
            if cached.len() >= MAX_ENTRIES {
                cached.clear();
            }
            cached.insert(*token, (session, Instant::now()));
        }
        Ok(found.filter(is_current))
    }

    /// Forgets a session that was just ended here.
    pub(crate) fn forget(&self, session: &Session) {
        self.lock().retain(|_, (cached, _)| cached.id != session.id);
    }

    fn cached(&self, token: &TokenHash) -> Option<Session> {
        let mut cached = self.lock();
        let (session, since) = cached.get(token).copied()?;
        if since.elapsed() < FRESH_FOR {
            return Some(session);
        }
        cached.remove(token);
        None
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TokenHash, (Session, Instant)>> {
        // Nothing panics while it is held; a poisoned map is whole.
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_current(session: &Session) -> bool {
    Timestamp::now() < session.expires_at
}
