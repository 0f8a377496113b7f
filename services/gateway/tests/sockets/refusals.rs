//! Bad input is answered, closes nobody else, and closes its own socket only where it cannot be parsed.

use serde_json::{Value, json};

use crate::world::{WebSocket, World, packet};

const NOWHERE: &str = "0198c0de-0000-7000-8000-00000000000a";

fn bad() -> Vec<(&'static str, Vec<Value>, &'static str)> {
    let long = "x".repeat(50_000);
    vec![
        ("joinConversation", vec![], "malformed"),
        ("joinConversation", vec![json!(5)], "malformed"),
        ("joinConversation", vec![json!(long)], "malformed"),
        ("joinConversation", vec![json!(NOWHERE), json!({"after": -1})], "malformed"),
        ("joinConversation", vec![json!(NOWHERE)], "not_found"),
        ("joinConversation", vec![json!(NOWHERE), json!({"after": 5})], "not_found"),
        ("leaveConversation", vec![json!(null)], "malformed"),
        ("nonsense", vec![json!({"a": 1})], "unknown_event"),
        ("message", vec![], "unknown_event"),
    ]
}

#[tokio::test]
async fn every_refusal_is_answered_by_ack_or_by_event() {
    let world = World::start(&[]).await;
    let ann = world.store.person(3600);
    let mut client = world.connected(&ann.token).await;
    for (event, arguments, code) in bad() {
        let ack = client.ask(event, &arguments).await;
        assert_eq!((&ack["ok"], &ack["code"]), (&json!(false), &json!(code)), "{event}: {ack}");
        client.tell(event, &arguments).await;
        let (name, error) = client.event().await;
        assert_eq!(name, "error");
        assert_eq!(error, json!({"code": code, "message": ack["message"], "event": event}));
    }
    assert_eq!(client.ask("leaveConversation", &[json!(NOWHERE)]).await, json!({"ok": true}));
}

#[tokio::test]
async fn polling_clients_get_the_same_answers() {
    let world = World::start(&[]).await;
    let ann = world.store.person(3600);
    let mut client = world.polling(&ann.token).await;
    for (number, (event, arguments, code)) in bad().into_iter().enumerate() {
        assert_eq!(client.post(&format!("42{number}{}", packet(event, &arguments))).await.0, 200);
        let (_, body) = client.poll().await;
        let ack: Vec<Value> = serde_json::from_str(body.strip_prefix(&format!("43{number}")).unwrap()).unwrap();
        assert_eq!(ack[0]["code"], json!(code));
    }
}

#[tokio::test]
async fn binary_is_refused_and_closes_nobody() {
    let world = World::start(&[]).await;
    let ann = world.store.person(3600);
    let mut client = world.connected(&ann.token).await;
    for event in ["joinConversation", "leaveConversation", "nonsense"] {
        let placeholder = json!({"_placeholder": true, "num": 0});
        client.send(&format!("451-9{}", packet(event, std::slice::from_ref(&placeholder)))).await;
        client.send_binary(b"\x00\xff").await;
        let ack = client.next().await.unwrap();
        assert!(ack.starts_with("439[{\"ok\":false,\"code\":\"binary_refused\""), "{ack}");
        client.send(&format!("4520-{}", packet(event, &[placeholder]))).await;
        for _ in 0..20 {
            client.send_binary(b"x").await;
        }
        let (name, error) = client.event().await;
        assert_eq!(
            (name.as_str(), &error["code"], &error["event"]),
            ("error", &json!("binary_refused"), &json!(event))
        );
    }
    let mut client = world.polling(&ann.token).await;
    assert_eq!(client.post("451-[\"joinConversation\",{\"_placeholder\":true,\"num\":0}]\u{1e}bAAEC").await.0, 200);
    assert!(client.poll().await.1.starts_with("42[\"error\",{\"code\":\"binary_refused\""));
}

