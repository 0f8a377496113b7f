//! Ways into a private group: links, and asking.

use confab_proto::{Signal, UserId, subject};
use serde_json::{Value, json};

use super::app::{Answer, Person, TestApp};

const NOWHERE: &str = "0198c0de-0000-7000-8000-000000000001";

async fn private_group(owner: &Person<'_>) -> String {
    let body = json!({"kind": "group", "name": "Den", "visibility": "private", "topic": "us"});
    let made = owner.post("/api/conversations", &body).await.ok(201);
    made["conversation"]["id"].as_str().unwrap().to_owned()
}

async fn invite(person: &Person<'_>, group: &str, body: Value) -> Answer {
    person.post(&format!("/api/conversations/{group}/invitations"), &body).await
}

async fn accept(person: &Person<'_>, token: &Value) -> Answer {
    person.post("/api/invitations/accept", &json!({"token": token})).await
}

async fn look(person: &Person<'_>, token: &Value) -> Answer {
    person.post("/api/invitations/look", &json!({"token": token})).await
}

#[tokio::test]
async fn a_link_shows_the_group_and_lets_in() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let group = private_group(&ada).await;
    let made = invite(&ada, &group, json!({"maxUses": 1})).await.ok(201);
    let token = &made["token"];
    assert_eq!(token.as_str().unwrap().len(), 43);
    assert_eq!((&made["invitation"]["maxUses"], &made["invitation"]["expiresAt"]), (&json!(1), &Value::Null));
    let shown = json!({"conversationId": group, "name": "Den", "topic": "us", "memberCount": 1, "isMember": false});
    assert_eq!(look(&bob, token).await.ok(200), shown);
    let list = format!("/api/conversations/{group}/invitations");
    let before = ada.get(&list).await.ok(200);
    assert_eq!(before["invitations"][0], made["invitation"]);
    assert!(!before.to_string().contains(token.as_str().unwrap()), "the token is shown only once");
    assert_eq!(accept(&ada, token).await.ok(200)["conversation"]["role"], "owner", "and nothing is used up");
    assert_eq!(accept(&bob, token).await.ok(201)["conversation"]["role"], "member");
    let eve = app.person("eve").await;
    for token in [token, &json!("guessed"), &json!(""), &json!("a\u{0}b")] {
        for answer in [accept(&eve, token).await, look(&eve, token).await] {
            answer.is_problem(404, "not_found", None);
            assert_eq!(answer.body["detail"], "there is no such invitation");
        }
    }
    assert_eq!(ada.get(&list).await.ok(200)["invitations"], json!([]));
    invite(&bob, &group, json!({})).await.is_problem(403, "forbidden", None);
    bob.get(&list).await.is_problem(403, "forbidden", None);
    eve.get(&list).await.is_problem(404, "not_found", None);
    invite(&eve, &group, json!({})).await.is_problem(404, "not_found", None);
}

#[tokio::test]
async fn a_link_ends() {
    let app = TestApp::new().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let group = private_group(&ada).await;
    let bad = [("expiresAt", json!("2020-01-01T00:00:00Z")), ("maxUses", json!(0)), ("maxUses", json!(1_000_001))];
    for (field, value) in bad {
        invite(&ada, &group, json!({field: value})).await.is_problem(422, "invalid", Some(field));
    }
    invite(&ada, &group, json!({"expiresAt": "soon"})).await.is_problem(400, "malformed", Some("expiresAt"));
    invite(&ada, &group, json!({"maxUses": -1})).await.is_problem(400, "malformed", Some("maxUses"));
    let made = invite(&ada, &group, json!({"expiresAt": "2999-01-01T00:00:00Z"})).await.ok(201);
    let id = made["invitation"]["id"].as_str().unwrap();
    look(&bob, &made["token"]).await.ok(200);
    let one = format!("/api/conversations/{group}/invitations/{id}");
    bob.delete(&one).await.is_problem(404, "not_found", None);
    for _ in 0..2 {
        ada.delete(&one).await.ok(204);
    }
    look(&bob, &made["token"]).await.is_problem(404, "not_found", None);
    accept(&bob, &made["token"]).await.is_problem(404, "not_found", None);
    let none = format!("/api/conversations/{group}/invitations/{NOWHERE}");
    ada.delete(&none).await.is_problem(404, "not_found", None);

    let open = invite(&ada, &group, json!({})).await.ok(201);
    ada.put(&format!("/api/conversations/{group}/bans/{}", eve.id), &json!({})).await.ok(204);
    look(&eve, &open["token"]).await.is_problem(404, "not_found", None);
    accept(&eve, &open["token"]).await.is_problem(404, "not_found", None);
    ada.patch(&format!("/api/conversations/{group}"), &json!({"archived": true})).await.ok(200);
    accept(&bob, &open["token"]).await.is_problem(403, "forbidden", None);
    invite(&ada, &group, json!({})).await.is_problem(403, "forbidden", None);
}

