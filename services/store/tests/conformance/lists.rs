//! Lists of conversations, as each person sees them.

use std::sync::Arc;

use confab_proto::event_data::Role;
use confab_proto::{ConversationId, EventType, Seq, UserId};
use confab_store::{ConversationRow, Listed, ReadMark};

use crate::append::redact;
use crate::database::Database;
use crate::scene::{Stores, appended, direct, group, join, leave, post, sign_up, target};

fn ids(page: &Listed<ConversationRow>) -> Vec<ConversationId> {
    page.rows.iter().map(|row| row.rules.stream.conversation()).collect()
}

async fn unread(store: &Stores, conversation: ConversationId, user: UserId) -> u64 {
    store.conversation(conversation, user).await.unwrap().unwrap().unread
}

pub(crate) async fn mine_come_by_last_activity(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let mut rooms = Vec::new();
    for n in 0..5 {
        rooms.push(group(store, ada, &format!("room {n}"), &[]).await);
    }
    group(store, bob, "not mine", &[]).await;
    post(store, rooms[1], ada, "one").await;
    post(store, rooms[3], ada, "three").await;
    post(store, rooms[1], ada, "one again").await;
    let left = group(store, bob, "left", &[ada]).await;
    appended(leave(store, left, ada).await);
    let expected = [rooms[1], rooms[3], rooms[4], rooms[2], rooms[0]];

    let all = store.conversations_of(ada, 50, None).await.unwrap().unwrap();
    assert_eq!((ids(&all), all.next), (expected.to_vec(), None));
    let first = store.conversations_of(ada, 2, None).await.unwrap().unwrap();
    assert_eq!(ids(&first), expected[..2]);
    let second = store.conversations_of(ada, 2, first.next.as_deref()).await.unwrap().unwrap();
    assert_eq!(ids(&second), expected[2..4]);
    let third = store.conversations_of(ada, 2, second.next.as_deref()).await.unwrap().unwrap();
    assert_eq!((ids(&third), third.next), (expected[4..].to_vec(), None));
    let row = &first.rows[0];
    assert_eq!((row.rules.name.as_deref(), row.role), (Some("room 1"), Some(Role::Owner)));
    assert_eq!((row.head.seq, row.head.message_no.0), (Seq(4), 2));
    assert_eq!(row.last_message.as_ref().unwrap().body, "one again");
    assert_eq!(third.rows[0].last_message, None);
    assert!(store.conversations_of(ada, 2, Some("no cursor")).await.unwrap().is_none());
}

pub(crate) async fn a_direct_conversation_shows_the_other_person(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob, eve) = (sign_up(store, "ada").await, sign_up(store, "bob").await, sign_up(store, "eve").await);
    let room = direct(store, ada, bob).await;
    group(store, ada, "a group", &[bob]).await;
    for (viewer, other) in [(ada, "bob"), (bob, "ada")] {
        let page = store.conversations_of(viewer, 10, None).await.unwrap().unwrap();
        assert_eq!(page.rows.len(), 2);
        assert!(page.rows[0].receivers.is_empty(), "a group has none");
        let names: Vec<&str> = page.rows[1].receivers.iter().map(|user| user.username.as_str()).collect();
        assert_eq!((page.rows[1].rules.stream, names), (room.into(), vec![other]));
        assert_eq!(store.conversation(room, viewer).await.unwrap().unwrap().receivers, page.rows[1].receivers);
    }
    assert!(store.conversation(room, eve).await.unwrap().is_none());
}

