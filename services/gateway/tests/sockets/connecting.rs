//! Who is let in and who is not; what a client does that is turned away for now.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{Polling, WebSocket, World};

async fn refused_with(world: &World, connect: &str) -> Value {
    let mut client = world.websocket(None).await;
    client.send(connect).await;
    let answer = client.next().await.unwrap();
    serde_json::from_str(answer.strip_prefix("44").unwrap_or_else(|| panic!("{answer}"))).unwrap()
}

#[tokio::test]
async fn lets_in_by_token_and_by_cookie() {
    let world = World::start(&[]).await;
    let ann = world.store.person(3600);
    world.connected(&ann.token).await;
    for connect in ["40", "40{}", "40{\"token\":null}"] {
        let mut client = world.websocket(Some(&format!("a=b; confab_session={}", ann.token))).await;
        client.send(connect).await;
        let answer = client.next().await.unwrap();
        assert!(answer.starts_with("40{\"sid\""), "{answer}");
    }
    world.polling(&ann.token).await;
}

#[tokio::test]
async fn behind_https_only_the_host_cookie_counts() {
    let world = World::start(&[("HTTP__PUBLIC_URL", "https://chat.example.org")]).await;
    let ann = world.store.person(3600);
    for (name, answer) in [("__Host-confab_session", "40"), ("confab_session", "44")] {
        let mut client = world.websocket(Some(&format!("{name}={}", ann.token))).await;
        client.send("40").await;
        assert!(client.next().await.unwrap().starts_with(answer), "{name}");
    }
}

#[tokio::test]
async fn refuses_for_good_who_has_no_session() {
    let world = World::start(&[]).await;
    let expired = world.store.person(-1);
    let expired = format!("40{{\"token\":\"{}\"}}", expired.token);
    for connect in ["40", "40{}", "40{\"token\":\"forged\"}", "40{\"token\":5}", "40[]", "40\"x\"", expired.as_str()] {
        assert_eq!(refused_with(&world, connect).await, json!({"message": "unauthorized"}), "{connect}");
    }
    let mut client = Polling::open(&world).await;
    client.post("40{\"token\":\"forged\"}").await;
    assert_eq!(client.poll().await, (200, "44{\"message\":\"unauthorized\"}".to_owned()));
}

#[tokio::test]
async fn a_refused_connection_has_no_second_try() {
    let world = World::start(&[]).await;
    let ann = world.store.person(3600);
    let right = format!("40{{\"token\":\"{}\"}}", ann.token);
    let mut client = world.websocket(None).await;
    client.send("40{\"token\":\"forged\"}").await;
    assert!(client.next().await.unwrap().starts_with("44"));
    client.send(&right).await;
    assert_eq!(client.next().await, None);
    let mut client = Polling::open(&world).await;
    client.post("40{\"token\":\"forged\"}").await;
    assert!(client.poll().await.1.starts_with("44"));
    client.post(&right).await;
    assert_eq!(client.poll().await.0, 400);
    world.connected(&ann.token).await;
}

#[tokio::test]
async fn while_the_store_is_away_clients_are_sent_away_to_come_back() {
    let world = World::start(&[]).await;
    let ann = world.store.person(3600);
    world.store.set_away(true);
    let connect = format!("40{{\"token\":\"{}\"}}", ann.token);
    let mut client = world.websocket(None).await;
    client.send(&connect).await;
    assert_eq!(client.next().await, None, "neither CONNECT_ERROR nor DISCONNECT, which a stock client takes as final");

    let mut client = Polling::open(&world).await;
    client.post(&connect).await;
    assert_eq!(client.poll().await.0, 400);
    world.store.set_away(false);
    world.connected(&ann.token).await;
    world.polling(&ann.token).await;
}

#[tokio::test]
async fn a_user_has_so_many_sockets_and_gets_a_place_back() {
    let world = World::start(&[("LIMITS__SOCKETS_PER_USER", "2")]).await;
    let (ann, ben) = (world.store.person(3600), world.store.person(3600));
    let mut first = world.connected(&ann.token).await;
    let _second = world.polling(&ann.token).await;
    let connect = format!("40{{\"token\":\"{}\"}}", ann.token);
    assert_eq!(refused_with(&world, &connect).await, json!({"message": "too_many_sockets"}));
    world.connected(&ben.token).await;
    first.send("1").await;
    first.closed().await;
    // The place is free when the server has noticed the end.
    loop {
        let mut client = world.websocket(None).await;
        client.send(&connect).await;
        if client.next().await.unwrap().starts_with("40") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_page_of_another_site_is_refused() {
    let world = World::start(&[]).await;
    let origin = |text: &str| [("origin", text.to_owned())];
    assert_eq!(WebSocket::open(world.address, "", &origin("https://evil.example")).await.err(), Some(403));
    assert!(WebSocket::open(world.address, "", &origin(&format!("http://{}", world.address))).await.is_ok());
    let mut http = world.http().await;
    let path = "/socket.io/?EIO=4&transport=polling";
    assert_eq!(http.request("GET", path, "origin: https://evil.example\r\n", "").await.0, 403);
    assert_eq!(http.request("GET", path, "origin: http://confab\r\n", "").await.0, 200);
}

#[tokio::test]
async fn requests_that_make_no_sense_get_400() {
    let world = World::start(&[]).await;
    let mut http = world.http().await;
    let long = format!("?EIO=4&transport=polling&sid={}", "x".repeat(5000));
    let queries =
        ["", "?EIO=4", "?EIO=3&transport=polling", "?EIO=4&transport=smoke", "?EIO=4&transport=websocket", &long];
    for query in
        queries.into_iter().chain(["?EIO=4&transport=polling&sid=%00", "?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAA"])
    {
        let (status, body) = http.request("GET", &format!("/socket.io/{query}"), "", "").await;
        assert_eq!(status, 400, "{query}: {body}");
    }
    assert_eq!(http.request("PUT", "/socket.io/?EIO=4&transport=polling", "", "").await.0, 400);
}
