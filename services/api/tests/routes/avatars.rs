//! The pictures of people: what may be one, who sees it, and what becomes of the one before.

use confab_proto::{Signal, Timestamp, subject};
use serde_json::{Value, json};

use super::app::{Answer, Person, TestApp};
use super::files::{download, png, uploaded};

async fn choose(who: &Person<'_>, file: &Value) -> Answer {
    who.patch("/api/me", &json!({"avatar": file["id"]})).await
}

fn avatar_of(who: &Person<'_>) -> String {
    format!("/api/users/{}/avatar", who.id)
}

#[tokio::test]
async fn a_picture_is_seen_by_everybody_until_another_one_is_chosen() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    bob.get(&avatar_of(&ada)).await.is_problem(404, "not_found", None);
    let large = uploaded(&app, &ada, "me.png", png(1000, 800)).await;
    let small = uploaded(&app, &ada, "me.png", png(40, 30)).await;

    assert_eq!(choose(&ada, &large).await.ok(200)["user"]["avatar"], large["id"]);
    let seen = bob.get(&format!("/api/users?ids={}", ada.id)).await.ok(200);
    assert_eq!(seen["users"][0]["avatar"], large["id"]);
    let exactly = format!("{}?file={}", avatar_of(&ada), large["id"].as_str().unwrap());
    let got = download(&app, &bob, &exactly, &[]).await;
    assert_eq!((got.status, got.header("content-type")), (200, "image/jpeg"), "made small");
    assert_eq!(image::load_from_memory(&got.bytes).unwrap().width(), 480);
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    let etag = got.header("etag").to_owned();
    assert_eq!(download(&app, &bob, &exactly, &[("if-none-match", &etag)]).await.status, 304);
    bob.get(&format!("/api/files/{}", large["id"].as_str().unwrap())).await.is_problem(404, "not_found", None);
    ada.delete(&format!("/api/files/{}", large["id"].as_str().unwrap())).await.is_problem(403, "forbidden", None);

    choose(&ada, &small).await.ok(200);
    bob.get(&exactly).await.is_problem(404, "not_found", None);
    let got = download(&app, &bob, &avatar_of(&ada), &[]).await;
    assert_eq!((got.status, got.header("content-type")), (200, "image/png"));
    assert_eq!(image::load_from_memory(&got.bytes).unwrap().width(), 40);
    let cleaner = app.cleaner();
    assert_eq!(cleaner.clear(Timestamp::now()).await.unwrap(), 1, "the one before is not kept");
    assert_eq!(cleaner.clear(Timestamp::now().plus_seconds(1_000_000)).await.unwrap(), 0, "the one that is seen stays");

    assert_eq!(ada.patch("/api/me", &json!({"avatar": null})).await.ok(200)["user"]["avatar"], Value::Null);
    bob.get(&avatar_of(&ada)).await.is_problem(404, "not_found", None);
    assert_eq!(cleaner.clear(Timestamp::now()).await.unwrap(), 1);
}

#[tokio::test]
async fn only_an_own_image_that_no_message_carries_becomes_a_picture() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let group = ada.group("g").await;
    let of_bob = uploaded(&app, &bob, "bob.png", png(10, 10)).await;
    let text = uploaded(&app, &ada, "me.png", "no image at all").await;
    let posted = uploaded(&app, &ada, "cat.png", png(10, 10)).await;
    let message = json!({"body": "", "attachments": [posted["id"]]});
    ada.post(&format!("/api/conversations/{group}/messages"), &message).await.ok(201);
    for (file, why) in [(&of_bob, "of others"), (&text, "no image"), (&posted, "of a message")] {
        let body = json!({"avatar": file["id"], "displayName": "Changed"});
        let answer = ada.patch("/api/me", &body).await;
        answer.is_problem(422, "invalid", Some("avatar"));
        assert_eq!(ada.get("/api/me").await.ok(200)["user"]["displayName"], "ADA", "{why}: nothing is changed");
    }
    ada.patch("/api/me", &json!({"avatar": 5})).await.is_problem(400, "malformed", Some("avatar"));

    let picture = uploaded(&app, &ada, "me.png", png(10, 10)).await;
    choose(&ada, &picture).await.ok(200);
    let message = json!({"body": "look", "attachments": [picture["id"]]});
    let answer = ada.post(&format!("/api/conversations/{group}/messages"), &message).await;
    answer.is_problem(422, "invalid", Some("attachments"));
}

#[tokio::test]
async fn those_who_see_a_person_are_told_of_a_change() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let group = ada.group("g").await;
    bob.join(&group).await.ok(201);
    let mut in_group = app.bus.subscribe(&subject::signal(group.parse().unwrap()));
    let mut own = app.bus.subscribe(&subject::signal_user(bob.id.parse().unwrap()));
    bob.patch("/api/me", &json!({"statusText": "at the sea"})).await.ok(200);
    let changed = Signal::ProfileChanged { user_id: bob.id.parse().unwrap() };
    for told in [&mut in_group, &mut own] {
        let signal: Signal = serde_json::from_slice(&told.next().await.unwrap().body).unwrap();
        assert_eq!(signal, changed);
    }
}
