//! The index of messages: filled once from the log, asked only by whom a message concerns, in all scripts.

use std::collections::BTreeSet;
use std::sync::Arc;

use confab_domain::search::{IndexBatch, Query};
use confab_domain::{Append, NewEvent, RequestHash, Row};
use confab_proto::event_data::{MemberRef, MessagePosted, MessageReplied, Role};
use confab_proto::{ConversationId, Epoch, EventType, Position, Seq, UserId};
use confab_store::{FoundMessage, ReadMark, SearchWindow};
use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::{SeedableRng as _, seq::IndexedRandom as _};

use crate::append::redact;
use crate::database::Database;
use crate::scene::{Stores, appended, asker, direct, group, join, leave, one, post, sign_up, target};

/// What one step would write.
pub(crate) async fn next_batch(store: &Stores, limit: usize) -> IndexBatch {
    let indexed = store.indexed().await.unwrap();
    let page = store.log_after(indexed.position, limit, 1 << 20).await.unwrap();
    IndexBatch::of(page.log.epoch, indexed.position, &page.events)
}

/// Brings the index up to the log, in steps of `limit` events.
pub(crate) async fn index_all(store: &Stores, limit: usize) {
    let head = store.log_head().await.unwrap();
    store.clear_index(head.epoch, false).await.unwrap();
    loop {
        let batch = next_batch(store, limit).await;
        if batch.from == batch.to {
            return assert_eq!(batch.to, head.position);
        }
        assert!(store.index(&batch).await.unwrap());
    }
}

async fn may_fit(store: &Stores, viewer: UserId, text: &str) -> Vec<FoundMessage> {
    store.search(viewer, &Query::parse(text).unwrap(), SearchWindow::ALL, 500).await.unwrap()
}

/// Bodies of what fits, newest first.
async fn found(store: &Stores, viewer: UserId, text: &str) -> Vec<String> {
    let query = Query::parse(text).unwrap();
    let found = may_fit(store, viewer, text).await.into_iter();
    found.filter(|message| query.find(&message.body).is_some()).map(|message| message.body).collect()
}

/// Appends one event with a projection, as a rule does.
async fn ban(store: &Stores, conversation: ConversationId, by: UserId, user: UserId) {
    let asker = asker(store, by).await;
    appended(
        store
            .append_rule(&Append {
                actor: by,
                client_id: asker.client_id,
                request_hash: RequestHash::of("ban", &user),
                epoch: asker.epoch,
                expect: Vec::new(),
                events: vec![NewEvent::new(conversation, EventType::MemberBanned, &MemberRef { user_id: user })],
                rows: vec![Row::AddMember { stream: conversation.into(), user, role: Role::Banned, event: 0 }],
            })
            .await
            .unwrap(),
    );
}

pub(crate) async fn only_who_may_read_finds(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob, eve) = (sign_up(store, "ada").await, sign_up(store, "bob").await, sign_up(store, "eve").await);
    let public = group(store, ada, "public", &[bob]).await;
    let private = direct(store, ada, bob).await;
    post(store, public, ada, "apples for all").await;
    post(store, private, ada, "apples for bob").await;
    index_all(store, 100).await;
    assert_eq!(found(store, ada, "apples").await, ["apples for bob", "apples for all"], "the newest first");
    assert_eq!(found(store, bob, "apples").await.len(), 2);
    assert_eq!(found(store, eve, "apples").await, ["apples for all"], "a public group is everybody's");
    let of = may_fit(store, eve, "apples").await;
    assert_eq!((of[0].conversation, of[0].name.as_deref(), of[0].author.id), (public, Some("public"), ada));
    appended(leave(store, public, bob).await);
    assert_eq!(found(store, bob, "apples").await.len(), 2, "who left a public group may still read it");
    appended(join(store, public, eve).await);
    ban(store, public, ada, eve).await;
    assert!(found(store, eve, "apples").await.is_empty(), "from the commit on, whatever is indexed");
    assert!(found(store, eve, "from:ada").await.is_empty());
    assert!(found(store, UserId::new_v7(), "in:ada apples").await.is_empty());
}

pub(crate) async fn edits_and_deletions_follow(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let first = post(store, room, ada, "first draft").await;
    let second = post(store, room, ada, "second draft").await;
    let third = post(store, room, ada, "third draft").await;
    index_all(store, 100).await;
    target(store, room, ada, EventType::MessageEdited, first.seq).await;
    assert_eq!(found(store, ada, "draft").await.len(), 2, "what does not fit any more is not shown, though indexed");
    redact(&database, second.position).await;
    assert_eq!(found(store, ada, "draft").await, ["third draft"], "nor what was taken back");
    target(store, room, ada, EventType::MessageDeleted, second.seq).await;
    index_all(store, 1).await;
    assert_eq!(found(store, ada, "edited").await, ["edited"]);
    assert_eq!(may_fit(store, ada, "draft").await.len(), 1, "the index has followed");
    // Posted, edited and taken back within one step.
    let fourth = post(store, room, ada, "fourth draft").await;
    target(store, room, ada, EventType::MessageEdited, fourth.seq).await;
    let fifth = post(store, room, ada, "fifth draft").await;
    redact(&database, fifth.position).await;
    target(store, room, ada, EventType::MessageDeleted, fifth.seq).await;
    target(store, room, ada, EventType::MessageEdited, third.seq).await;
    index_all(store, 100).await;
    assert_eq!(may_fit(store, ada, "edited").await.len(), 3);
    assert!(may_fit(store, ada, "draft").await.is_empty());
    assert_eq!(may_fit(store, ada, "in:room").await.len(), 3);
}

