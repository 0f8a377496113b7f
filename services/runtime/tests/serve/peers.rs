//! Peers that are slow, silent, too talkative or run into a bug.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::routing::get;
use axum::{Extension, Router};
use bytes::Bytes;
use confab_runtime::serve::{ConnHandle, PendingBytes, WRITE_STALL};
use futures_util::stream;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;

use super::{Server, net, read_to_end, read_until};

fn endless() -> Body {
    Body::from_stream(stream::repeat_with(|| Ok::<_, std::convert::Infallible>(Bytes::from_static(&[b'x'; 16_384]))))
}

#[tokio::test]
async fn a_peer_that_sends_no_whole_header_is_closed() {
    let server = Server::start(Router::new(), |config| config.http.header_timeout = Duration::from_millis(100)).await;
    let mut silent = server.connect().await;
    let mut slow = server.connect().await;
    slow.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
    assert_eq!(read_to_end(&mut silent).await, "");
    assert_eq!(read_to_end(&mut slow).await, "");
    server.stop().await;
}

#[tokio::test]
async fn a_peer_that_stops_reading_is_closed_and_others_are_not() {
    let (sender, mut handles) = mpsc::unbounded_channel();
    let router = Router::new()
        .route(
            "/endless",
            get(async move |Extension(handle): Extension<ConnHandle>| {
                sender.send(handle).unwrap();
                endless()
            }),
        )
        .route("/short", get(async || "short"));
    let server = Server::start(router, |config| config.socket.write_stall = Duration::from_millis(200)).await;
    let mut stalled = server.get("/endless").await;
    let mut neighbour = server.get("/short").await;
    read_until(&mut neighbour, "short").await;
    let handle = net(handles.recv()).await.unwrap();
    net(handle.until_killed()).await;
    assert_eq!(handle.killed(), Some(WRITE_STALL));
    assert!(handle.written_bytes() > 0);
    // The endless answer has an end.
    read_to_end(&mut stalled).await;
    neighbour.write_all(b"GET /short HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    read_until(&mut neighbour, "short").await;
    drop(neighbour);
    server.stop().await;
}

#[tokio::test]
async fn what_is_written_is_taken_from_the_pending_bytes() {
    let pending = Arc::new(PendingBytes::new());
    let counted = pending.clone();
    let router = Router::new().route(
        "/",
        get(async move |Extension(handle): Extension<ConnHandle>| {
            handle.count_for(&counted);
            counted.add(100_000);
            vec![b'x'; 100_000]
        }),
    );
    let server = Server::start(router, |_| {}).await;
    let mut client = server.get("/").await;
    read_until(&mut client, &"x".repeat(100_000)).await;
    net(pending.at_most(0)).await;
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn requests_know_their_connection_and_peer() {
    let router = Router::new().route(
        "/",
        get(async |Extension(handle): Extension<ConnHandle>, ConnectInfo(peer): ConnectInfo<SocketAddr>| {
            assert_eq!(handle.peer(), peer);
            format!("you are {peer}.")
        }),
    );
    let server = Server::start(router, |_| {}).await;
    let mut client = server.get("/").await;
    let address = client.local_addr().unwrap();
    read_until(&mut client, &format!("you are {address}.")).await;
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn a_head_without_end_is_closed() {
    let server = Server::start(Router::new(), |_| {}).await;
    let mut client = server.connect().await;
    client.write_all(b"GET / HTTP/1.1\r\nx: ").await.unwrap();
    net(async { while client.write_all(&[b'x'; 4096]).await.is_ok() {} }).await;
    server.stop().await;
}

#[tokio::test]
async fn a_handler_that_panics_is_a_500_and_the_connection_goes_on() {
    let router = Router::new()
        .route("/bug", get(async || -> &'static str { panic!("bug") }))
        .route("/fine", get(async || "fine"));
    let server = Server::start(router, |_| {}).await;
    let mut client = server.get("/bug").await;
    let head = read_until(&mut client, "\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 500 ") && head.contains("application/problem+json"), "{head}");
    let body = read_until(&mut client, "}").await;
    assert!(body.contains(r#""code":"internal""#), "{body}");
    client.write_all(b"GET /fine HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    read_until(&mut client, "fine").await;
    drop(client);
    server.stop().await;
}
