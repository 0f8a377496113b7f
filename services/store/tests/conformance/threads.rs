//! Messages one by one, around another, in threads, and pinned.

use std::sync::Arc;

use confab_domain::decide::{self, Change, Known, PostMessage, Target};
use confab_domain::text::MessageBody;
use confab_domain::{Append, RuleError};
use confab_proto::http::Message;
use confab_proto::{ConversationId, Seq, UserId};
use confab_store::{HistoryPage, MessageWindow, Outcome};

use crate::database::Database;
use crate::scene::{Stores, appended, asker, group, known, one, post, sign_up};

async fn reply(store: &Stores, room: ConversationId, user: UserId, root: Seq, text: &str) -> Seq {
    let body = MessageBody::parse(text.to_owned(), 100).unwrap();
    let command = PostMessage { thread: Some((root, root)), ..PostMessage::text(room, body) };
    let append = decide::post_message(asker(store, user).await, &known(store, room, user).await, &command).unwrap();
    appended(one(store, append).await)[0].seq
}

async fn decided(
    store: &Stores,
    room: ConversationId,
    user: UserId,
    seq: Seq,
    change: &Change,
) -> Result<Append, RuleError> {
    let page = store.message(room, user, seq).await.unwrap().unwrap();
    let target = Target::new(page.messages().unwrap().pop().unwrap(), &page.events, user);
    let known: Known = known(store, room, user).await;
    decide::change_message(asker(store, user).await, &known, &target, change)
}

async fn change(store: &Stores, room: ConversationId, user: UserId, seq: Seq, change: Change) -> Outcome {
    let append = decided(store, room, user, seq, &change).await.unwrap();
    if append.is_plain() { one(store, append).await } else { store.append_rule(&append).await.unwrap() }
}

fn bodies(page: &HistoryPage) -> Vec<String> {
    page.messages().unwrap().into_iter().map(|message| message.body).collect()
}

pub(crate) async fn a_window_stands_around_a_message(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let mut said = Vec::new();
    for n in 0..9 {
        said.push(post(store, room, ada, &n.to_string()).await.seq);
    }
    for (around, limit, expected, more, newer) in [
        (said[4], 4, &["3", "4", "5", "6"][..], true, true),
        (said[0], 4, &["0", "1", "2"], false, true),
        (said[8], 4, &["7", "8"], true, false),
        (said[4], 40, &["0", "1", "2", "3", "4", "5", "6", "7", "8"], false, false),
        (Seq(1), 2, &["0"], false, true),
        (Seq(u64::MAX), 2, &["8"], true, false),
    ] {
        let page = store.history(room, ada, MessageWindow::Around(around), limit).await.unwrap().unwrap();
        assert_eq!(
            (bodies(&page).as_slice(), page.has_more, page.has_newer),
            (&expected.iter().map(|b| (*b).to_owned()).collect::<Vec<_>>()[..], more, newer)
        );
    }
}

pub(crate) async fn a_thread_stands_under_its_root_only(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[bob]).await;
    let root = post(store, room, ada, "root").await.seq;
    let mut replies = Vec::new();
    for n in 0..5 {
        replies.push(reply(store, room, bob, root, &format!("r{n}")).await);
    }
    post(store, room, ada, "after").await;
    appended(change(store, room, bob, replies[1], Change::Delete).await);
    let page = store.history(room, ada, MessageWindow::Newest, 9).await.unwrap().unwrap();
    assert_eq!(bodies(&page), ["root", "after"], "no reply in the timeline");
    let threads: Vec<Option<u64>> = page.messages().unwrap().iter().map(|m| m.replies.map(|r| r.count)).collect();
    assert_eq!(threads, [Some(4), None]);
    let thread = |window, limit| async move { store.thread(room, ada, root, window, limit).await.unwrap().unwrap() };
    let newest = thread(MessageWindow::Newest, 3).await;
    assert_eq!((bodies(&newest), newest.has_more), (vec!["r2".into(), "r3".into(), "r4".into()], true));
    let before = thread(MessageWindow::Before(replies[2]), 3).await;
    assert_eq!((bodies(&before), before.has_more), (vec!["r0".into(), String::new()], false), "a tombstone");
    let after = thread(MessageWindow::After(replies[2]), 1).await;
    assert_eq!((bodies(&after), after.has_more), (vec!["r3".into()], true));
    let reply = store.message(room, ada, replies[0]).await.unwrap().unwrap().messages().unwrap().pop().unwrap();
    assert_eq!((reply.thread_seq, reply.replies), (Some(root), None));
    assert!(store.thread(room, sign_up(store, "eve").await, root, MessageWindow::Newest, 9).await.unwrap().is_some());
    assert_eq!(store.conversation(room, ada).await.unwrap().unwrap().unread, 2, "replies are not unread messages");
}

