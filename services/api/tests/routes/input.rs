//! Input that no handler gets to see.

use axum::body::Body;
use axum::http::{Request, header};

use serde_json::json;

use super::app::TestApp;

#[tokio::test]
async fn unknown_routes_methods_and_media_types_are_problems() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    ada.get("/api/").await.is_problem(404, "not_found", None);
    ada.get("/api").await.is_problem(404, "not_found", None);
    ada.get("/api/nothing").await.is_problem(404, "not_found", None);
    ada.put("/api/me", &json!({})).await.is_problem(405, "method_not_allowed", None);
    let form = Request::post("/api/sessions").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    app.send(form.body(Body::from("a=b")).unwrap()).await.is_problem(415, "unsupported_media_type", None);
    let bare = Request::post("/api/sessions").body(Body::from("{}")).unwrap();
    app.send(bare).await.is_problem(415, "unsupported_media_type", None);
}

#[tokio::test]
async fn what_is_no_json_says_where() {
    let app = TestApp::new().await;
    for text in ["", "{", "{\"username\": }", "nonsense", "{} {}", "{\"username\":\"a\",\"password\":\"b\"} x"] {
        let request = Request::post("/api/sessions").header(header::CONTENT_TYPE, "application/json; charset=utf-8");
        let answer = app.send(request.body(Body::from(text)).unwrap()).await;
        assert_eq!(answer.status, 400, "{text}");
        assert_eq!(answer.body["code"], "malformed");
    }
    let secret = "{\"username\": \"a\", \"password\": [\"hunter2\"]}";
    let request = Request::post("/api/sessions").header(header::CONTENT_TYPE, "application/json");
    let answer = app.send(request.body(Body::from(secret)).unwrap()).await;
    answer.is_problem(400, "malformed", Some("password"));
    assert!(!answer.body.to_string().contains("hunter2"), "what was sent is never repeated");
}

#[tokio::test]
async fn an_unknown_field_is_answered_with_the_known_ones() {
    let app = TestApp::new().await;
    let body = json!({"username": "a", "password": "b", "x, expected hunter2": 1});
    let answer = app.call("POST", "/api/sessions", None, Some(&body)).await;
    answer.is_problem(400, "malformed", None);
    assert_eq!(answer.body["detail"], "the body has an unknown field; it may have `username` or `password`");
}

#[tokio::test]
async fn a_query_longer_than_any_name_is_refused() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    for path in ["/api/users", "/api/conversations/public"] {
        ada.get(&format!("{path}?query={}", "x".repeat(100))).await.ok(200);
        for length in [101, 60_000] {
            let answer = ada.get(&format!("{path}?query={}", "x".repeat(length))).await;
            answer.is_problem(422, "invalid", Some("query"));
        }
    }
}

#[tokio::test]
async fn a_parameter_that_is_no_utf_8_is_refused() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    for query in ["%ff", "ab%e2%82", "%EF%BF%BD%ff"] {
        ada.get(&format!("/api/users?query={query}")).await.is_problem(400, "malformed", Some("query"));
        ada.get(&format!("/api/users?limit=5&query={query}")).await.is_problem(400, "malformed", Some("query"));
    }
    for query in ["%ef%bf%bd", "%E2%82%AC%EF%BF%BD"] {
        ada.get(&format!("/api/users?query={query}")).await.ok(200);
    }
}

#[tokio::test]
async fn preferences_without_any_are_refused() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let group = ada.group("g").await;
    let path = format!("/api/conversations/{group}/preferences");
    for body in [json!({}), json!({"draftAt": "2020-01-01T00:00:00Z"})] {
        ada.put(&path, &body).await.is_problem(422, "invalid", None);
    }
    ada.put(&path, &json!({"draft": null})).await.ok(200);
}

#[tokio::test]
async fn malformed_ids_name_the_field() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    for id in ["7", "nonsense", "%00", "0198c0de00007000800000000000000a", &"x".repeat(3_000)] {
        ada.get(&format!("/api/conversations/{id}")).await.is_problem(400, "malformed", Some("id"));
    }
    ada.get("/api/conversations/%ff").await.is_problem(400, "malformed", Some("id"));
    ada.get("/api/users?query=%00").await.is_problem(400, "malformed", None);
}

#[tokio::test]
async fn the_document_is_served() {
    let app = TestApp::new().await;
    let document = app.call("GET", "/openapi.json", None, None).await.ok(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
}
