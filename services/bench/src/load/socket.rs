//! One listener: connects, joins its rooms, and reads on as cheaply as it can.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::spec::{Dialect, Listener};
use super::tally::{Place, Tally};
use crate::frame;

/// Of one source address; the kernel has 28,000 ports for each.
const AN_ADDRESS: usize = 10_000;
const PING: &[u8] = b"2";

/// Where a listener is in each of its rooms.
pub(super) type Places = Rc<RefCell<Vec<Place>>>;

pub(super) struct Socket {
    stream: TcpStream,
    /// Came and is not read yet.
    kept: Vec<u8>,
}

impl Socket {
    /// Connected and in all its rooms. `index` chooses the address that it comes from.
    ///
    /// # Errors
    /// The server is not there or refuses.
    pub(super) async fn open(
        index: usize,
        listener: &Listener,
        dialect: Dialect,
        rooms: &[Arc<str>],
    ) -> anyhow::Result<Self> {
        let stream = connect(index, listener.server).await?;
        let mut socket = Self { stream, kept: Vec::new() };
        match dialect {
            Dialect::Bare => {
                let rooms: Vec<_> = listener.rooms.iter().map(ToString::to_string).collect();
                socket.upgrade(listener.server, &format!("/{}", rooms.join(","))).await?;
            }
            Dialect::SocketIo => {
                socket.upgrade(listener.server, "/socket.io/?EIO=4&transport=websocket").await?;
                socket.wait_for("0").await?;
                let auth = listener.token.as_ref().map(|token| json!({ "token": token }).to_string());
                socket.say(&format!("40{}", auth.unwrap_or_default())).await?;
                socket.wait_for("40").await?;
                for (number, room) in listener.rooms.iter().enumerate() {
                    let ask = json!(["joinConversation", &*rooms[*room]]);
                    socket.say(&format!("42{number}{ask}")).await?;
                    let answer = socket.wait_for(&format!("43{number}[")).await?;
                    if !answer.contains("\"ok\":true") {
                        bail!("the join was answered by {answer}");
                    }
                }
            }
        }
        Ok(socket)
    }

    async fn upgrade(&mut self, server: SocketAddr, path: &str) -> anyhow::Result<()> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        self.stream.write_all(request.as_bytes()).await?;
        loop {
            if let Some(end) = memchr::memmem::find(&self.kept, b"\r\n\r\n") {
                let head: Vec<u8> = self.kept.drain(..end + 4).collect();
                if head.starts_with(b"HTTP/1.1 101") {
                    return Ok(());
                }
                bail!("no websocket: {}", String::from_utf8_lossy(&head));
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        match self.stream.read_buf(&mut self.kept).await.context("the connection broke")? {
            0 => bail!("the server closed the connection"),
            _ => Ok(()),
        }
    }

    async fn say(&mut self, text: &str) -> anyhow::Result<()> {
        let mut out = Vec::with_capacity(text.len() + 8);
        frame::text_of_client(text.as_bytes(), &mut out);
        self.stream.write_all(&out).await.context("the connection broke")
    }

    /// The next text that begins so; others are passed over.
    async fn wait_for(&mut self, begin: &str) -> anyhow::Result<String> {
        loop {
            while let Some(frame) = frame::from_server(&self.kept) {
                let (text, opcode) = (String::from_utf8_lossy(frame.payload).into_owned(), frame.opcode);
                let length = frame.length;
                self.kept.drain(..length);
                if opcode == frame::CLOSE || text.starts_with("44") || text.starts_with("41") {
                    bail!("the server refuses: {text}");
                }
                if text.as_bytes() == PING {
                    self.say("3").await?;
                } else if text.starts_with(begin) {
                    return Ok(text);
                }
            }
            self.more().await?;
        }
    }

    /// Reads until the server ends it, which is an error.
    pub(super) async fn listen(
        mut self,
        dialect: Dialect,
        tally: Rc<RefCell<Tally>>,
        places: Places,
        scratch: Rc<RefCell<Vec<u8>>>,
    ) -> anyhow::Error {
        loop {
            let pings = match self.take_what_came(dialect, &tally, &places, &scratch) {
                Ok(pings) => pings,
                Err(error) => return error,
            };
            for _ in 0..pings {
                if let Err(error) = self.say("3").await {
                    return error;
                }
            }
            if let Err(error) = self.stream.readable().await {
                return error.into();
            }
        }
    }

    /// How many pings were among it.
    fn take_what_came(
        &mut self,
        dialect: Dialect,
        tally: &RefCell<Tally>,
        places: &RefCell<Vec<Place>>,
        scratch: &RefCell<Vec<u8>>,
    ) -> anyhow::Result<usize> {
        let (mut tally, mut places, mut scratch) = (tally.borrow_mut(), places.borrow_mut(), scratch.borrow_mut());
        let mut pings = 0;
        loop {
            let size = match self.stream.try_read(&mut scratch) {
                Ok(0) => bail!("the server closed the connection"),
                Ok(size) => size,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(pings),
                Err(error) => return Err(error).context("the connection broke"),
            };
            let came = &scratch[..size];
            // Most of the time whole frames come.
            let joined = !self.kept.is_empty();
            if joined {
                self.kept.extend_from_slice(came);
            }
            let bytes = if joined { &self.kept } else { came };
            let mut used = 0;
            while let Some(frame) = frame::from_server(&bytes[used..]) {
                used += frame.length;
                match (dialect, frame.payload) {
                    _ if frame.opcode == frame::CLOSE => bail!("the server closed the websocket"),
                    (Dialect::SocketIo, PING) => pings += 1,
                    (Dialect::SocketIo, [b'4', b'2', ..]) | (Dialect::Bare, _) => {
                        tally.heard(frame.payload, &mut places)
                    }
                    (Dialect::SocketIo, _) => {}
                }
            }
            if joined {
                self.kept.drain(..used);
            } else {
                self.kept.extend_from_slice(&came[used..]);
            }
        }
    }
}

/// From one of several addresses of this machine.
async fn connect(index: usize, server: SocketAddr) -> anyhow::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    let last = u8::try_from(2 + index / AN_ADDRESS).context("too many listeners")?;
    socket.bind((IpAddr::V4(Ipv4Addr::new(127, 0, 0, last)), 0).into())?;
    let stream = socket.connect(server).await.with_context(|| format!("cannot connect to {server}"))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