#[tokio::test]
async fn what_cannot_be_parsed_closes_that_one_socket() {
    let world = World::start(&[]).await;
    let ann = world.store.person(3600);
    let mut neighbour = world.connected(&ann.token).await;
    let deep = format!("42[\"joinConversation\",{}", "[".repeat(20_000));
    let large = format!("42[\"joinConversation\",\"{}\"]", "x".repeat(70_000));
    for text in ["zzz", "9", "49[]", "42", "42[\"joinConversation\",\"", "42[5]", deep.as_str(), large.as_str()] {
        let mut client = world.connected(&ann.token).await;
        client.send(text).await;
        client.closed().await;

        let mut client = world.polling(&ann.token).await;
        client.http.send("POST", &client.path, "", text).await;
        if let Some((status, _)) = client.http.answer().await {
            assert!((400..500).contains(&status), "{text:.40}: {status}");
        }
        client.http = world.http().await;
        assert_eq!(client.poll().await.0, 400, "{text:.40}");
    }
    assert_eq!(neighbour.ask("leaveConversation", &[json!(NOWHERE)]).await, json!({"ok": true}));
}

#[tokio::test]
async fn joins_are_limited_and_told_when_to_come_back() {
    let world = World::start(&[("LIMITS__JOINS_BURST", "3"), ("LIMITS__JOINS_PER_SECOND", "1")]).await;
    let ann = world.store.person(3600);
    let mut client = world.connected(&ann.token).await;
    for _ in 0..3 {
        assert_eq!(client.ask("joinConversation", &[json!(NOWHERE)]).await["code"], "not_found");
        assert_eq!(client.ask("joinConversation", &[json!(5)]).await["code"], "malformed", "costs nothing");
    }
    let limited = client.ask("joinConversation", &[json!(NOWHERE)]).await;
    assert_eq!((&limited["code"], &limited["retryAfter"]), (&json!("rate_limited"), &json!(1)));
    assert_eq!(client.ask("leaveConversation", &[json!(NOWHERE)]).await, json!({"ok": true}), "leaving is free");
}

#[tokio::test]
async fn a_socket_is_in_so_many_conversations() {
    let world = World::start(&[("LIMITS__ROOMS_PER_SOCKET", "2")]).await;
    let ann = world.store.person(3600);
    let groups: Vec<_> = (0..3).map(|_| json!(world.store.group(&ann))).collect();
    let mut client = world.connected(&ann.token).await;
    for group in [0, 1, 1] {
        assert_eq!(client.ask("joinConversation", &groups[group..=group]).await["ok"], json!(true));
    }
    assert_eq!(client.ask("joinConversation", &groups[2..]).await["code"], "too_many_rooms");
    assert_eq!(client.ask("leaveConversation", &groups[..1]).await, json!({"ok": true}));
    assert_eq!(client.ask("joinConversation", &groups[2..]).await["ok"], json!(true));
}

#[tokio::test]
async fn one_address_opens_only_so_many_sockets_without_a_session() {
    let world = World::start(&[("LIMITS__HANDSHAKES_BURST", "3"), ("LIMITS__HANDSHAKES_PER_SECOND", "1")]).await;
    let ann = world.store.person(3600);
    let mut let_in = Vec::new();
    for _ in 0..5 {
        let_in.push(world.connected(&ann.token).await);
    }
    // Some come back while a slow test runs; in the end it is faster than that.
    let mut refused = None;
    for number in 0..1000 {
        let forged = format!("x-forwarded-for: 198.51.100.{}\r\n", number % 250);
        let (status, body) =
            world.http().await.request("GET", "/socket.io/?EIO=4&transport=polling", &forged, "").await;
        if status != 200 {
            refused = Some((number, status, body));
            break;
        }
    }
    let (number, status, body) = refused.expect("a limit");
    assert!(number >= 3 && status == 429 && body.contains("\"rate_limited\""), "{number} {status} {body}");
    let mut websocket = Ok(());
    for _ in 0..1000 {
        websocket = websocket.and(WebSocket::open(world.address, "&probe=1", &[]).await.map(drop));
    }
    assert_eq!(websocket, Err(429));
    let join = let_in[0].ask("joinConversation", &[json!(NOWHERE)]).await;
    assert_eq!(join["code"], "not_found", "who is in stays in");
}
