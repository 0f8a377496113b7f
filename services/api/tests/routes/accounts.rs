//! Signing up, in and out, and finding people.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;

use super::app::{PASSWORD, TestApp};

#[tokio::test]
async fn signing_up_answers_user_token_and_cookie() {
    let app = TestApp::new().await;
    let body = json!({"username": "Ada", "password": PASSWORD});
    let answer = app.call("POST", "/api/users", None, Some(&body)).await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    let body = answer.ok(201);
    assert_eq!(body["user"]["username"], "ada");
    assert_eq!(body["user"]["displayName"], "ada");
    let token = body["token"].as_str().unwrap();
    assert_eq!(token.len(), 43);
    assert!(cookie.starts_with(&format!("confab_session={token}; ")), "{cookie}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
    assert!(body["expiresAt"].as_str().unwrap().ends_with('Z'));

    let request = Request::get("/api/me").header(header::COOKIE, format!("a=b; confab_session={token}"));
    let me = app.send(request.body(Body::empty()).unwrap()).await.ok(200);
    assert_eq!(me["user"], body["user"]);
}

#[tokio::test]
async fn the_cookie_is_bound_to_the_host_behind_https() {
    let app = TestApp::with(&[("CONFAB__HTTP__PUBLIC_URL", "https://chat.example.org")]).await;
    let body = json!({"username": "ada", "password": PASSWORD});
    let answer = app.call("POST", "/api/users", None, Some(&body)).await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-confab_session=") && cookie.ends_with("; Secure"), "{cookie}");
}

#[tokio::test]
async fn rejects_names_and_passwords_that_cannot_be() {
    let app = TestApp::new().await;
    app.person("ada").await;
    let cases = [
        (json!({"username": "ADA", "password": PASSWORD}), 409, "username_taken", None),
        (json!({"username": "a b", "password": PASSWORD}), 422, "invalid", Some("username")),
        (json!({"username": "bob", "password": "short"}), 422, "invalid", Some("password")),
        (json!({"username": "bob", "password": "password1234"}), 422, "invalid", Some("password")),
        (json!({"username": "bob", "password": "x".repeat(257)}), 422, "invalid", Some("password")),
        (json!({"username": "bob-the-builder", "password": "BOB-the-builder"}), 422, "invalid", Some("password")),
        (json!({"username": "bob", "password": PASSWORD, "displayName": " "}), 422, "invalid", Some("displayName")),
        (json!({"username": "bob"}), 400, "malformed", Some("password")),
        (json!({"username": 7, "password": PASSWORD}), 400, "malformed", Some("username")),
        (json!({"username": "bob", "password": PASSWORD, "admin": true}), 400, "malformed", None),
    ];
    for (body, status, code, field) in cases {
        app.call("POST", "/api/users", None, Some(&body)).await.is_problem(status, code, field);
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_refused_alike() {
    let app = TestApp::new().await;
    app.person("ada").await;
    let sign_in = async |username: &str, password: &str| {
        let body = json!({"username": username, "password": password});
        app.call("POST", "/api/sessions", None, Some(&body)).await
    };
    let wrong = sign_in("ada", "another long password").await;
    wrong.is_problem(401, "invalid_credentials", None);
    let unknown = sign_in("nobody", PASSWORD).await;
    assert_eq!(wrong.body, unknown.body);
    sign_in("a\0", PASSWORD).await.is_problem(401, "invalid_credentials", None);
    sign_in(" ADA ", PASSWORD).await.ok(200);
}

#[tokio::test]
async fn signing_out_ends_this_session_only() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let body = json!({"username": "ada", "password": PASSWORD});
    let second = app.call("POST", "/api/sessions", None, Some(&body)).await.ok(200);
    let out = ada.delete("/api/sessions/current").await;
    assert!(out.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    out.ok(204);
    ada.get("/api/me").await.is_problem(401, "unauthorized", None);
    app.call("GET", "/api/me", second["token"].as_str(), None).await.ok(200);
}

#[tokio::test]
async fn rejects_forged_missing_and_expired_tokens() {
    let app = TestApp::new().await;
    for token in [None, Some(""), Some("forged"), Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] {
        let answer = app.call("GET", "/api/me", token, None).await;
        answer.is_problem(401, "unauthorized", None);
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
    }
    let ada = app.person("ada").await;
    let (id, token) = (ada.id.parse().unwrap(), "an expired one");
    let session = confab_store::Session {
        id: confab_proto::SessionId::new_v7(),
        user: id,
        expires_at: confab_proto::Timestamp::now().plus_seconds(-1),
    };
    let hash = <sha2::Sha256 as sha2::Digest>::digest(token.as_bytes()).into();
    let new = confab_store::NewSession {
        session,
        token: hash,
        created_at: confab_proto::Timestamp::now(),
        client: String::new(),
    };
    let password_hash = app.store.credentials("ada").await.unwrap().unwrap().password_hash;
    assert!(app.store.add_session(&new, &password_hash).await.unwrap());
    app.call("GET", "/api/me", Some(token), None).await.is_problem(401, "unauthorized", None);
}

#[tokio::test]
async fn people_are_found_by_prefix_and_by_id() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let adam = app.person("adam").await;
    app.person("bob").await;
    let names = async |path: &str| {
        let body = ada.get(path).await.ok(200);
        let users = body["users"].as_array().unwrap().clone();
        users.iter().map(|user| user["username"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("/api/users?query=AD").await, ["ada", "adam"]);
    assert_eq!(names("/api/users?query=ad&limit=1").await, ["ada"]);
    assert_eq!(names("/api/users?query=%25").await, Vec::<String>::new());
    assert_eq!(names(&format!("/api/users?ids={}", adam.id)).await, ["adam"]);
    let many = vec![adam.id.as_str(); 101].join(",");
    ada.get(&format!("/api/users?ids={many}")).await.is_problem(422, "invalid", Some("ids"));
    ada.get("/api/users?ids=7").await.is_problem(400, "malformed", Some("ids"));
    ada.get("/api/users?limit=0").await.is_problem(422, "invalid", Some("limit"));
    ada.get("/api/users?limit=x").await.is_problem(400, "malformed", Some("limit"));
    ada.get("/api/users?qeury=x").await.is_problem(400, "malformed", None);
}
