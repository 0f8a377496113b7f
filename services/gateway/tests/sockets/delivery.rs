//! That what happens in a conversation reaches a joined socket: in order, whole, and for a slow client never with a gap.

use serde_json::{Value, json};

use crate::world::{WebSocket, World, event};

#[tokio::test]
async fn a_joined_socket_gets_what_it_missed_and_then_what_happens() {
    let world = World::start(&[]).await;
    let ann = world.store.person(3600);
    let group = world.store.group(&ann);
    world.store.post(group, &ann, "one");
    let mut client = world.connected(&ann.token).await;
    let ack = client.ask("joinConversation", &[json!(group), json!({"after": 1})]).await;
    assert_eq!((&ack["ok"], &ack["seq"], &ack["more"]), (&json!(true), &json!(2), &json!(false)));
    assert_eq!(ack["events"][0]["data"]["body"], "one");
    world.store.post(group, &ann, "two");
    world.store.post(group, &ann, "three");
    for (seq, body) in [(3, "two"), (4, "three")] {
        let (name, envelope) = client.event().await;
        assert_eq!(name, "message.posted");
        assert_eq!((&envelope["seq"], &envelope["data"]["body"]), (&json!(seq), &json!(body)));
    }
    assert_eq!(client.ask("leaveConversation", &[json!(group)]).await, json!({"ok": true}));
    world.store.post(group, &ann, "four");
    let ack = client.ask("joinConversation", &[json!(group), json!({"after": 4})]).await;
    // In the ack or, from a gateway that had not heard of it, right after: nothing came while the socket had left.
    let missed = if ack["seq"] == json!(5) { ack["events"][0].clone() } else { client.event().await.1 };
    assert_eq!(missed["data"]["body"], "four");
}

#[tokio::test]
async fn what_the_bus_brings_needs_no_sweep() {
    let world = World::start(&[("GATEWAY__SWEEP_MILLIS", "60000")]).await;
    let ann = world.store.person(3600);
    let group = world.store.group(&ann);
    let mut client = world.connected(&ann.token).await;
    assert_eq!(client.ask("joinConversation", &[json!(group)]).await["ok"], json!(true));
    for body in ["one", "two", "three"] {
        let seq = world.post(group, &ann, body);
        let (name, envelope) = client.event().await;
        assert_eq!(
            (name.as_str(), &envelope["seq"], &envelope["data"]["body"]),
            ("message.posted", &json!(seq), &json!(body))
        );
    }
}

#[tokio::test]
async fn a_bare_id_without_an_ack_is_live_from_then_on() {
    let world = World::start(&[]).await;
    let ann = world.store.person(3600);
    let group = world.store.group(&ann);
    let mut client = world.polling(&ann.token).await;
    client.post(&format!("42[\"joinConversation\",\"{group}\"]")).await;
    // Answered after the join, since it is the same conversation.
    client.post(&format!("427[\"joinConversation\",\"{group}\"]")).await;
    assert!(client.poll().await.1.starts_with("437[{\"ok\":true,\"seq\":1"));
    world.store.post(group, &ann, "hello");
    let (name, envelope) = event(&client.poll().await.1);
    assert_eq!((name.as_str(), &envelope["seq"]), ("message.posted", &json!(2)));
}

#[tokio::test]
async fn events_of_the_own_stream_come_without_a_join() {
    let world = World::start(&[]).await;
    let ann = world.store.person(3600);
    let mut client = world.connected(&ann.token).await;
    let group = world.store.group(&ann);
    world.store.enter(group, &ann);
    let (name, envelope) = client.event().await;
    assert_eq!((name.as_str(), &envelope["conversationId"]), ("conversation.entered", &json!(group)));
}

#[tokio::test]
async fn a_client_that_lets_packets_pile_up_is_cut_without_a_gap() {
    let world = World::start(&[("SOCKET__PENDING_BYTES", "65536")]).await;
    let (ann, ben) = (world.store.person(3600), world.store.person(3600));
    let group = world.store.group(&ann);
    let mut slow = world.polling(&ann.token).await;
    slow.post(&format!("420[\"joinConversation\",\"{group}\"]")).await;
    assert!(slow.poll().await.1.starts_with("430[{\"ok\":true"));
    let body = "x".repeat(10_000);
    for _ in 0..20 {
        world.store.post(group, &ann, &body);
    }
    // Another one of the same conversation waits until all were sent on.
    let mut reader = world.connected(&ann.token).await;
    let ack = reader.ask("joinConversation", &[json!(group), json!({"after": 20})]).await;
    assert_eq!(ack["seq"], 21);

    let mut packets: Vec<String> = Vec::new();
    while let (200, body) = slow.poll().await {
        packets.extend(body.split('\u{1e}').map(str::to_owned));
    }
    let events: Vec<(String, Value)> = packets.iter().map(|packet| event(packet)).collect();
    let (last, posted) = events.split_last().unwrap();
    assert_eq!(last, &("closing".to_owned(), json!({"code": "slow_consumer"})));
    assert!(posted.len() >= 6 && posted.len() < 20, "{}", posted.len());
    for (index, (_, envelope)) in posted.iter().enumerate() {
        assert_eq!(envelope["seq"], json!(index + 2));
    }
    world.connected(&ben.token).await;
}

