//! The stop: what is in flight or comes just after it is answered, what is idle is closed, what stays is killed.

use std::time::Duration;

use axum::routing::get;
use axum::{Extension, Router};
use confab_runtime::serve::{ConnHandle, DRAINED};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::{Server, net, read_to_end, read_until};

#[tokio::test]
async fn a_request_in_flight_is_answered_and_idle_connections_are_closed() {
    let (sender, mut started) = mpsc::unbounded_channel();
    let (release, held) = tokio::sync::watch::channel(false);
    let router = Router::new().route("/fast", get(async || "fast")).route(
        "/slow",
        get(async move || {
            sender.send(()).unwrap();
            held.clone().wait_for(|released| *released).await.unwrap();
            "slow"
        }),
    );
    let server = Server::start(router, |_| {}).await;
    let mut silent = server.connect().await;
    let mut idle = server.get("/fast").await;
    read_until(&mut idle, "fast").await;
    let mut busy = server.get("/slow").await;
    net(started.recv()).await.unwrap();

    let (address, tasks) = (server.address, server.tasks.clone());
    tasks.stop().cancel();
    assert_eq!(read_to_end(&mut silent).await, "");
    assert_eq!(read_to_end(&mut idle).await, "");
    // The listener is closed as well; what was in its queue is reset.
    let refused = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    net(refused).await;

    release.send(true).unwrap();
    let answer = read_to_end(&mut busy).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("slow"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn what_is_asked_just_after_the_stop_is_answered() {
    let router = Router::new().route("/", get(async || "late"));
    let server = Server::start(router, |_| {}).await;
    let mut kept = server.get("/").await;
    read_until(&mut kept, "late").await;
    let mut silent = server.connect().await;
    server.tasks.stop().cancel();
    // Whoever would close them at once gets to it here.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let mut queued = server.connect().await;
    for stream in [&mut kept, &mut silent, &mut queued] {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        let answer = read_to_end(stream).await;
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("late"), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn what_outlasts_the_drain_is_killed() {
    let (sender, mut handles) = mpsc::unbounded_channel();
    let router = Router::new().route(
        "/",
        get(async move |Extension(handle): Extension<ConnHandle>| {
            sender.send(handle).unwrap();
            std::future::pending::<()>().await;
        }),
    );
    let server = Server::start(router, |config| config.http.drain = Duration::from_millis(50)).await;
    let mut client = server.get("/").await;
    let handle = net(handles.recv()).await.unwrap();
    server.stop().await;
    assert_eq!(handle.killed(), Some(DRAINED));
    assert_eq!(read_to_end(&mut client).await, "");
}
