//! Sessions that end. Their sockets learn of it through the user's stream.

use confab_proto::event_data::SessionRevoked;
use confab_proto::{EventType, SessionId};

use super::Asker;
use crate::append::{Append, NewEvent, RequestHash, Row};

fn revoked(asker: Asker, session: SessionId) -> NewEvent {
    NewEvent::new(asker.actor, EventType::SessionRevoked, &SessionRevoked { session_id: session })
}

/// End a session of the actor's own.
#[must_use]
pub fn revoke_session(asker: Asker, session: SessionId) -> Append {
    let hash = RequestHash::of("session.revoked", &session);
    asker.append(hash, Vec::new(), vec![revoked(asker, session)], vec![Row::EndSession { session }])
}

/// End several sessions of the actor's own at once. `sessions` must not be empty.
#[must_use]
pub fn revoke_sessions(asker: Asker, sessions: &[SessionId]) -> Append {
    let hash = RequestHash::of("sessions.revoked", &sessions);
    let events = sessions.iter().map(|session| revoked(asker, *session)).collect();
    asker.append(
        hash,
        Vec::new(),
        events,
        sessions.iter().map(|session| Row::EndSession { session: *session }).collect(),
    )
}
