//! Which browsers are told of what, and how far the log was looked through.

use std::sync::Arc;

use confab_domain::decide;
use confab_domain::notice::Kind;
use confab_proto::{ConversationId, Epoch, EventType, Position, Seq, SessionId, Timestamp, UserId};
use confab_store::{LogHead, PushReader, PushSubscription};

use crate::database::Database;
use crate::scene::{Stores, add_session, appended, asker, group, leave, post, session, sign_up, target, token};

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const MOST: usize = 20;

/// Of a new session.
async fn subscription(store: &Stores, user: UserId, endpoint: &str) -> PushSubscription {
    let session = session(user);
    add_session(store, session, token()).await;
    let endpoint = format!("https://push.example/{endpoint}");
    PushSubscription { session: session.id, user, endpoint, p256dh: "BA".to_owned(), auth: "AA".to_owned() }
}

async fn subscribed(store: &Stores, user: UserId, endpoint: &str) -> PushSubscription {
    let subscription = subscription(store, user, endpoint).await;
    store.subscribe(&subscription, Timestamp(1), MOST).await.unwrap();
    subscription
}

async fn told(store: &Stores, conversation: ConversationId, author: UserId, root: Option<Seq>) -> Vec<PushReader> {
    store.push_readers(conversation, author, root, NOW).await.unwrap()
}

async fn endpoints(store: &Stores, conversation: ConversationId, author: UserId) -> Vec<String> {
    let readers = told(store, conversation, author, None).await;
    let mut endpoints: Vec<_> = readers.into_iter().map(|reader| reader.subscription.endpoint).collect();
    endpoints.sort();
    endpoints
}

pub(crate) async fn browsers_of_members_are_told(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob, eve) = (sign_up(store, "ada").await, sign_up(store, "bob").await, sign_up(store, "eve").await);
    let room = group(store, ada, "room", &[bob]).await;
    let said = post(store, room, ada, "hello").await.seq;
    subscribed(store, ada, "a").await;
    subscribed(store, eve, "e").await;
    subscribed(store, bob, "b1").await;
    subscribed(store, bob, "b2").await;
    let both = ["https://push.example/b1", "https://push.example/b2"];
    assert_eq!(endpoints(store, room, ada).await, both, "not the author, and nobody from outside");
    for reader in told(store, room, ada, Some(said)).await {
        let reader = reader.reader;
        assert_eq!((reader.user, reader.read, reader.muted_until, reader.follows), (bob, Seq::ZERO, None, false));
    }

    store.mute(room, bob, Some(Timestamp(99))).await.unwrap();
    store.mark_read(room, bob, said).await.unwrap();
    store.follow_thread(room, bob, said, true).await.unwrap();
    for reader in told(store, room, ada, Some(said)).await {
        let reader = reader.reader;
        assert_eq!((reader.read, reader.muted_until, reader.follows), (said, Some(Timestamp(99)), true));
    }
    assert!(told(store, room, ada, None).await.iter().all(|reader| !reader.reader.follows), "of another thread");
    let late = Timestamp(1_900_000_000_000_001);
    assert!(store.push_readers(room, ada, None, late).await.unwrap().is_empty(), "their sessions are over");
    leave(store, room, bob).await;
    assert!(told(store, room, ada, None).await.is_empty());
}

pub(crate) async fn a_subscription_is_of_one_session_and_goes_with_it(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[bob]).await;
    let first = subscribed(store, bob, "1").await;
    let renewed = PushSubscription { endpoint: "https://push.example/renewed".to_owned(), ..first };
    store.subscribe(&renewed, Timestamp(2), MOST).await.unwrap();
    let listed = async || {
        let readers = told(store, room, ada, None).await;
        readers.into_iter().map(|reader| reader.subscription.session).collect::<Vec<_>>()
    };
    assert_eq!(listed().await, [renewed.session]);

    let next = PushSubscription { endpoint: renewed.endpoint.clone(), ..subscription(store, bob, "").await };
    store.subscribe(&next, Timestamp(3), MOST).await.unwrap();
    assert_eq!(listed().await, [next.session], "whoever signed in last in a browser has it");
    assert!(!store.unsubscribe(&next.endpoint, ada).await.unwrap(), "another's");
    assert!(store.unsubscribe(&next.endpoint, bob).await.unwrap());
    assert!(!store.unsubscribe(&next.endpoint, bob).await.unwrap() && listed().await.is_empty());

    let stranger = PushSubscription { user: ada, ..next.clone() };
    store.subscribe(&stranger, Timestamp(5), MOST).await.unwrap();
    let ended = PushSubscription { session: SessionId::new_v7(), ..next.clone() };
    store.subscribe(&ended, Timestamp(5), MOST).await.unwrap();
    assert!(listed().await.is_empty(), "of a session that is another's, and of one that is over");
    store.subscribe(&next, Timestamp(6), MOST).await.unwrap();
    assert_eq!(listed().await, [next.session]);
    let revoke = decide::revoke_session(asker(store, bob).await, next.session);
    appended(store.append_rule(&revoke).await.unwrap());
    assert!(listed().await.is_empty());
}

pub(crate) async fn the_oldest_browsers_of_a_person_give_way(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[bob]).await;
    for (at, name) in [(3, "c"), (1, "a"), (2, "b"), (4, "d")] {
        store.subscribe(&subscription(store, bob, name).await, Timestamp(at), 2).await.unwrap();
    }
    assert_eq!(endpoints(store, room, ada).await, ["https://push.example/c", "https://push.example/d"]);
}

pub(crate) async fn a_message_is_told_as_it_is_now(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let said = post(store, room, ada, "hello").await.seq;
    let message = store.push_message(room, said).await.unwrap().unwrap();
    assert_eq!((message.kind, message.name.as_deref()), (Kind::Group, Some("room")));
    assert!(message.data.contains("hello"), "{}", message.data);
    target(store, room, ada, EventType::MessageEdited, said).await;
    let message = store.push_message(room, said).await.unwrap().unwrap();
    assert!(message.data.contains("edited"), "{}", message.data);
    assert_eq!(store.push_message(room, Seq(1)).await.unwrap(), None, "no message");
    assert_eq!(store.push_message(room, Seq(99)).await.unwrap(), None);
}

pub(crate) async fn there_is_one_key_and_one_place(database: Arc<Database>) {
    let (store, other) = (&database.store, database.another_writer().await);
    assert_eq!(store.push_key().await.unwrap(), None);
    assert_eq!(store.keep_push_key("first").await.unwrap(), "first");
    assert_eq!(other.keep_push_key("second").await.unwrap(), "first");
    assert_eq!(other.push_key().await.unwrap().as_deref(), Some("first"));
    let nowhere = LogHead { epoch: Epoch(0), position: Position::ZERO };
    let there = LogHead { epoch: Epoch(u64::MAX), position: Position(7) };
    assert_eq!(store.pushed().await.unwrap(), nowhere);
    assert!(store.move_pushed(nowhere, there).await.unwrap());
    assert!(!other.move_pushed(nowhere, there).await.unwrap(), "another was quicker");
    assert_eq!(other.pushed().await.unwrap(), there);
}