#[tokio::test]
async fn tokens_are_not_tried_for_ever_and_right_ones_cost_nothing() {
    let app = TestApp::with(&[("CONFAB__LIMITS__SIGN_INS_BURST", "3")]).await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let group = private_group(&ada).await;
    let token = invite(&ada, &group, json!({})).await.ok(201)["token"].clone();
    for _ in 0..5 {
        look(&bob, &token).await.ok(200);
    }
    for _ in 0..3 {
        look(&bob, &json!("guess")).await.is_problem(404, "not_found", None);
    }
    look(&bob, &token).await.is_problem(429, "rate_limited", None);
    look(&ada, &token).await.ok(200);
}

#[tokio::test]
async fn asking_is_answered_the_same_whatever_is_there() {
    let app = TestApp::new().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let group = private_group(&ada).await;
    let ask = async |person: &Person<'_>, id: &str| {
        person.put(&format!("/api/conversations/{id}/requests/me"), &json!({})).await
    };
    let direct = ada.direct(&bob).await;
    let seen = [ask(&eve, &group).await, ask(&eve, NOWHERE).await, ask(&eve, &direct).await, ask(&eve, &group).await];
    for answer in seen {
        assert_eq!(answer.ok(202), Value::Null);
    }
    let own = eve.get("/api/me/requests").await.ok(200);
    assert_eq!(own["requests"].as_array().unwrap().len(), 3);
    ask(&ada, &group).await.ok(200);
    let public = ada.group("Open").await;
    ask(&eve, &public).await.is_problem(409, "conflict", None);
    for id in [NOWHERE, NOWHERE, &direct] {
        eve.delete(&format!("/api/conversations/{id}/requests/me")).await.ok(204);
    }
    assert_eq!(eve.get("/api/me/requests").await.ok(200)["requests"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_admin_approves_or_refuses() {
    let app = TestApp::new().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let group = private_group(&ada).await;
    let at = |rest: &str| format!("/api/conversations/{group}{rest}");
    let judge = async |person: &Person<'_>, whom: &Person<'_>, approve: bool| {
        person.post(&at(&format!("/requests/{}", whom.id)), &json!({"approve": approve})).await
    };
    let ada_id: UserId = ada.id.parse().unwrap();
    let mut told = app.bus.subscribe(&subject::signal_user(ada_id));
    for person in [&bob, &eve] {
        person.put(&at("/requests/me"), &json!({})).await.ok(202);
        let signal: Signal = serde_json::from_slice(&told.next().await.unwrap().body).unwrap();
        assert_eq!(signal, Signal::RequestsChanged { conversation_id: group.parse().unwrap() });
    }
    let page = ada.get(&at("/requests?limit=1")).await.ok(200);
    assert_eq!((&page["requests"][0]["user"]["username"], &page["next"]), (&json!("bob"), &json!(bob.id)));
    let next = ada.get(&at(&format!("/requests?cursor={}", bob.id))).await.ok(200);
    assert_eq!((&next["requests"][0]["user"]["username"], &next["next"]), (&json!("eve"), &Value::Null));
    eve.get(&at("/requests")).await.is_problem(404, "not_found", None);
    judge(&eve, &eve, true).await.is_problem(404, "not_found", None);

    judge(&ada, &bob, true).await.ok(204);
    judge(&ada, &bob, true).await.ok(204);
    bob.say(&group, "hello").await.ok(201);
    judge(&bob, &eve, true).await.is_problem(403, "forbidden", None);
    judge(&bob, &eve, false).await.is_problem(403, "forbidden", None);
    bob.get(&at("/requests")).await.is_problem(403, "forbidden", None);
    judge(&ada, &eve, false).await.ok(204);
    judge(&ada, &eve, false).await.is_problem(404, "not_found", None);
    judge(&ada, &eve, true).await.is_problem(404, "not_found", None);
    assert_eq!(eve.get("/api/me/requests").await.ok(200)["requests"], json!([]));
    eve.get(&at("")).await.is_problem(404, "not_found", None);
}