pub(crate) async fn pins_come_by_when_they_were_pinned(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[bob]).await;
    let mut said = Vec::new();
    for n in 0..4 {
        said.push(post(store, room, bob, &n.to_string()).await.seq);
    }
    for (n, what) in [
        (1, Change::Pin),
        (0, Change::Pin),
        (3, Change::Pin),
        (0, Change::Unpin),
        (0, Change::Pin),
        (3, Change::Delete),
    ] {
        appended(change(store, room, ada, said[n], what).await);
    }
    let (page, order) = store.pins(room, ada, 100).await.unwrap().unwrap();
    let pinned: Vec<Message> = page.messages().unwrap().into_iter().filter(|message| message.pinned).collect();
    assert_eq!(pinned.iter().map(|message| message.seq).collect::<Vec<_>>(), [said[0], said[1]]);
    assert_eq!(order.iter().filter(|seq| **seq != said[3]).copied().collect::<Vec<_>>(), [said[0], said[1]]);
}

pub(crate) async fn changes_follow_each_other(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[bob]).await;
    let said = post(store, room, bob, "first").await.seq;
    let edit = |text: &str| {
        let body = MessageBody::parse(text.to_owned(), 100).unwrap();
        Change::Edit { body, mentioned: decide::Mentioned::default() }
    };
    let react = || Change::React { emoji: "👍".to_owned(), most: 1 };
    let late = decided(store, room, bob, said, &edit("late")).await.unwrap();
    appended(change(store, room, bob, said, edit("second")).await);
    assert_eq!(one(store, late).await, Outcome::Conflict);
    assert_eq!(decided(store, room, bob, said, &edit("second")).await.unwrap_err(), RuleError::Unchanged);
    assert_eq!(decided(store, room, ada, said, &edit("not mine")).await.unwrap_err(), RuleError::NotYours);
    let late = decided(store, room, ada, said, &react()).await.unwrap();
    appended(change(store, room, ada, said, react()).await);
    assert_eq!(one(store, late).await, Outcome::Conflict, "twice at once is once");
    assert_eq!(decided(store, room, ada, said, &react()).await.unwrap_err(), RuleError::Unchanged);
    appended(change(store, room, bob, said, react()).await);
    let other = Change::React { emoji: "🎉".to_owned(), most: 1 };
    assert_eq!(decided(store, room, ada, said, &other).await.unwrap_err(), RuleError::TooManyReactions);
    appended(change(store, room, ada, said, Change::Unreact { emoji: "👍".to_owned() }).await);
    let message = store.message(room, ada, said).await.unwrap().unwrap().messages().unwrap().pop().unwrap();
    assert_eq!((message.reactions.len(), &message.reactions[0].user_ids), (1, &vec![bob]));
    let late = decided(store, room, bob, said, &edit("too late")).await.unwrap();
    appended(change(store, room, ada, said, Change::Delete).await);
    assert_eq!(one(store, late).await, Outcome::Conflict);
    assert_eq!(decided(store, room, bob, said, &edit("x")).await.unwrap_err(), RuleError::NoSuchMessage);
    assert_eq!(decided(store, room, bob, said, &Change::Delete).await.unwrap_err(), RuleError::Unchanged);
}

pub(crate) async fn names_are_those_of_members(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    sign_up(store, "eve").await;
    let room = group(store, ada, "room", &[bob]).await;
    let named = store.named_members(room, &["bob", "eve", "nobody", "ada"]).await.unwrap();
    assert_eq!(named, [bob, ada]);
}
