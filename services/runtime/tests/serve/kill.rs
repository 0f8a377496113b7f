//! `kill` ends a connection at once, whatever it is doing.

use std::time::Duration;

use axum::body::Body;
use axum::routing::get;
use axum::{Extension, Router};
use bytes::Bytes;
use confab_runtime::serve::ConnHandle;
use futures_util::stream;
use http::{Request, StatusCode, header};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Server, net, read_to_end, read_until};

/// Tells when it is dropped.
struct Dropped(mpsc::UnboundedSender<()>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.send(()).unwrap();
    }
}

/// The peer's and the kernel's buffers are full when no byte was taken for a while. Should that be too early, the kill comes
/// between two writes instead, which must work just as well.
async fn until_no_more_is_written(handle: &ConnHandle) {
    let mut before = 0;
    while handle.written_bytes() < 65_536 || handle.written_bytes() > before {
        before = handle.written_bytes();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn while_a_handler_is_at_work() {
    let (sender, mut handles) = mpsc::unbounded_channel();
    let (dropped, mut drops) = mpsc::unbounded_channel();
    let router = Router::new().route(
        "/",
        get(async move |Extension(handle): Extension<ConnHandle>| {
            let _dropped = Dropped(dropped);
            sender.send(handle).unwrap();
            std::future::pending::<()>().await;
        }),
    );
    let server = Server::start(router, |_| {}).await;
    let mut client = server.get("/").await;
    let handle = net(handles.recv()).await.unwrap();
    handle.kill("test");
    handle.kill("again");
    assert_eq!(handle.killed(), Some("test"));
    assert_eq!(read_to_end(&mut client).await, "");
    net(drops.recv()).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn while_a_write_waits_for_the_peer() {
    let (sender, mut handles) = mpsc::unbounded_channel();
    let router = Router::new().route(
        "/",
        get(async move |Extension(handle): Extension<ConnHandle>| {
            sender.send(handle).unwrap();
            let chunk = || Ok::<_, std::convert::Infallible>(Bytes::from_static(&[b'x'; 16_384]));
            Body::from_stream(stream::repeat_with(chunk))
        }),
    );
    let server = Server::start(router, |_| {}).await;
    let mut client = server.get("/").await;
    let handle = net(handles.recv()).await.unwrap();
    until_no_more_is_written(&handle).await;
    handle.kill("test");
    read_to_end(&mut client).await;
    server.stop().await;
}

/// A server whose `/` upgrades; gives the server's end, the client's and the handle.
pub(super) async fn upgraded() -> (Server, TokioIo<Upgraded>, TcpStream, ConnHandle) {
    let (sender, mut upgrades) = mpsc::unbounded_channel();
    let router = Router::new().route(
        "/",
        get(async move |Extension(handle): Extension<ConnHandle>, mut request: Request<Body>| {
            sender.send((handle, hyper::upgrade::on(&mut request))).unwrap();
            (StatusCode::SWITCHING_PROTOCOLS, [(header::CONNECTION, "upgrade"), (header::UPGRADE, "echo")])
        }),
    );
    let server = Server::start(router, |_| {}).await;
    let mut client = server.connect().await;
    let request = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
    client.write_all(request).await.unwrap();
    read_until(&mut client, "\r\n\r\n").await;
    let (handle, upgrade) = net(upgrades.recv()).await.unwrap();
    (server, TokioIo::new(net(upgrade).await.unwrap()), client, handle)
}

#[tokio::test]
async fn after_an_upgrade_in_both_directions_of_a_split_stream() {
    let (server, stream, mut client, handle) = upgraded().await;
    let (mut reader, mut writer) = tokio::io::split(stream);
    writer.write_all(b"hello").await.unwrap();
    read_until(&mut client, "hello").await;
    // A task each, so that each needs to be woken by itself.
    let mut ends = JoinSet::new();
    ends.spawn(async move { reader.read_u8().await.unwrap_err() });
    ends.spawn(async move {
        loop {
            if let Err(error) = writer.write_all(&[b'x'; 16_384]).await {
                return error;
            }
        }
    });
    until_no_more_is_written(&handle).await;
    handle.kill("test");
    for _ in 0..2 {
        assert_eq!(net(ends.join_next()).await.unwrap().unwrap().to_string(), "test");
    }
    read_to_end(&mut client).await;
    server.stop().await;
}

#[tokio::test]
async fn last_words_reach_a_peer_that_reads() {
    let (server, mut stream, mut client, handle) = upgraded().await;
    stream.write_all(b"goodbye").await.unwrap();
    handle.kill("test");
    drop(stream);
    assert_eq!(read_to_end(&mut client).await, "goodbye");
    server.stop().await;
}