pub(crate) async fn each_event_counts_once(database: Arc<Database>) {
    let (store, other) = (&database.store, &database.another_writer().await);
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    for n in 0..40 {
        post(store, room, ada, &format!("message {n}")).await;
    }
    let epoch = store.log_head().await.unwrap().epoch;
    assert!(store.clear_index(epoch, false).await.unwrap(), "it was of no log");
    let batch = next_batch(store, 20).await;
    assert!(store.index(&batch).await.unwrap());
    assert!(!store.index(&batch).await.unwrap(), "the same again");
    assert!(!store.index(&IndexBatch { from: Position(2), ..batch.clone() }).await.unwrap(), "from elsewhere");
    assert!(!store.index(&IndexBatch { epoch: Epoch(7), from: batch.to, ..batch }).await.unwrap(), "of another log");
    assert!(!store.clear_index(epoch, false).await.unwrap());
    // Two at once, each as far as it gets.
    let run = async |store: &Stores| {
        loop {
            let batch = next_batch(store, 3).await;
            if batch.from == batch.to {
                return;
            }
            store.index(&batch).await.unwrap();
        }
    };
    tokio::join!(run(store), run(other));
    let bodies = found(store, ada, "message").await;
    assert_eq!((bodies.len(), bodies.iter().collect::<BTreeSet<_>>().len()), (40, 40));
    // All again, also under another one's hands.
    assert!(store.clear_index(epoch, true).await.unwrap());
    assert!(found(store, ada, "message").await.is_empty());
    tokio::join!(run(store), run(other));
    assert_eq!(found(store, ada, "message").await, bodies);
    assert_eq!(store.indexed().await.unwrap().position, store.log_head().await.unwrap().position);
}

pub(crate) async fn filters_narrow(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let (first, second) = (group(store, ada, "Straße one", &[bob]).await, group(store, ada, "two", &[bob]).await);
    let private = direct(store, ada, bob).await;
    for (room, who, body) in
        [(first, ada, "a1 fox"), (first, bob, "b1 fox"), (second, ada, "a2 fox"), (private, bob, "b3 fox")]
    {
        post(store, room, who, body).await;
    }
    let mut with_file = crate::scene::message(store, first, ada, "f1 fox").await;
    let data = serde_json::json!({"body": "f1 fox", "replyTo": null, "attachments": [{"name": "x.png"}]});
    with_file.events = vec![NewEvent::new(first, EventType::MessagePosted, &data)];
    appended(one(store, with_file).await);
    index_all(store, 100).await;
    let id = format!("in:{second} fox");
    let all = ["f1 fox", "b3 fox", "a2 fox", "b1 fox", "a1 fox"].as_slice();
    for (text, expected) in [
        ("fox", all),
        ("from:ada fox", &["f1 fox", "a2 fox", "a1 fox"]),
        ("from:@BOB", &["b3 fox", "b1 fox"]),
        ("from:nobody fox", &[]),
        ("in:\"strasse one\" fox", &["f1 fox", "b1 fox", "a1 fox"]),
        ("in:two", &["a2 fox"]),
        (&id, &["a2 fox"]),
        ("in:@bob fox", &["b3 fox"]),
        ("in:ada fox", &[]),
        ("in:%", &[]),
        ("has:file", &["f1 fox"]),
        ("has:file from:bob", &[]),
        ("after:2020-01-01 fox", all),
        ("before:2020-01-01 fox", &[]),
        ("fo", all),
        ("\"fo\"", &[]),
        ("a1 fox", &["a1 fox"]),
    ] {
        assert_eq!(found(store, ada, text).await, expected, "{text}");
    }
    assert_eq!(found(store, bob, "in:ada fox").await, ["b3 fox"]);
    // A window of positions, and no more than asked for.
    let places: Vec<Position> = may_fit(store, ada, "fox").await.iter().map(|message| message.position).collect();
    let window = SearchWindow { above: places[4], up_to: places[1] };
    let query = Query::parse("fox").unwrap();
    let inner = store.search(ada, &query, window, 2).await.unwrap();
    assert_eq!(inner.iter().map(|message| message.position).collect::<Vec<_>>(), places[1..3]);
}

