//! What people say of themselves, and the end of an account.

use std::collections::HashMap;
use std::time::Duration;

use confab_proto::http::MessagesLeft;
use serde_json::json;
use tokio::time::timeout;

use super::app::{PASSWORD, TestApp};

#[tokio::test]
async fn a_profile_changes_in_what_is_given() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let changed = ada.patch("/api/me", &json!({"statusText": " at the sea "})).await.ok(200);
    assert_eq!(
        (&changed["user"]["statusText"], &changed["user"]["displayName"]),
        (&json!("at the sea"), &json!("ADA"))
    );
    ada.patch("/api/me", &json!({"displayName": "Ada L."})).await.ok(200);
    let seen = bob.get("/api/users?query=ada%20l").await.ok(200);
    assert_eq!(
        (&seen["users"][0]["statusText"], &seen["users"][0]["displayName"]),
        (&json!("at the sea"), &json!("Ada L."))
    );
    assert_eq!(ada.patch("/api/me", &json!({"statusText": ""})).await.ok(200)["user"]["statusText"], "");
    for (body, status, code, field) in [
        (json!({"displayName": " "}), 422, "invalid", Some("displayName")),
        (json!({"statusText": "x".repeat(141)}), 422, "invalid", Some("statusText")),
        (json!({"statusText": "a\nb"}), 422, "invalid", Some("statusText")),
        (json!({"username": "other"}), 400, "malformed", None),
    ] {
        ada.patch("/api/me", &body).await.is_problem(status, code, field);
    }
}

async fn has_left(app: &TestApp) {
    let done = async {
        while app.store.next_leaving().await.unwrap().is_some() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(60), done).await.expect("it leaves everywhere");
}

#[tokio::test]
async fn a_deleted_account_leaves_and_takes_its_messages_back() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let group = ada.group("g").await;
    bob.join(&group).await.ok(201);
    bob.say(&group, "secret").await.ok(201);
    ada.say(&group, "kept").await.ok(201);
    let direct = bob.direct(&ada).await;
    bob.say(&direct, "also secret").await.ok(201);

    let wrong = json!({"password": "something else", "messages": "delete"});
    bob.delete_with("/api/me", &wrong).await.is_problem(422, "invalid", Some("password"));
    let what = json!({"password": PASSWORD, "messages": "perhaps"});
    bob.delete_with("/api/me", &what).await.is_problem(400, "malformed", Some("messages"));
    bob.delete_with("/api/me", &json!({"password": PASSWORD, "messages": "delete"})).await.ok(204);
    bob.get("/api/me").await.is_problem(401, "unauthorized", None);
    app.sign_in("bob", PASSWORD).await.is_problem(401, "invalid_credentials", None);

    has_left(&app).await;
    let page = ada.get(&format!("/api/conversations/{group}/messages")).await.ok(200);
    let shown = |n: usize| (page["messages"][n]["body"].clone(), page["messages"][n]["deleted"].clone());
    assert_eq!((shown(0), shown(1)), ((json!(""), json!(true)), (json!("kept"), json!(false))));
    let page = ada.get(&format!("/api/conversations/{direct}/messages")).await.ok(200);
    assert_eq!(page["messages"][0]["deleted"], true);
    let members = ada.get(&format!("/api/conversations/{group}/members")).await.ok(200);
    assert_eq!(members["members"].as_array().unwrap().len(), 1);
    let shown = ada.get(&format!("/api/conversations/{direct}")).await.ok(200);
    let other = &shown["conversation"]["receivers"][0];
    assert_eq!((&other["deleted"], &other["displayName"]), (&json!(true), &json!("Deleted user")));
    assert_eq!(ada.get("/api/users?query=deleted").await.ok(200)["users"], json!([]), "nobody finds it");
    app.person("bob").await.get("/api/me").await.ok(200);
}

#[tokio::test]
async fn the_last_owner_hands_over_first() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let group = ada.group("crabs").await;
    let delete = json!({"password": PASSWORD, "messages": "keep"});
    bob.join(&group).await.ok(201);
    let refused = ada.delete_with("/api/me", &delete).await;
    refused.is_problem(409, "conflict", None);
    bob.delete(&format!("/api/conversations/{group}/members/me")).await.ok(204);
    ada.delete_with("/api/me", &delete).await.ok(204);
}

/// Two owners delete their accounts at once: each is let go, since there is the other.
#[tokio::test]
async fn no_group_is_left_without_an_owner() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let (carl, dora) = (app.person("carl").await, app.person("dora").await);
    let (shared, own) = (ada.group("shared").await, ada.group("own").await);
    for one in [&bob, &carl, &dora] {
        one.join(&shared).await.ok(201);
    }
    for (one, role) in [(&dora, "admin"), (&bob, "owner")] {
        let member = format!("/api/conversations/{shared}/members/{}", one.id);
        ada.patch(&member, &json!({"role": role})).await.ok(204);
    }
    let hash = app.store.credentials("ada").await.unwrap().unwrap().password_hash;
    let ended = app.store.delete_account(ada.id.parse().unwrap(), &hash, MessagesLeft::Keep).await;
    assert!(ended.unwrap());
    bob.delete_with("/api/me", &json!({"password": PASSWORD, "messages": "keep"})).await.ok(204);
    has_left(&app).await;

    let members = carl.get(&format!("/api/conversations/{shared}/members")).await.ok(200);
    let members = members["members"].as_array().unwrap();
    let roles: HashMap<_, _> = members.iter().map(|member| (&member["user"]["id"], &member["role"])).collect();
    assert_eq!(roles, HashMap::from([(&json!(carl.id), &json!("member")), (&json!(dora.id), &json!("owner"))]));
    carl.join(&own).await.is_problem(403, "forbidden", None);
}
