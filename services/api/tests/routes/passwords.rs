//! Changing a password, and servers where people make no accounts.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

use super::app::{PASSWORD, TestApp};

const NEW: &str = "nine blue herons";

#[tokio::test]
async fn a_new_password_signs_everybody_else_out() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let other = app.person_again("ada").await;
    let change = json!({"currentPassword": PASSWORD, "newPassword": NEW});
    // The second is a repeat whose first answer was lost.
    for _ in 0..2 {
        ada.put("/api/me/password", &change).await.ok(204);
    }
    other.get("/api/me").await.is_problem(401, "unauthorized", None);
    ada.get("/api/me").await.ok(200);
    bob.get("/api/me").await.ok(200);
    app.sign_in("ada", PASSWORD).await.is_problem(401, "invalid_credentials", None);
    app.sign_in("ada", NEW).await.ok(200);
    app.sign_in("bob", PASSWORD).await.ok(200);
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_no_session_behind() {
    let app = TestApp::new().await;
    let (ada, _other) = (app.person("ada").await, app.person_again("ada").await);
    let hash = async || app.store.credentials("ada").await.unwrap().unwrap().password_hash;
    let before = hash().await;
    let change = json!({"currentPassword": PASSWORD, "newPassword": NEW});
    let mut request = Box::pin(ada.put("/api/me/password", &change));
    while hash().await == before {
        let answered = poll_fn(|context| Poll::Ready(request.as_mut().poll(context).is_ready())).await;
        assert!(!answered, "the client is to go before the answer");
    }
    drop(request);
    let ends = async { while app.store.sessions_of(ada.id.parse().unwrap()).await.unwrap().len() > 1 {} };
    timeout(Duration::from_secs(60), ends).await.expect("the other session ends");
    ada.get("/api/me").await.ok(200);
}

#[tokio::test]
async fn rejects_a_change_without_the_password_or_to_a_bad_one() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let other = app.person_again("ada").await;
    let cases = [
        (
            json!({"currentPassword": "not that one at all", "newPassword": NEW}),
            422,
            "invalid",
            Some("currentPassword"),
        ),
        (json!({"currentPassword": PASSWORD, "newPassword": "short"}), 422, "invalid", Some("newPassword")),
        (json!({"currentPassword": PASSWORD, "newPassword": "password1234"}), 422, "invalid", Some("newPassword")),
        (json!({"currentPassword": PASSWORD}), 400, "malformed", Some("newPassword")),
        (json!({"currentPassword": PASSWORD, "newPassword": 7}), 400, "malformed", Some("newPassword")),
    ];
    for (body, status, code, field) in cases {
        ada.put("/api/me/password", &body).await.is_problem(status, code, field);
    }
    app.call("PUT", "/api/me/password", None, Some(&json!({}))).await.is_problem(401, "unauthorized", None);
    other.get("/api/me").await.ok(200);
    app.sign_in("ada", PASSWORD).await.ok(200);
}

#[tokio::test]
async fn guessing_the_current_password_is_throttled_like_signing_in() {
    let app = TestApp::with(&[("CONFAB__LIMITS__SIGN_INS_BURST", "2")]).await;
    let ada = app.person("ada").await;
    let wrong = json!({"currentPassword": "not that one at all", "newPassword": NEW});
    ada.put("/api/me/password", &wrong).await.is_problem(422, "invalid", Some("currentPassword"));
    app.sign_in("ada", "not that one at all").await.is_problem(401, "invalid_credentials", None);
    let right = json!({"currentPassword": PASSWORD, "newPassword": NEW});
    ada.put("/api/me/password", &right).await.is_problem(429, "rate_limited", None);
    ada.get("/api/me").await.ok(200);
}

#[tokio::test]
async fn a_closed_server_says_so_and_makes_no_accounts() {
    let open = TestApp::new().await;
    let info = open.call("GET", "/api/info", None, None).await.ok(200);
    assert_eq!(info, json!({"version": env!("CARGO_PKG_VERSION"), "signUp": "open"}));
    let app = TestApp::with(&[("CONFAB__AUTH__SIGN_UP", "closed")]).await;
    assert_eq!(app.call("GET", "/api/info", None, None).await.ok(200)["signUp"], "closed");
    let body = json!({"username": "ada", "password": PASSWORD});
    app.call("POST", "/api/users", None, Some(&body)).await.is_problem(403, "sign_up_closed", None);
    assert!(app.store.credentials("ada").await.unwrap().is_none());
}