#[tokio::test]
async fn a_client_whose_buffer_is_full_is_cut() {
    let world = World::start(&[("SOCKET__BUFFER_PACKETS", "16")]).await;
    let ann = world.store.person(3600);
    let group = world.store.group(&ann);
    let mut slow = world.polling(&ann.token).await;
    slow.post(&format!("420[\"joinConversation\",\"{group}\"]")).await;
    assert!(slow.poll().await.1.starts_with("430[{\"ok\":true"));
    for _ in 0..40 {
        world.store.post(group, &ann, "hello");
    }
    let mut reader = world.connected(&ann.token).await;
    let ack = reader.ask("joinConversation", &[json!(group), json!({"after": 40})]).await;
    assert_eq!(ack["seq"], 41);
    assert_eq!(slow.poll().await.0, 400, "what found no room is not passed over");
}

#[tokio::test]
async fn a_websocket_that_is_not_read_is_cut_without_a_gap() {
    // More than the kernel's buffers of both ends hold.
    const POSTS: u64 = 3_000;
    let world = World::start(&[("SOCKET__PENDING_BYTES", "65536")]).await;
    let ann = world.store.person(3600);
    let group = world.store.group(&ann);
    let mut slow = world.connected(&ann.token).await;
    assert_eq!(slow.ask("joinConversation", &[json!(group)]).await["ok"], true);
    let body = "x".repeat(10_000);
    for _ in 0..POSTS {
        world.store.post(group, &ann, &body);
    }
    let mut reader = world.connected(&ann.token).await;
    let ack = reader.ask("joinConversation", &[json!(group), json!({"after": POSTS})]).await;
    assert_eq!(ack["seq"], json!(POSTS + 1));

    let mut last = 1;
    while let Some(packet) = slow.next().await {
        let (name, argument) = event(&packet);
        if name == "closing" {
            assert_eq!(argument, json!({"code": "slow_consumer"}));
            break;
        }
        last += 1;
        assert_eq!(argument["seq"], json!(last));
    }
    assert!(last < POSTS, "all of {last} were sent");
    assert_eq!(slow.next().await, None);
}

#[tokio::test]
async fn what_one_poll_did_not_take_comes_by_the_websocket_of_the_upgrade() {
    const POSTS: u64 = 20;
    let world = World::start(&[]).await;
    let ann = world.store.person(3600);
    let group = world.store.group(&ann);
    let mut polling = world.polling(&ann.token).await;
    polling.post(&format!("420[\"joinConversation\",\"{group}\"]")).await;
    assert!(polling.poll().await.1.starts_with("430[{\"ok\":true"));
    for _ in 0..POSTS {
        world.store.post(group, &ann, &"x".repeat(10_000));
    }
    let mut reader = world.connected(&ann.token).await;
    let ack = reader.ask("joinConversation", &[json!(group), json!({"after": POSTS})]).await;
    assert_eq!(ack["seq"], json!(POSTS + 1));

    let mut packets: Vec<String> = polling.poll().await.1.split('\u{1e}').map(str::to_owned).collect();
    let query = polling.path.split_once("polling").unwrap().1;
    let mut websocket = WebSocket::open(world.address, query, &[]).await.unwrap();
    websocket.send("2probe").await;
    assert_eq!(websocket.next().await.unwrap(), "3probe");
    websocket.send("5").await;
    world.store.post(group, &ann, "last");
    while packets.len() as u64 <= POSTS {
        let packet = websocket.next().await.unwrap();
        let is_last = packet.contains("last");
        packets.push(packet);
        if is_last {
            break;
        }
    }
    let seqs: Vec<Value> = packets.iter().map(|packet| event(packet).1["seq"].clone()).collect();
    assert_eq!(seqs, (2..=POSTS + 2).map(|seq| json!(seq)).collect::<Vec<_>>());
}
