//! The places where one is signed in: seen, ended, prolonged.

use axum::body::Body;
use axum::http::{Request, header};
use confab_proto::{SessionId, Timestamp};
use confab_store::{NewSession, Session};
use serde_json::{Value, json};

use super::app::{PASSWORD, Person, TestApp};

const DAY: i64 = 24 * 3600;

async fn sessions(person: &Person<'_>) -> Vec<Value> {
    person.get("/api/sessions").await.ok(200)["sessions"].as_array().unwrap().clone()
}

/// A session of somebody that began and ends so many seconds from now; gives its token.
async fn session(app: &TestApp, person: &Person<'_>, begun: i64, ends: i64) -> String {
    let token = format!("of {begun} to {ends}");
    let now = Timestamp::now();
    let new = NewSession {
        session: Session {
            id: SessionId::new_v7(),
            user: person.id.parse().unwrap(),
            expires_at: now.plus_seconds(ends),
        },
        token: <sha2::Sha256 as sha2::Digest>::digest(token.as_bytes()).into(),
        created_at: now.plus_seconds(begun),
        client: "curl/8.5".to_owned(),
    };
    let hash = app.store.credentials("ada").await.unwrap().unwrap().password_hash;
    assert!(app.store.add_session(&new, &hash).await.unwrap());
    token
}

#[tokio::test]
async fn a_person_sees_where_they_are_signed_in() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    app.person("bob").await;
    let body = json!({"username": "ada", "password": PASSWORD}).to_string();
    let request = Request::post("/api/sessions")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
    app.send(request.body(Body::from(body)).unwrap()).await.ok(200);
    let listed = sessions(&ada).await;
    let shown: Vec<_> = listed.iter().map(|one| (&one["current"], &one["client"])).collect();
    assert_eq!(shown, [(&json!(false), &json!("Firefox on Linux")), (&json!(true), &Value::Null)]);
    for one in &listed {
        assert_eq!(one["createdAt"], one["lastSeenAt"]);
        assert!(one["expiresAt"].as_str() > one["createdAt"].as_str());
        let fields: Vec<_> = one.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["client", "createdAt", "current", "expiresAt", "id", "lastSeenAt"]);
    }
}

#[tokio::test]
async fn ends_one_session_of_ones_own_and_no_other() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let second = app.person_again("ada").await;
    let id = |listed: &[Value]| listed.iter().find(|one| one["current"] == true).unwrap()["id"].clone();
    let (of_second, of_bob) = (id(&sessions(&second).await), id(&sessions(&bob).await));
    let path = |id: &Value| format!("/api/sessions/{}", id.as_str().unwrap());
    for _ in 0..2 {
        ada.delete(&path(&of_second)).await.ok(204);
        assert_eq!(sessions(&ada).await.len(), 1);
    }
    second.get("/api/me").await.is_problem(401, "unauthorized", None);
    for id in [&of_bob, &json!(SessionId::new_v7().to_string())] {
        ada.delete(&path(id)).await.is_problem(404, "not_found", None);
    }
    bob.get("/api/me").await.ok(200);
    ada.delete("/api/sessions/7").await.is_problem(400, "malformed", Some("id"));
    let own = ada.delete(&path(&id(&sessions(&ada).await))).await;
    assert!(own.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    ada.get("/api/me").await.is_problem(401, "unauthorized", None);
}

#[tokio::test]
async fn signs_out_everywhere_or_everywhere_else() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let others = [app.person_again("ada").await, app.person_again("ada").await];
    ada.delete("/api/sessions?except=bob").await.is_problem(422, "invalid", Some("except"));
    ada.delete("/api/sessions?all=1").await.is_problem(400, "malformed", None);
    assert_eq!(sessions(&ada).await.len(), 3, "what is refused ends nothing");
    for _ in 0..2 {
        let answer = ada.delete("/api/sessions?except=current").await;
        assert!(!answer.headers.contains_key(header::SET_COOKIE));
        answer.ok(204);
    }
    for other in &others {
        other.get("/api/me").await.is_problem(401, "unauthorized", None);
    }
    app.person_again("ada").await;
    let answer = ada.delete("/api/sessions").await;
    assert!(answer.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    answer.ok(204);
    ada.get("/api/me").await.is_problem(401, "unauthorized", None);
    assert_eq!(app.store.sessions_of(ada.id.parse().unwrap()).await.unwrap(), []);
    bob.get("/api/me").await.ok(200);
}

