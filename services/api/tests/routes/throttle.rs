//! Limits on passwords tried, accounts made and conversations started.

use axum::http::header;
use serde_json::{Value, json};

use super::app::{Answer, PASSWORD, TestApp};

const WRONG: &str = "not that one at all";

fn attempt(name: &str, password: &str) -> Value {
    json!({"username": name, "password": password})
}

async fn try_from(app: &TestApp, address: &str, name: &str, password: &str) -> Answer {
    app.call_from(address, "POST", "/api/sessions", &attempt(name, password)).await
}

#[track_caller]
fn must_wait(answer: &Answer, at_most: u64) {
    answer.is_problem(429, "rate_limited", None);
    let seconds: u64 = answer.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=at_most).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn guesses_at_one_account_wait_whatever_the_password() {
    let app = TestApp::with(&[("CONFAB__LIMITS__SIGN_INS_BURST", "3")]).await;
    app.person("ada").await;
    app.person("bob").await;
    for name in ["ada", "nobody"] {
        for _ in 0..3 {
            try_from(&app, "192.0.2.7", name, WRONG).await.is_problem(401, "invalid_credentials", None);
        }
        must_wait(&try_from(&app, "192.0.2.7", name, WRONG).await, 60);
    }
    let hashes = app.metric("confab_password_hashes_total ");
    assert!(hashes >= 6, "{hashes}");
    must_wait(&try_from(&app, "192.0.2.7", " ADA ", PASSWORD).await, 60);
    assert_eq!(app.metric("confab_password_hashes_total "), hashes, "no hashing for who has to wait");
    assert_eq!(app.metric("confab_api_rate_limited_total{limit=\"sign_ins\"} "), 3);
    try_from(&app, "192.0.2.8", "ada", PASSWORD).await.ok(200);
    try_from(&app, "192.0.2.7", "bob", PASSWORD).await.ok(200);
}

#[tokio::test]
async fn a_right_password_gets_its_try_back() {
    let app =
        TestApp::with(&[("CONFAB__LIMITS__SIGN_INS_BURST", "2"), ("CONFAB__LIMITS__SIGN_INS_ACCOUNT_BURST", "2")])
            .await;
    app.person("ada").await;
    for _ in 0..4 {
        try_from(&app, "192.0.2.7", "ada", PASSWORD).await.ok(200);
    }
    try_from(&app, "192.0.2.7", "ada", WRONG).await.is_problem(401, "invalid_credentials", None);
    try_from(&app, "192.0.2.7", "ada", PASSWORD).await.ok(200);
}

#[tokio::test]
async fn many_addresses_wait_together_but_lock_nobody_out() {
    let app = TestApp::with(&[("CONFAB__LIMITS__SIGN_INS_ACCOUNT_BURST", "4")]).await;
    app.person("ada").await;
    try_from(&app, "192.0.2.1", "ada", PASSWORD).await.ok(200);
    for host in 10..14 {
        try_from(&app, &format!("198.51.100.{host}"), "ada", WRONG).await.is_problem(401, "invalid_credentials", None);
    }
    must_wait(&try_from(&app, "198.51.100.20", "ada", WRONG).await, 60);
    must_wait(&try_from(&app, "198.51.100.21", "ada", PASSWORD).await, 60);
    try_from(&app, "192.0.2.1", "ada", PASSWORD).await.ok(200);
}

#[tokio::test]
async fn one_address_tries_only_so_many_accounts() {
    let app = TestApp::with(&[("CONFAB__LIMITS__SIGN_INS_ADDRESS_BURST", "3")]).await;
    app.person("ada").await;
    for (name, network) in [("a", "2001:db8:0:1::1"), ("b", "2001:db8:0:1:ffff::2"), ("c", "2001:db8:0:1::3")] {
        try_from(&app, network, name, WRONG).await.is_problem(401, "invalid_credentials", None);
    }
    must_wait(&try_from(&app, "2001:db8:0:1::9", "ada", PASSWORD).await, 10);
    try_from(&app, "2001:db8:0:2::9", "ada", PASSWORD).await.ok(200);
}

#[tokio::test]
async fn one_address_makes_only_so_many_accounts() {
    let app = TestApp::with(&[("CONFAB__LIMITS__SIGN_UPS_BURST", "2")]).await;
    let make =
        async |address: &str, name: &str| app.call_from(address, "POST", "/api/users", &attempt(name, PASSWORD)).await;
    make("192.0.2.7", "a b").await.is_problem(422, "invalid", Some("username"));
    make("192.0.2.7", "ada").await.ok(201);
    make("192.0.2.7", "ada").await.is_problem(409, "username_taken", None);
    must_wait(&make("192.0.2.7", "bob").await, 30);
    assert!(app.store.credentials("bob").await.unwrap().is_none());
    make("192.0.2.8", "bob").await.ok(201);
}

#[tokio::test]
async fn a_person_starts_only_so_many_conversations() {
    let app = TestApp::with(&[("CONFAB__LIMITS__CONVERSATIONS_BURST", "2")]).await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let group = |client_id: &str| json!({"kind": "group", "name": "g", "clientId": client_id});
    let first = group("0198c0de-0000-7000-8000-000000000001");
    ada.post("/api/conversations", &first).await.ok(201);
    ada.direct(&bob).await;
    must_wait(&ada.post("/api/conversations", &group("0198c0de-0000-7000-8000-000000000002")).await, 30);
    ada.post("/api/conversations", &first).await.ok(200);
    ada.direct(&bob).await;
    bob.group("of somebody else").await;
}
