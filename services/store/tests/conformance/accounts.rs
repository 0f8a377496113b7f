//! Accounts and finding people.

use std::sync::Arc;

use confab_proto::{Seq, UserId};
use confab_store::SignUpOutcome;

use crate::database::Database;
use crate::scene::{new_session, person, session, sign_up, token};

pub(crate) async fn a_person_signs_up_once(database: Arc<Database>) {
    let store = &database.store;
    let ada = person("ada", "Ada L.");
    let id = ada.user.id;
    assert_eq!(store.sign_up(&ada, &new_session(session(id), token())).await.unwrap(), SignUpOutcome::Created);
    let second = person("ada", "Another Ada");
    let hash = token();
    let outcome = store.sign_up(&second, &new_session(session(second.user.id), hash)).await.unwrap();
    assert_eq!(outcome, SignUpOutcome::UsernameTaken);
    assert!(store.session(&hash).await.unwrap().is_none(), "all or nothing");
    assert!(store.users_by_id(&[second.user.id]).await.unwrap().is_empty());
    assert!(store.snapshot(second.user.id.into()).await.unwrap().is_none());

    let credentials = store.credentials("ada").await.unwrap().unwrap();
    assert_eq!((credentials.user, credentials.password_hash), (ada.user, "$argon2id$of-ada".to_owned()));
    assert!(store.credentials("bob").await.unwrap().is_none());
    assert!(store.credentials("a\0da").await.unwrap().is_none());
    let own = store.snapshot(id.into()).await.unwrap().unwrap();
    assert!(own.conversation.is_none() && own.head.seq == Seq(0), "a stream of one's own, with nothing in it");
}

pub(crate) async fn an_operator_makes_an_account_and_replaces_its_password(database: Arc<Database>) {
    let store = &database.store;
    assert_eq!(store.count_users().await.unwrap(), 0);
    let ada = person("ada", "Ada L.");
    let id = ada.user.id;
    assert_eq!(store.add_user(&ada).await.unwrap(), SignUpOutcome::Created);
    assert_eq!(store.add_user(&person("ada", "Another")).await.unwrap(), SignUpOutcome::UsernameTaken);
    let bob = sign_up(store, "bob").await;
    assert_eq!(store.count_users().await.unwrap(), 2);
    assert!(store.snapshot(id.into()).await.unwrap().is_some(), "a stream of one's own");

    store.set_password(id, "$argon2id$new").await.unwrap();
    assert_eq!(store.credentials("ada").await.unwrap().unwrap().password_hash, "$argon2id$new");
    assert_eq!(store.credentials("bob").await.unwrap().unwrap().user.id, bob);
    assert_eq!(store.credentials("bob").await.unwrap().unwrap().password_hash, "$argon2id$of-bob", "nobody else's");

    assert!(
        !store.replace_password(id, "$argon2id$of-ada", "$argon2id$late").await.unwrap(),
        "it is another one by now"
    );
    assert_eq!(store.credentials("ada").await.unwrap().unwrap().password_hash, "$argon2id$new");
    assert!(store.replace_password(id, "$argon2id$new", "$argon2id$newer").await.unwrap());
    assert_eq!(store.credentials("ada").await.unwrap().unwrap().password_hash, "$argon2id$newer");
}

pub(crate) async fn people_are_found_by_prefix_and_by_id(database: Arc<Database>) {
    let store = &database.store;
    let mut ids = Vec::new();
    for (username, display_name) in
        [("zoe", "Zoë_1"), ("ada", "Älfa %"), ("bob", "zebra"), ("ann", "Ann"), ("a_b", "x\\y"), ("gh", "Grace Hopper")]
    {
        let new = person(username, display_name);
        ids.push(new.user.id);
        store.sign_up(&new, &new_session(session(new.user.id), token())).await.unwrap();
    }
    let found = async |prefix: &str| -> Vec<String> {
        store.find_users(prefix, 10).await.unwrap().into_iter().map(|user| user.username).collect()
    };
    assert_eq!(found("").await, ["a_b", "ada", "ann", "bob", "gh", "zoe"]);
    assert_eq!(found("A").await, ["a_b", "ada", "ann"]);
    assert_eq!(found("z").await, ["bob", "zoe"], "by username and by display name");
    assert_eq!(found("äL").await, ["ada"], "whatever the locale of the database");
    assert_eq!(found("zoë_").await, ["zoe"]);
    assert_eq!(found("a_").await, ["a_b"], "an underscore is no wildcard");
    assert_eq!(found("%").await, ["ada"], "nor a per cent sign, which is a word here");
    assert_eq!(found("l%").await, [""; 0]);
    assert_eq!(found("x\\").await, ["a_b"], "nor a backslash an escape");
    assert_eq!(found("da").await, [""; 0]);
    assert_eq!(found("hop").await, ["gh"], "by the last name, too");
    assert_eq!(found("opper").await, [""; 0]);
    assert_eq!(found("a\0").await, [""; 0]);
    assert_eq!(store.find_users("", 2).await.unwrap().len(), 2);

    let users = store.users_by_id(&[ids[0], ids[2], UserId::new_v7(), ids[0]]).await.unwrap();
    let mut names: Vec<&str> = users.iter().map(|user| user.display_name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Zoë_1", "zebra"]);
    assert!(store.users_by_id(&[]).await.unwrap().is_empty());
}
