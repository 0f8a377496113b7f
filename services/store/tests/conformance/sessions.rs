//! Sessions: by their token, as a list, prolonged, and ended one by one or all at once.

use std::sync::Arc;

use confab_domain::decide;
use confab_proto::{Timestamp, UserId};
use confab_store::{NewSession, Session};

use crate::database::Database;
use crate::scene::{add_session, appended, asker, log, new_session, session, sign_up, token};

pub(crate) async fn a_session_is_found_by_its_token_until_it_ends(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let (session, other) = (session(ada), session(ada));
    let (hash, other_hash) = (token(), token());
    add_session(store, session, hash).await;
    add_session(store, other, other_hash).await;
    assert_eq!(store.session(&hash).await.unwrap(), Some(session));
    assert_eq!(store.session(&token()).await.unwrap(), None);
    let revoke = decide::revoke_session(asker(store, ada).await, session.id);
    appended(store.append_rule(&revoke).await.unwrap());
    assert_eq!(store.session(&hash).await.unwrap(), None);
    assert_eq!(store.session(&other_hash).await.unwrap(), Some(other));
}

pub(crate) async fn signing_in_drops_the_sessions_that_have_expired(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let expired = |user| Session { expires_at: Timestamp(1), ..session(user) };
    let (of_ada, of_bob, last) = (token(), token(), token());
    add_session(store, expired(ada), of_ada).await;
    add_session(store, expired(bob), of_bob).await;
    assert!(store.session(&of_ada).await.unwrap().is_some(), "who is asked decides what an expired one is worth");
    add_session(store, session(ada), last).await;
    assert_eq!(store.session(&of_ada).await.unwrap(), None);
    assert!(store.session(&of_bob).await.unwrap().is_some(), "nobody else's");
    assert!(store.session(&last).await.unwrap().is_some());
}

pub(crate) async fn the_owner_sees_the_sessions_that_stand(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let first = store.sessions_of(ada).await.unwrap();
    assert_eq!(first.len(), 1, "from signing up");
    assert_eq!((first[0].client.as_str(), first[0].last_seen_at), ("Firefox on Linux", first[0].created_at));
    let later = |seconds| first[0].created_at.plus_seconds(seconds);
    let (young, old) = (session(ada), session(ada));
    let hash = token();
    for (session, token, seconds, client) in [(young, hash, 20, ""), (old, token(), 10, "curl/8.5")] {
        let new = NewSession { created_at: later(seconds), client: client.to_owned(), ..new_session(session, token) };
        assert!(store.add_session(&new, "$argon2id$of-ada").await.unwrap());
    }
    add_session(store, Session { expires_at: Timestamp(1), ..session(ada) }, token()).await;
    let listed = store.sessions_of(ada).await.unwrap();
    assert_eq!(listed.iter().map(|row| row.session).collect::<Vec<_>>(), [young, old, first[0].session]);
    assert_eq!(store.session_row(&hash).await.unwrap().as_ref(), Some(&listed[0]));
    assert_eq!(store.session_row(&token()).await.unwrap(), None);
    assert_eq!(store.sessions_of(bob).await.unwrap().len(), 1);
    assert!(store.sessions_of(UserId::new_v7()).await.unwrap().is_empty());
}

pub(crate) async fn a_session_is_prolonged_but_never_shortened_or_revived(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let (lives, dead) = (session(ada), Session { expires_at: Timestamp::now().plus_seconds(-9), ..session(ada) });
    let (hash, dead_hash) = (token(), token());
    add_session(store, lives, hash).await;
    add_session(store, dead, dead_hash).await;
    let now = Timestamp::now().plus_seconds(60);
    let until = lives.expires_at.plus_seconds(60);
    store.extend_session(lives.id, until, now).await.unwrap();
    store.extend_session(lives.id, lives.expires_at, now.plus_seconds(-30)).await.unwrap();
    let row = store.session_row(&hash).await.unwrap().unwrap();
    assert_eq!((row.session.expires_at, row.last_seen_at), (until, now));
    store.extend_session(dead.id, until, now).await.unwrap();
    assert_eq!(store.session(&dead_hash).await.unwrap(), Some(dead));
    appended(store.append_rule(&decide::revoke_session(asker(store, ada).await, lives.id)).await.unwrap());
    store.extend_session(lives.id, until, now).await.unwrap();
    assert_eq!(store.session(&hash).await.unwrap(), None);
}

pub(crate) async fn sessions_end_together_in_one_command(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    for _ in 0..3 {
        add_session(store, session(ada), token()).await;
    }
    let kept = store.sessions_of(ada).await.unwrap().remove(0);
    let ended: Vec<_> = store.sessions_of(ada).await.unwrap()[1..].iter().map(|row| row.session.id).collect();
    let before = log(store, ada).await.len();
    let command = decide::revoke_sessions(asker(store, ada).await, &ended);
    assert_eq!(appended(store.append_rule(&command).await.unwrap()).len(), 3);
    assert_eq!(store.sessions_of(ada).await.unwrap(), [kept]);
    assert_eq!(log(store, ada).await.len(), before + 3);
}

pub(crate) async fn a_changed_password_lets_nobody_in_with_the_old_one(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    store.set_password(ada, "$argon2id$another").await.unwrap();
    assert_eq!(store.credentials("ada").await.unwrap().unwrap().password_hash, "$argon2id$another");
    assert_eq!(store.credentials("bob").await.unwrap().unwrap().password_hash, "$argon2id$of-bob");
    // A sign-in that verified the old one before the change.
    let late = new_session(session(ada), token());
    assert!(!store.add_session(&late, "$argon2id$of-ada").await.unwrap());
    assert_eq!(store.session(&late.token).await.unwrap(), None);
    assert!(store.add_session(&late, "$argon2id$another").await.unwrap());
    let others = new_session(session(bob), token());
    assert!(!store.add_session(&others, "$argon2id$another").await.unwrap(), "somebody else's");
}