/// A message or a reply in a thread that names people.
async fn name(
    store: &Stores,
    (room, by): (ConversationId, UserId),
    whom: &[UserId],
    everyone: bool,
    under: Option<Seq>,
) -> Seq {
    let mut command = crate::scene::message(store, room, by, "unused").await;
    let message =
        MessagePosted { body: "named".to_owned(), mentions: whom.to_vec(), everyone, ..MessagePosted::default() };
    command.events = vec![match under {
        None => NewEvent::new(room, EventType::MessagePosted, &message),
        Some(root) => {
            let reply = MessageReplied { thread_seq: root, message };
            NewEvent::new(room, EventType::MessageReplied, &reply).about(root)
        }
    }];
    appended(one(store, command).await)[0].seq
}

pub(crate) async fn unread_mentions_are_counted(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob, eve) = (sign_up(store, "ada").await, sign_up(store, "bob").await, sign_up(store, "eve").await);
    let room = group(store, ada, "room", &[bob]).await;
    let count = async |user: UserId| {
        index_all(store, 3).await;
        let one = store.conversation(room, user).await.unwrap().unwrap().mentions;
        let listed = store.conversations_of(user, 10, None).await.unwrap().unwrap().rows;
        assert!(listed.iter().all(|row| row.mentions == one), "{one}");
        one
    };
    let first = name(store, (room, ada), &[bob], false, None).await;
    name(store, (room, ada), &[bob, ada], true, None).await;
    assert_eq!((count(bob).await, count(ada).await), (2, 0), "a message counts once, and nobody is told of his own");
    name(store, (room, bob), &[], true, Some(first)).await;
    assert_eq!((count(bob).await, count(ada).await), (2, 1), "so do replies in threads");
    assert_eq!(count(eve).await, 0, "she is no member");
    appended(join(store, room, eve).await);
    assert_eq!(count(eve).await, 0, "what stood before is not unread");
    assert_eq!(store.mark_read(room, bob, first).await.unwrap(), ReadMark::Moved(3));
    assert_eq!(count(bob).await, 1);
    let last = name(store, (room, ada), &[bob, eve], false, None).await;
    assert_eq!((count(bob).await, count(eve).await), (2, 1));
    target(store, room, ada, EventType::MessageEdited, last).await;
    assert_eq!((count(bob).await, count(eve).await), (1, 0), "the edit names nobody any more");
    let gone = name(store, (room, ada), &[eve], false, None).await;
    assert_eq!(count(eve).await, 1);
    target(store, room, ada, EventType::MessageDeleted, gone).await;
    assert_eq!(count(eve).await, 0);
    store.clear_index(store.log_head().await.unwrap().epoch, true).await.unwrap();
    assert_eq!((count(bob).await, count(eve).await, count(ada).await), (1, 0, 1), "the same after all was made again");
    assert_eq!(found(store, eve, "named").await.len(), 3);
    let reply = may_fit(store, eve, "from:bob named").await;
    assert_eq!(reply[0].thread_seq, Some(first));
}

/// What people write and what breaks databases.
const WORDS: [&str; 40] = [
    "deploy",
    "Deployed",
    "東京タワー",
    "東京",
    "京都",
    "猫",
    "한국어를",
    "국어",
    "ภาษาไทย",
    "ไทย",
    "हिन्दी",
    "café",
    "CAFE\u{301}",
    "Straße",
    "🎉",
    "👍🏽",
    "ﬁx",
    "㈱",
    "\u{fdfa}",
    "a",
    "ab",
    "from:x",
    "\"",
    "'",
    "''",
    "\\",
    "%",
    "_",
    "*",
    "(",
    "&",
    "|",
    "!",
    "AND",
    "NOT",
    "NEAR(a b)",
    ":*",
    "<->",
    "--;",
    "\u{e31}",
];

pub(crate) async fn every_script_is_found_and_no_string_breaks(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let mut rng = StdRng::seed_from_u64(9);
    let mut text = |most: usize| {
        let mut text = String::new();
        for _ in 0..rng.random_range(1..=most) {
            text.push_str(WORDS.choose(&mut rng).unwrap());
            text.push_str(["", " ", " ", "\n"].choose(&mut rng).unwrap());
            if rng.random_ratio(1, 12) {
                text.extend(char::from_u32(rng.random_range(1..0x11_0000)));
            }
        }
        text
    };
    let mut bodies = Vec::new();
    for _ in 0..150 {
        let body = text(8);
        if !body.trim().is_empty() {
            post(store, room, ada, &body).await;
            bodies.push(body);
        }
    }
    bodies.reverse();
    index_all(store, 64).await;
    let mut hits = 0;
    for _ in 0..250 {
        let wanted = text(3);
        let Ok(query) = Query::parse(&wanted) else { continue };
        if query.has_no_words() || query.from.is_some() || query.within.is_some() {
            may_fit(store, ada, &wanted).await;
            continue;
        }
        let expected: Vec<&String> = bodies.iter().filter(|body| query.find(body).is_some()).collect();
        let found = found(store, ada, &wanted).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{wanted:?}");
        hits += found.len();
    }
    assert!(hits > 500, "{hits}: the queries are to find something");
}