pub(crate) async fn public_groups_come_by_name(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    direct(store, ada, bob).await;
    for name in ["Zebras", "apples", "Ärzte", "Bees", "bees", "100%"] {
        group(store, ada, name, &[]).await;
    }
    let names = |page: &Listed<ConversationRow>| -> Vec<String> {
        page.rows.iter().map(|row| row.rules.name.clone().unwrap().to_lowercase()).collect()
    };
    let all = store.public_groups(bob, "", 50, None).await.unwrap().unwrap();
    assert_eq!(names(&all), ["100%", "apples", "bees", "bees", "zebras", "ärzte"]);
    assert!(all.next.is_none() && all.rows.iter().all(|row| row.role.is_none() && row.unread == 0));
    let mut paged = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = store.public_groups(bob, "", 1, cursor.as_deref()).await.unwrap().unwrap();
        paged.extend(ids(&page));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(paged, ids(&all), "the same order page by page, equal names too");
    group(store, ada, "ΟΔΟΣ Straße", &[]).await;
    for (query, expected) in [("οδο", 1), ("ΔΟΣ", 1), ("οδος", 1), ("STRASSE", 1), ("straße", 1)] {
        let found = store.public_groups(bob, query, 50, None).await.unwrap().unwrap();
        assert_eq!(found.rows.len(), expected, "{query}");
    }
    for (query, expected) in [("EE", 2), ("ÄRZ", 1), ("%", 1), ("_", 0), ("b\0", 0)] {
        let found = store.public_groups(bob, query, 50, None).await.unwrap().unwrap();
        assert_eq!(found.rows.len(), expected, "{query}");
    }
    for bad in ["", "x", "0198c0de-0000-7000-8000-00000000000", "0198c0de-0000-7000-8000-00000000000a\0"] {
        assert!(store.public_groups(bob, "", 1, Some(bad)).await.unwrap().is_none(), "{bad:?}");
    }
    let room = all.rows[1].rules.stream.conversation();
    appended(join(store, room, bob).await);
    let found = store.public_groups(bob, "apples", 50, None).await.unwrap().unwrap();
    assert_eq!(found.rows[0].role, Some(Role::Member));
}

pub(crate) async fn unread_counts_from_joining_and_from_the_mark(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[]).await;
    for n in 0..3 {
        post(store, room, ada, &format!("before {n}")).await;
    }
    assert_eq!(unread(store, room, bob).await, 0, "nobody's business yet");
    appended(join(store, room, bob).await);
    assert_eq!(unread(store, room, bob).await, 0, "what stood before is not unread");
    let first = post(store, room, ada, "after 0").await;
    post(store, room, ada, "after 1").await;
    target(store, room, ada, EventType::MessageEdited, first.seq).await;
    assert_eq!(unread(store, room, bob).await, 2, "an edit is no message");
    assert_eq!(store.mark_read(room, bob, first.seq).await.unwrap(), ReadMark::Moved(2));
    assert_eq!(unread(store, room, bob).await, 1);
    let page = store.conversations_of(bob, 5, None).await.unwrap().unwrap();
    assert_eq!((page.rows[0].unread, unread(store, room, ada).await), (1, 5));
    let head = page.rows[0].head.seq;
    assert_eq!(store.mark_read(room, bob, head).await.unwrap(), ReadMark::Moved(2));
    assert_eq!(unread(store, room, bob).await, 0);
}

pub(crate) async fn the_last_message_is_as_people_see_it(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let first = post(store, room, ada, "first").await;
    let second = post(store, room, ada, "second").await;
    let last = async || store.conversation(room, ada).await.unwrap().unwrap().last_message.unwrap();
    assert_eq!((last().await.body, last().await.seq), ("second".to_owned(), second.seq));
    target(store, room, ada, EventType::MessageEdited, second.seq).await;
    target(store, room, ada, EventType::MessageEdited, first.seq).await;
    assert_eq!((last().await.body, last().await.seq), ("edited".to_owned(), second.seq));
    redact(&database, second.position).await;
    assert_eq!((last().await.body, last().await.seq), ("edited".to_owned(), first.seq), "the one before it");
    let page = store.conversations_of(ada, 5, None).await.unwrap().unwrap();
    assert_eq!((page.rows.len(), page.rows[0].last_message.clone()), (1, Some(last().await)));
}