#[tokio::test]
async fn one_place_too_many_ends_the_one_unused_longest() {
    let app = TestApp::with(&[("CONFAB__AUTH__SESSIONS_PER_USER", "2")]).await;
    let ada = app.person("ada").await;
    let idle = session(&app, &ada, -DAY, DAY).await;
    app.person_again("ada").await.get("/api/me").await.ok(200);
    app.call("GET", "/api/me", Some(&idle), None).await.is_problem(401, "unauthorized", None);
    assert_eq!(sessions(&ada).await.len(), 2);
}

#[tokio::test]
async fn a_session_that_is_used_goes_on() {
    let app = TestApp::with(&[("CONFAB__AUTH__SESSION_DAYS", "20"), ("CONFAB__AUTH__SESSION_MAX_DAYS", "50")]).await;
    let ada = app.person("ada").await;
    let set_by = async |path: &str, token: &str| {
        let request = Request::get(path).header(header::COOKIE, format!("confab_session={token}"));
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        let cookie = answer.headers.get(header::SET_COOKIE).map(|value| value.to_str().unwrap().to_owned());
        answer.ok(200);
        cookie
    };
    let me = async |token: &str| set_by("/api/me", token).await;
    let young = session(&app, &ada, -4 * DAY, 16 * DAY).await;
    assert_eq!(me(&young).await, None);
    let used = session(&app, &ada, -6 * DAY, 14 * DAY).await;
    let cookie = me(&used).await.unwrap();
    assert!(cookie.starts_with(&format!("confab_session={used}; ")), "{cookie}");
    assert!(cookie.contains(&format!("Max-Age={}", 20 * DAY)) && cookie.contains("HttpOnly"), "{cookie}");
    assert_eq!(set_by("/api/sessions", &used).await, None, "once is enough");
    assert_eq!(me(&used).await, Some(cookie), "but a client that starts may have lost it");
    let old = session(&app, &ada, -45 * DAY, DAY).await;
    assert!(me(&old).await.unwrap().contains(&format!("Max-Age={}", 5 * DAY)), "and no longer than the longest");
    assert_eq!(set_by("/api/sessions", &old).await, None);
    let prolonged_before = session(&app, &ada, -8 * DAY, 18 * DAY).await;
    assert!(me(&prolonged_before).await.unwrap().contains(&format!("Max-Age={}", 18 * DAY)));

    let program = session(&app, &ada, -7 * DAY, 13 * DAY).await;
    let answer = app.call("GET", "/api/sessions", Some(&program), None).await;
    assert!(!answer.headers.contains_key(header::SET_COOKIE), "a program keeps its token itself");
    let listed = answer.ok(200);
    let own = listed["sessions"].as_array().unwrap().iter().find(|one| one["current"] == true).unwrap();
    let soon: Timestamp = serde_json::from_value(own["expiresAt"].clone()).unwrap();
    assert!(soon > Timestamp::now().plus_seconds(19 * DAY), "{soon}");
}

#[tokio::test]
async fn use_is_noted_once_in_a_while_only() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let seen = async |token: &str| {
        let listed = app.call("GET", "/api/sessions", Some(token), None).await.ok(200);
        let own = listed["sessions"].as_array().unwrap().iter().find(|one| one["current"] == true).unwrap().clone();
        (own["createdAt"].clone(), own["lastSeenAt"].clone())
    };
    let (begun, last) = seen(&session(&app, &ada, -30, DAY * 30).await).await;
    assert_eq!(begun, last);
    let token = session(&app, &ada, -90, DAY * 30).await;
    let (begun, last) = seen(&token).await;
    assert!(last.as_str() > begun.as_str());
    assert_eq!(seen(&token).await.1, last);
}
