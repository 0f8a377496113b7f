//! What people say of themselves, and accounts that go.

use std::sync::Arc;

use confab_proto::Timestamp;
use confab_proto::http::MessagesLeft;
use confab_store::snapshot;

use crate::database::Database;
use crate::scene::{add_session, group, leave, post, session, sign_up, token};

pub(crate) async fn a_profile_changes_in_what_is_given(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    store.set_profile(ada, None, Some("at the sea")).await.unwrap();
    store.set_profile(ada, Some("Ada Ä"), None).await.unwrap();
    store.set_profile(ada, None, None).await.unwrap();
    let found = store.find_users("ä", 9).await.unwrap();
    assert_eq!((found[0].display_name.as_str(), found[0].status_text.as_str()), ("Ada Ä", "at the sea"));
}

pub(crate) async fn a_deleted_account_tells_nothing_of_its_person(database: Arc<Database>) {
    let store = &database.store;
    // No name of hexadecimal digits, which the new one is made of.
    let zoe = sign_up(store, "zoe").await;
    let token = token();
    add_session(store, session(zoe), token).await;
    let hash = "$argon2id$of-zoe";
    assert!(!store.delete_account(zoe, "another", MessagesLeft::Keep).await.unwrap());
    assert!(store.next_leaving().await.unwrap().is_none());
    store.set_profile(zoe, None, Some("at the sea")).await.unwrap();
    assert!(store.delete_account(zoe, hash, MessagesLeft::Delete).await.unwrap());
    assert!(!store.delete_account(zoe, hash, MessagesLeft::Keep).await.unwrap(), "only once");
    let row = store.users_by_id(&[zoe]).await.unwrap().pop().unwrap();
    assert!(row.deleted && row.status_text.is_empty() && row.avatar.is_none());
    assert!(!row.username.contains("zoe") && row.display_name == "Deleted user");
    assert!(store.credentials("zoe").await.unwrap().is_none() && store.find_users("", 9).await.unwrap().is_empty());
    assert!(store.session(&token).await.unwrap().is_some(), "its end is an event");
    store.set_profile(zoe, Some("Zoe"), None).await.unwrap();
    assert_eq!(store.users_by_id(&[zoe]).await.unwrap().pop().unwrap().display_name, "Deleted user");
    assert_eq!(store.next_leaving().await.unwrap(), Some((zoe, MessagesLeft::Delete)));
    store.has_left(zoe).await.unwrap();
    assert!(store.next_leaving().await.unwrap().is_none());
    assert_ne!(sign_up(store, "zoe").await, zoe, "the name is free");
}

pub(crate) async fn a_deleted_account_keeps_nothing_for_itself(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[bob]).await;
    let said = post(store, room, ada, "hello").await.seq;
    for user in [ada, bob] {
        store.keep_draft(room, user, "half a", Timestamp(1)).await.unwrap();
        store.follow_thread(room, user, said, true).await.unwrap();
    }
    assert!(!store.delete_account(bob, "another", MessagesLeft::Keep).await.unwrap());
    assert_eq!(store.preferences_of(bob).await.unwrap().len(), 1, "the account still stands");
    assert!(store.delete_account(bob, "$argon2id$of-bob", MessagesLeft::Keep).await.unwrap());
    let mut whole = snapshot(&database.options).await.unwrap();
    let kept = whole.preferences(None).await.unwrap();
    assert_eq!(kept.iter().map(|row| row.user_id).collect::<Vec<_>>(), [ada]);
    let followed = whole.thread_follows(None).await.unwrap();
    assert_eq!(followed.iter().map(|row| row.user_id).collect::<Vec<_>>(), [ada]);
}

pub(crate) async fn messages_are_found_by_who_said_them(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[bob]).await;
    let said = post(store, room, bob, "one").await.seq;
    post(store, room, ada, "two").await;
    let found = store.messages_by(room, bob, 9).await.unwrap();
    assert_eq!(found.iter().map(|message| (message.seq, message.thread_seq)).collect::<Vec<_>>(), [(said, None)]);
}

pub(crate) async fn who_owns_alone_is_known(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    group(store, ada, "empty", &[]).await;
    let room = group(store, ada, "room", &[bob]).await;
    assert_eq!(store.owned_alone(ada).await.unwrap(), ["room"]);
    assert!(store.owned_alone(bob).await.unwrap().is_empty());
    leave(store, room, bob).await;
    assert!(store.owned_alone(ada).await.unwrap().is_empty());
}

pub(crate) async fn where_somebody_is_seen_is_known(database: Arc<Database>) {
    let store = &database.store;
    let (ann, bob) = (sign_up(store, "ann").await, sign_up(store, "bob").await);
    let (room, left) = (group(store, ann, "room", &[bob]).await, group(store, ann, "left", &[bob]).await);
    leave(store, left, bob).await;
    assert_eq!(store.seen_in(bob, 9).await.unwrap(), [room]);
    assert_eq!(store.seen_in(ann, 9).await.unwrap().len(), 2);
    assert_eq!(store.seen_in(ann, 1).await.unwrap().len(), 1);
}
