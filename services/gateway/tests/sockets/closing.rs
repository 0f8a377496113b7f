//! How sockets are closed so that a stock client comes back: said if there is room, then cut; and nobody else is touched.

use serde_json::json;

use crate::world::{Polling, WebSocket, World, event};

#[tokio::test]
async fn an_expired_session_ends_its_sockets() {
    let world = World::start(&[]).await;
    let (ann, ben) = (world.store.person(2), world.store.person(2));
    let mut websocket = world.connected(&ann.token).await;
    let mut polling = world.polling(&ann.token).await;
    let mut prolonged = world.connected(&ben.token).await;
    world.store.prolong(&ben, 3600);

    let told = ("closing".to_owned(), json!({"code": "session_ended"}));
    assert_eq!(websocket.event().await, told);
    assert_eq!(websocket.next().await, None, "cut, without a DISCONNECT packet");
    let (status, body) = polling.poll().await;
    assert_eq!((status, event(&body)), (200, told));
    assert_eq!(polling.poll().await.0, 400, "over the connection that was not reset");
    assert_eq!(polling.post("3").await.0, 400);
    assert_eq!(prolonged.ask("nonsense", &[]).await["code"], "unknown_event");
}

#[tokio::test]
async fn a_revoked_session_ends_its_sockets_and_no_others() {
    let world = World::start(&[]).await;
    let (ann, ben) = (world.store.person(3600), world.store.person(3600));
    let mut websocket = world.connected(&ann.token).await;
    let mut polling = world.polling(&ann.token).await;
    let mut other = world.connected(&ben.token).await;
    world.store.end_session(&ann);
    let told = ("closing".to_owned(), json!({"code": "session_ended"}));
    assert_eq!(websocket.event().await, told);
    websocket.closed().await;
    assert_eq!(event(&polling.poll().await.1), told);
    assert_eq!(polling.poll().await.0, 400);
    assert_eq!(other.ask("nonsense", &[]).await["code"], "unknown_event");
}

#[tokio::test]
async fn a_session_that_ended_while_the_store_changed_is_found() {
    let world = World::start(&[]).await;
    let (ann, ben) = (world.store.person(3600), world.store.person(3600));
    let mut gone = world.connected(&ann.token).await;
    let mut stays = world.connected(&ben.token).await;
    world.store.fail_over_without(&ann);
    assert_eq!(gone.event().await.0, "reset");
    assert_eq!(gone.event().await, ("closing".to_owned(), json!({"code": "session_ended"})));
    gone.closed().await;
    assert_eq!(stays.event().await.0, "reset");
    assert_eq!(stays.ask("nonsense", &[]).await["code"], "unknown_event");
}

#[tokio::test]
async fn a_stop_does_not_wait_for_a_store_that_says_nothing() {
    let world = World::start(&[]).await;
    let ann = world.store.person(2);
    let mut client = world.connected(&ann.token).await;
    world.store.set_silent();
    while world.store.silent_reads() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    world.tasks.stop().cancel();
    assert_eq!(client.event().await, ("closing".to_owned(), json!({"code": "draining"})));
    client.closed().await;
    world.tasks.clone().run_until_stopped().await.unwrap();
}

#[tokio::test]
async fn a_poll_that_is_dropped_ends_its_session() {
    let world = World::start(&[]).await;
    let ann = world.store.person(3600);
    let mut client = world.polling(&ann.token).await;
    // The ping of the start may still be there; after it a poll waits.
    client.post("420[\"nonsense\"]").await;
    assert!(client.poll().await.1.contains("unknown_event"));
    client.http.send("GET", &client.path, "", "").await;
    client.post_elsewhere(&world, "421[\"nonsense\"]").await;
    let waiting = std::mem::replace(&mut client.http, world.http().await);
    drop(waiting);
    // Whatever the dropped poll held is lost, so the session must not go on. The server sees the end of the connection in its
    // own time; until then posts are taken.
    while client.post("422[\"nonsense\"]").await.0 == 200 {}
    assert_eq!(client.poll().await.0, 400);
}

#[tokio::test]
async fn an_upgraded_client_is_cut_by_its_websocket() {
    let world = World::start(&[]).await;
    let ann = world.store.person(3);
    let polling = world.polling(&ann.token).await;
    let query = polling.path.split_once("polling").unwrap().1;
    let mut websocket = WebSocket::open(world.address, query, &[]).await.unwrap();
    websocket.send("2probe").await;
    assert_eq!(websocket.next().await.unwrap(), "3probe");
    websocket.send("5").await;
    assert_eq!(websocket.ask("nonsense", &[]).await["code"], "unknown_event");
    assert_eq!(WebSocket::open(world.address, query, &[]).await.err(), Some(400), "one websocket per session");
    assert_eq!(websocket.event().await.0, "closing");
    websocket.closed().await;
}

#[tokio::test]
async fn a_client_that_does_not_answer_pings_is_cut() {
    let world = World::start(&[("SOCKET__PING_INTERVAL_SECONDS", "1"), ("SOCKET__PING_TIMEOUT_SECONDS", "1")]).await;
    let ann = world.store.person(3600);
    let mut silent = world.connected(&ann.token).await;
    let mut answering = world.connected(&ann.token).await;
    let cut = std::cell::Cell::new(false);
    let silence = async {
        silent.never_pong().await;
        cut.set(true);
    };
    let chat = async {
        while !cut.get() {
            assert_eq!(answering.ask("nonsense", &[]).await["code"], "unknown_event");
        }
    };
    tokio::join!(silence, chat);
    assert_eq!(answering.ask("nonsense", &[]).await["code"], "unknown_event");
}

#[tokio::test]
async fn the_stop_sends_all_clients_away_and_takes_no_new_ones() {
    let world = World::start(&[]).await;
    let ann = world.store.person(3600);
    let mut websocket = world.connected(&ann.token).await;
    let mut polling = world.polling(&ann.token).await;
    let mut waiting = Polling::open(&world).await;
    let mut undecided = world.websocket(None).await;
    polling.http.send("GET", &polling.path, "", "").await;
    world.tasks.stop().cancel();
    let told = ("closing".to_owned(), json!({"code": "draining"}));
    assert_eq!(websocket.event().await, told);
    websocket.closed().await;
    // The server may see the stop before the poll; then it closes the connection, and the client comes back, too.
    if let Some((_, body)) = polling.http.answer().await {
        assert!(body.ends_with("42[\"closing\",{\"code\":\"draining\"}]"), "{body}");
    }
    undecided.send(&format!("40{{\"token\":\"{}\"}}", ann.token)).await;
    assert_eq!(undecided.next().await, None, "no CONNECT_ERROR, which would be final");
    waiting.http.send("GET", "/socket.io/?EIO=4&transport=polling", "", "").await;
    assert!(waiting.http.answer().await.is_none_or(|(status, _)| status == 503));
    world.tasks.clone().run_until_stopped().await.unwrap();
}
