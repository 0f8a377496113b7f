//! Which session a token belongs to, cached for at most a second; and that it is used.
//!
//! A revoked session may therefore still be served for that long by another replica; its sockets close by the user's stream.
//! Use is written at most once a minute for each session and replica, so that asking costs no write.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use confab_proto::{SessionId, Timestamp};
use confab_runtime::clock;
use confab_store::{Session, SessionRow, Store, StoreError, TokenHash};

use super::session_life::SessionLife;

const FRESH_FOR: Duration = Duration::from_secs(1);
const MAX_ENTRIES: usize = 65_536;
/// Between two notes that a session was used.
const NOTED_EVERY_SECONDS: i64 = 60;

pub(crate) struct Sessions {
    life: SessionLife,
    cached: Mutex<HashMap<TokenHash, Cached>>,
}

#[derive(Clone, Copy)]
struct Cached {
    session: Session,
    created_at: Timestamp,
    last_seen_at: Timestamp,
    read_at: Instant,
}

/// A session that may ask.
#[derive(Clone, Copy)]
pub(crate) struct Current {
    pub(crate) session: Session,
    /// By this very request.
    pub(crate) prolonged: bool,
    /// By this use or an earlier one: it ends later than its first cookie does.
    pub(crate) outlives_cookie: bool,
}

impl Sessions {
    pub(crate) fn new(life: SessionLife) -> Self {
        Self { life, cached: Mutex::default() }
    }

    /// The end of a session that begins now.
    pub(crate) fn end(&self, now: Timestamp) -> Timestamp {
        self.life.end(now)
    }

    /// The session of this token, if it stands and has not expired.
    pub(crate) async fn find(&self, store: &dyn Store, token: &TokenHash) -> Result<Option<Current>, StoreError> {
        if !self.is_fresh(token) {
            // From before the read: what is true of the row is true of then, however late the answer comes.
            let read_at = clock::instant();
            let Some(row) = store.session_row(token).await? else { return Ok(None) };
            self.put(token, &row, read_at);
        }
        let now = clock::now();
        let Some((current, to_note)) = self.use_cached(token, now) else {
            // Displaced since the line above: rare, and asking again is always right.
            let found = store.session(token).await?.filter(|session| now < session.expires_at);
            return Ok(found.map(|session| Current { session, prolonged: false, outlives_cookie: false }));
        };
        if current.session.expires_at <= now {
            return Ok(None);
        }
        Ok(Some(if to_note { note_use(store, current, now).await } else { current }))
    }

    /// Forgets sessions that were just ended here.
    pub(crate) fn forget(&self, sessions: &[SessionId]) {
        self.lock().retain(|_, cached| !sessions.contains(&cached.session.id));
    }

    /// The session as it is from now on, and whether that has to be written.
    fn use_cached(&self, token: &TokenHash, now: Timestamp) -> Option<(Current, bool)> {
        let mut cached = self.lock();
        let cached = cached.get_mut(token)?;
        let expires_at = self.life.prolonged(cached.created_at, cached.session.expires_at, now);
        let prolonged = expires_at > cached.session.expires_at;
        let to_note = prolonged || now >= cached.last_seen_at.plus_seconds(NOTED_EVERY_SECONDS);
        if to_note && now < cached.session.expires_at {
            // At once, so that of several requests only one writes.
            cached.last_seen_at = now;
            cached.session.expires_at = expires_at;
        }
        let outlives_cookie = cached.session.expires_at > self.life.end(cached.created_at);
        Some((Current { session: cached.session, prolonged, outlives_cookie }, to_note))
    }

    fn is_fresh(&self, token: &TokenHash) -> bool {
        let mut cached = self.lock();
        let fresh = cached
            .get(token)
            .is_some_and(|cached| clock::instant().saturating_duration_since(cached.read_at) < FRESH_FOR);
        if !fresh {
            cached.remove(token);
        }
        fresh
    }

    fn put(&self, token: &TokenHash, row: &SessionRow, read_at: Instant) {
        let SessionRow { session, created_at, last_seen_at, .. } = *row;
        let mut cached = self.lock();
        if cached.len() >= MAX_ENTRIES {
            cached.clear();
        }
        // Another request may have read and noted it meanwhile.
        cached.entry(*token).or_insert(Cached { session, created_at, last_seen_at, read_at });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TokenHash, Cached>> {
        // Nothing panics while it is held; a poisoned map is whole.
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nobody is refused because this could not be written; the session is then as long as it was.
async fn note_use(store: &dyn Store, current: Current, now: Timestamp) -> Current {
    let session = current.session;
    let written = store.extend_session(session.id, session.expires_at, now).await;
    if let Err(error) = &written {
        tracing::debug!(%error, "cannot note that a session is used");
    }
    Current { prolonged: current.prolonged && written.is_ok(), ..current }
}
