//! What people keep for themselves, how far they have read, and when they were here.

use std::sync::Arc;

use confab_proto::{Seq, Timestamp};
use confab_store::{Kept, Mine, ReadMark, Readers, Reads};

use crate::database::Database;
use crate::scene::{group, join, leave, post, sign_up};

pub(crate) async fn a_later_draft_stays_and_a_mute_is_apart(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob, eve) = (sign_up(store, "ada").await, sign_up(store, "bob").await, sign_up(store, "eve").await);
    let room = group(store, ada, "room", &[bob]).await;
    let nothing = Kept { conversation: room, muted_until: None, draft: String::new(), draft_at: Timestamp(0) };
    assert_eq!(store.preferences(room, bob).await.unwrap(), Mine::Here(nothing.clone()));
    let draft = async |text: &str, at: i64| store.keep_draft(room, bob, text, Timestamp(at)).await.unwrap();
    assert_eq!(draft("two", 20).await, Mine::Here(()));
    draft("one", 10).await;
    assert_eq!(store.mute(room, bob, Some(Timestamp(99))).await.unwrap(), Mine::Here(()));
    let kept = Kept { muted_until: Some(Timestamp(99)), draft: "two".to_owned(), draft_at: Timestamp(20), ..nothing };
    assert_eq!(store.preferences(room, bob).await.unwrap(), Mine::Here(kept.clone()));
    assert_eq!(store.preferences_of(bob).await.unwrap(), [kept]);
    assert!(store.preferences_of(ada).await.unwrap().is_empty(), "everybody has their own");
    assert_eq!(store.preferences(room, eve).await.unwrap(), Mine::NotAMember);
    assert_eq!(store.preferences(nowhere(), eve).await.unwrap(), Mine::NotThere);
    draft("", 30).await;
    store.mute(room, bob, None).await.unwrap();
    draft("late", 29).await;
    assert!(store.preferences_of(bob).await.unwrap().is_empty(), "a removal is later than what it removes");
}

fn nowhere() -> confab_proto::ConversationId {
    confab_proto::ConversationId::from_uuid(uuid::Uuid::from_u128(1))
}

pub(crate) async fn what_is_kept_is_out_of_reach_after_leaving(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[bob]).await;
    let said = post(store, room, ada, "hello").await.seq;
    store.keep_draft(room, bob, "a", Timestamp(1)).await.unwrap();
    assert_eq!(store.follow_thread(room, bob, said, true).await.unwrap(), Mine::Here(true));
    assert_eq!(store.follow_thread(room, bob, said, true).await.unwrap(), Mine::Here(false));
    assert_eq!(store.followers(room, said).await.unwrap(), [bob]);
    assert_eq!(store.followed(room, bob).await.unwrap(), [said]);
    leave(store, room, bob).await;
    assert!(store.followers(room, said).await.unwrap().is_empty());
    assert!(store.preferences_of(bob).await.unwrap().is_empty());
    for outcome in [
        store.keep_draft(room, bob, "b", Timestamp(2)).await.unwrap(),
        store.mute(room, bob, None).await.unwrap(),
        store.preferences(room, bob).await.unwrap().no_value(),
        store.follow_thread(room, bob, said, false).await.unwrap().no_value(),
        store.reads(room, bob).await.unwrap().no_value(),
        store.readers(room, bob, said).await.unwrap().no_value(),
    ] {
        assert_eq!(outcome, Mine::NotAMember, "the group is public");
    }
    join(store, room, bob).await;
    assert_eq!(store.preferences_of(bob).await.unwrap().len(), 1);
    assert_eq!(store.follow_thread(room, bob, said, false).await.unwrap(), Mine::Here(true));
    assert!(store.followed(room, bob).await.unwrap().is_empty());
}

pub(crate) async fn who_has_read_is_told_in_small_groups(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob, eve) = (sign_up(store, "ada").await, sign_up(store, "bob").await, sign_up(store, "eve").await);
    let room = group(store, ada, "room", &[bob, eve]).await;
    let (first, second) = (post(store, room, ada, "one").await.seq, post(store, room, ada, "two").await.seq);
    assert_eq!(store.mark_read(room, ada, second).await.unwrap(), ReadMark::Moved(3));
    store.mark_read(room, bob, first).await.unwrap();
    let mut marks = vec![(ada, second), (bob, first), (eve, Seq(0))];
    marks.sort_unstable();
    assert_eq!(store.reads(room, bob).await.unwrap(), Mine::Here(Reads { member_count: 3, marks: Some(marks) }));
    let readers = async |seq| store.readers(room, bob, seq).await.unwrap();
    assert_eq!(readers(first).await, Mine::Here(Readers { count: 1, users: Some(vec![bob]) }), "without the author");
    assert_eq!(readers(second).await, Mine::Here(Readers { count: 0, users: Some(Vec::new()) }));
    assert_eq!(readers(Seq(1)).await, Mine::NotThere, "no message");
    assert_eq!(readers(Seq(u64::MAX)).await, Mine::NotThere);
    leave(store, room, bob).await;
    let after = store.readers(room, eve, first).await.unwrap();
    assert_eq!(after, Mine::Here(Readers { count: 0, users: Some(Vec::new()) }), "of members only");
}

pub(crate) async fn of_large_groups_only_numbers_are_told(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let mut others = Vec::new();
    for n in 0..100 {
        others.push(sign_up(store, &format!("person{n}")).await);
    }
    let room = group(store, ada, "room", &others).await;
    let said = post(store, room, ada, "hello").await.seq;
    assert_eq!(store.mark_read(room, others[0], said).await.unwrap(), ReadMark::Moved(101));
    store.mark_read(room, others[1], said).await.unwrap();
    assert_eq!(store.reads(room, ada).await.unwrap(), Mine::Here(Reads { member_count: 101, marks: None }));
    assert_eq!(store.readers(room, ada, said).await.unwrap(), Mine::Here(Readers { count: 2, users: None }));
}

pub(crate) async fn last_seen_is_written_once_a_minute(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    assert!(store.last_seen(&[ada, bob]).await.unwrap().is_empty());
    let at = |seconds: i64| Timestamp(1_000_000_000_000_000).plus_seconds(seconds);
    store.seen(&[], at(0)).await.unwrap();
    store.seen(&[ada], at(0)).await.unwrap();
    store.seen(&[ada, bob], at(59)).await.unwrap();
    let mut seen = store.last_seen(&[ada, bob]).await.unwrap();
    seen.sort_unstable();
    let mut expected = vec![(ada, at(0)), (bob, at(59))];
    expected.sort_unstable();
    assert_eq!(seen, expected);
    store.seen(&[ada], at(60)).await.unwrap();
    assert_eq!(store.last_seen(&[ada]).await.unwrap(), [(ada, at(60))]);
    let room = group(store, ada, "room", &[bob]).await;
    assert_eq!(store.conversations_joined(bob).await.unwrap(), [room]);
    leave(store, room, bob).await;
    assert!(store.conversations_joined(bob).await.unwrap().is_empty());
}
