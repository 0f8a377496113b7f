//! People, conversations and commands in few words, decided by the production rules.

use std::sync::Arc;

use confab_domain::decide::{self, Asker, Known, PostMessage};
use confab_domain::text::{GroupName, MessageBody};
use confab_domain::{Append, LogEvent, NewEvent, Placed, RequestHash};
use confab_proto::event_data::{MessageEdited, MessageRef};
use confab_proto::{ClientId, ConversationId, EventType, Seq, SessionId, StreamId, Timestamp, UserId};
use confab_store::{NewSession, NewUser, Outcome, Session, SignUpOutcome, Store, TokenHash, UserRow};
use uuid::Uuid;

pub(crate) type Stores = Arc<dyn Store>;

pub(crate) fn client_id() -> ClientId {
    ClientId::from_uuid(Uuid::new_v4())
}

pub(crate) fn token() -> TokenHash {
    let (a, b) = (Uuid::new_v4(), Uuid::new_v4());
    [a.into_bytes(), b.into_bytes()].concat().try_into().unwrap()
}

pub(crate) fn session(user: UserId) -> Session {
    Session { id: SessionId::new_v7(), user, expires_at: Timestamp(1_900_000_000_000_000) }
}

pub(crate) fn new_session(session: Session, token: TokenHash) -> NewSession {
    NewSession { session, token, created_at: Timestamp::now(), client: "Firefox on Linux".to_owned() }
}

/// Of somebody whom `sign_up` made.
pub(crate) async fn add_session(store: &Stores, session: Session, token: TokenHash) {
    let users = store.users_by_id(&[session.user]).await.unwrap();
    let hash = format!("$argon2id$of-{}", users[0].username);
    assert!(store.add_session(&new_session(session, token), &hash).await.unwrap());
}

pub(crate) fn person(username: &str, display_name: &str) -> NewUser {
    let user = UserRow::new(UserId::new_v7(), username.to_owned(), display_name.to_owned());
    NewUser { user, password_hash: format!("$argon2id$of-{username}") }
}

pub(crate) async fn sign_up(store: &Stores, username: &str) -> UserId {
    let new = person(username, username);
    let id = new.user.id;
    assert_eq!(store.sign_up(&new, &new_session(session(id), token())).await.unwrap(), SignUpOutcome::Created);
    id
}

pub(crate) async fn asker(store: &Stores, actor: UserId) -> Asker {
    Asker { actor, client_id: client_id(), epoch: store.log_head().await.unwrap().epoch }
}

pub(crate) fn appended(outcome: Outcome) -> Vec<Placed> {
    match outcome {
        Outcome::Appended(placed) => placed,
        other => panic!("expected to append, got {other:?}"),
    }
}

pub(crate) async fn group(store: &Stores, owner: UserId, name: &str, members: &[UserId]) -> ConversationId {
    let command = decide::create_group(asker(store, owner).await, &GroupName::parse(name).unwrap(), members);
    appended(store.append_rule(&command).await.unwrap());
    command.first_stream().conversation()
}

pub(crate) async fn direct(store: &Stores, one: UserId, other: UserId) -> ConversationId {
    let command = decide::create_direct(asker(store, one).await, other).unwrap();
    appended(store.append_rule(&command).await.unwrap());
    command.first_stream().conversation()
}

pub(crate) async fn known(store: &Stores, conversation: ConversationId, user: UserId) -> Known {
    store.known_rules(conversation, user).await.unwrap().unwrap().known()
}

/// A message on fresh rules.
pub(crate) async fn message(store: &Stores, conversation: ConversationId, user: UserId, body: &str) -> Append {
    let body = MessageBody::parse(body.to_owned(), 1 << 20).unwrap();
    let command = PostMessage::text(conversation, body);
    decide::post_message(asker(store, user).await, &known(store, conversation, user).await, &command).unwrap()
}

pub(crate) async fn one(store: &Stores, command: Append) -> Outcome {
    store.append_plain(&[command]).await.unwrap().pop().unwrap()
}

pub(crate) async fn post(store: &Stores, conversation: ConversationId, user: UserId, body: &str) -> Placed {
    let command = message(store, conversation, user, body).await;
    appended(one(store, command).await)[0]
}

/// An edit or a deletion, as later versions decide them: one event with a target.
pub(crate) async fn target(
    store: &Stores,
    conversation: ConversationId,
    user: UserId,
    event_type: EventType,
    seq: Seq,
) -> Placed {
    let mut command = message(store, conversation, user, "unused").await;
    let event = match event_type {
        EventType::MessageEdited => {
            let (body, mentions) = ("edited".to_owned(), Vec::new());
            let edited = MessageEdited { target_seq: seq, body, mentions, everyone: false };
            NewEvent::new(conversation, event_type, &edited)
        }
        _ => NewEvent::new(conversation, event_type, &MessageRef { target_seq: seq }),
    };
    command.events = vec![event.about(seq)];
    command.request_hash = RequestHash::of(event_type.as_str(), &seq);
    appended(one(store, command).await)[0]
}

pub(crate) async fn join(store: &Stores, conversation: ConversationId, user: UserId) -> Outcome {
    let command = decide::join(asker(store, user).await, &known(store, conversation, user).await).unwrap();
    store.append_rule(&command).await.unwrap()
}

pub(crate) async fn leave(store: &Stores, conversation: ConversationId, user: UserId) -> Outcome {
    let command = decide::leave(asker(store, user).await, &known(store, conversation, user).await).unwrap();
    store.append_rule(&command).await.unwrap()
}

/// The whole log of a stream.
pub(crate) async fn log(store: &Stores, stream: impl Into<StreamId>) -> Vec<LogEvent> {
    let stream = stream.into();
    let mut events: Vec<LogEvent> = Vec::new();
    loop {
        let after = events.last().map_or(Seq::ZERO, |event| event.seq);
        let page = store.events_after(stream, after, 100, 1 << 20).await.unwrap();
        if page.events.is_empty() {
            return events;
        }
        events.extend(page.events);
    }
}

/// Positions are 1, 2, 3, … over all of `logs` and end where the log ends.
pub(crate) async fn assert_positions_are_gapless(store: &Stores, logs: &[Vec<LogEvent>]) {
    let mut positions: Vec<u64> = logs.iter().flatten().map(|event| event.position.0).collect();
    positions.sort_unstable();
    let end = store.log_head().await.unwrap().position.0;
    assert_eq!(positions, (1..=end).collect::<Vec<u64>>());
}

/// `seq` and `message_no` of one stream count without a gap.
pub(crate) fn assert_seqs_are_gapless(log: &[LogEvent]) {
    let mut messages = 0;
    for (index, event) in log.iter().enumerate() {
        assert_eq!(event.seq.0, index as u64 + 1);
        messages += u64::from(event.event_type == EventType::MessagePosted);
        assert_eq!(event.message_no.0, messages, "at seq {}", event.seq);
    }
    assert!(log.is_sorted_by_key(|event| event.position) && log.is_sorted_by_key(|event| event.at));
}
