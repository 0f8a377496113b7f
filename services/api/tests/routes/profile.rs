//! What people say of themselves, and the end of an account.

use std::time::Duration;

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

    let done = async {
        while app.store.next_leaving().await.unwrap().is_some() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(60), done).await.expect("it leaves everywhere");
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
