//! What is committed goes to the bus, with its headers.

use serde_json::{Value, json};

use super::app::TestApp;

#[tokio::test]
async fn a_committed_message_is_published_as_its_envelope() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let mut of_bob = app.bus.subscribe(&format!("confab.live.user.{}", bob.id));
    let id = ada.direct(&bob).await;
    let entered = of_bob.next().await.unwrap();
    let envelope: Value = serde_json::from_slice(&entered.body).unwrap();
    assert_eq!(
        (envelope["type"].as_str(), envelope["conversationId"].as_str()),
        (Some("conversation.entered"), Some(&*id))
    );

    let mut live = app.bus.subscribe(&format!("confab.live.{id}"));
    let receipt = ada.say(&id, "hello").await.ok(201);
    let message = live.next().await.unwrap();
    let headers = message.headers.unwrap();
    assert_eq!(
        (headers.seq, headers.position),
        (receipt["seq"].as_u64().unwrap(), receipt["position"].as_u64().unwrap())
    );
    assert_eq!(headers.event_type, "message.posted");
    let page = ada.get(&format!("/api/conversations/{id}/events?after={}", headers.seq - 1)).await.ok(200);
    assert_eq!(headers.epoch, page["epoch"].as_str().unwrap());
    assert_eq!(serde_json::from_slice::<Value>(&message.body).unwrap(), page["events"][0], "one envelope everywhere");
}

#[tokio::test]
async fn a_refused_message_is_not_published() {
    let app = TestApp::new().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let id = ada.group("g").await;
    let mut live = app.bus.subscribe(&format!("confab.live.{id}"));
    eve.say(&id, "hi").await.is_problem(403, "forbidden", None);
    ada.post(&format!("/api/conversations/{id}/messages"), &json!({"body": ""})).await.is_problem(
        422,
        "invalid",
        Some("body"),
    );
    let receipt = ada.say(&id, "hello").await.ok(201);
    assert_eq!(
        live.next().await.unwrap().headers.unwrap().seq,
        receipt["seq"].as_u64().unwrap(),
        "nothing came before"
    );
}
