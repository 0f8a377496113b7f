//! Stands between the store and Postgres and loses or holds back what it is told to: the faults of a network.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Pass,
    /// What a client paused at the wrong byte does: all but the message that ends its request arrives.
    HoldSync,
    /// A server that is cut off without a word.
    Hole,
}

pub(crate) struct Proxy {
    /// Of the same database, by way of the proxy.
    pub(crate) url: String,
    mode: Arc<watch::Sender<Mode>>,
    statements: Arc<AtomicU64>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    /// `url` names host and port.
    pub(crate) async fn start(url: &str) -> Self {
        let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
        let server = format!("{}:{}", options.get_host(), options.get_port());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap().to_string();
        assert!(url.contains(&server), "DATABASE_URL names no host and port");
        let url = format!("{}?sslmode=disable", url.replacen(&server, &here, 1));
        let (mode, seen) = watch::channel(Mode::Pass);
        let mut tasks = JoinSet::new();
        let statements = Arc::default();
        tasks.spawn(accept(listener, server, seen, Arc::clone(&statements)));
        Self { url, mode: Arc::new(mode), statements, _tasks: tasks }
    }

    /// How many statements were sent to be run so far.
    pub(crate) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

async fn accept(listener: TcpListener, server: String, mode: watch::Receiver<Mode>, statements: Arc<AtomicU64>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let Ok(server) = TcpStream::connect(&server).await else { continue };
        let ((client_in, client_out), (server_in, server_out)) = (client.into_split(), server.into_split());
        connections.spawn(to_server(client_in, server_out, mode.clone(), Arc::clone(&statements)));
        connections.spawn(to_client(server_in, client_out, mode.clone()));
    }
}

async fn to_client(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mode: watch::Receiver<Mode>,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if *mode.borrow() != Mode::Hole && to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

/// Message by message: a startup message has no type, every later one has.
async fn to_server(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut mode: watch::Receiver<Mode>,
    statements: Arc<AtomicU64>,
) {
    let mut first = true;
    loop {
        let header_size = if first { 4 } else { 5 };
        let mut message = vec![0; header_size];
        if from.read_exact(&mut message).await.is_err() {
            return;
        }
        let length = u32::from_be_bytes(message[header_size - 4..].try_into().unwrap()) as usize;
        message.resize(header_size + length - 4, 0);
        if from.read_exact(&mut message[header_size..]).await.is_err() {
            return;
        }
        if *mode.borrow() == Mode::Hole {
            continue;
        }
        if !first && message[0] == b'S' && mode.wait_for(|mode| *mode == Mode::Pass).await.is_err() {
            return;
        }
        // A prepared statement, or one as text.
        if !first && matches!(message[0], b'E' | b'Q') {
            statements.fetch_add(1, Ordering::Relaxed);
        }
        first = false;
        if to.write_all(&message).await.is_err() {
            return;
        }
    }
}
