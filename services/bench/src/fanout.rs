//! The bare fan-out: what a gateway would cost that did nothing but write each message to each socket of its room.
//!
//! No rights, no order, no repair, no rooms to join: a WebSocket's path names its rooms (`/3,17`), and one TCP stream brings the
//! messages (`ROOM LENGTH\n` and so many bytes). It is the measure of the others, not a server.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::rc::Rc;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::frame;

/// Bytes that are read of the feed at once.
const AT_ONCE: usize = 256 * 1024;

type Rooms = RefCell<HashMap<usize, Vec<Rc<Peer>>>>;

struct Peer {
    stream: TcpStream,
    /// What its kernel buffer had no room for.
    late: RefCell<Vec<u8>>,
    flushing: Cell<bool>,
}

/// Serves until the process ends; `told` gets the ports of sockets and of the feed.
///
/// # Errors
/// There is no port to listen on.
pub async fn run(told: impl FnOnce(u16, u16)) -> anyhow::Result<()> {
    let sockets = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("cannot listen")?;
    let feeds = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("cannot listen")?;
    told(sockets.local_addr()?.port(), feeds.local_addr()?.port());
    let rooms = Rc::new(Rooms::default());
    let serve = async {
        loop {
            tokio::select! {
                Ok((stream, _)) = sockets.accept() => {
                    tokio::task::spawn_local(peer(stream, Rc::clone(&rooms)));
                }
                Ok((stream, _)) = feeds.accept() => {
                    tokio::task::spawn_local(feed(stream, Rc::clone(&rooms)));
                }
            }
        }
    };
    LocalSet::new().run_until(serve).await
}

/// One WebSocket, until it ends. Whoever breaks the protocol is cut off.
async fn peer(mut stream: TcpStream, rooms: Rc<Rooms>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut head = Vec::new();
    while memchr::memmem::find(&head, b"\r\n\r\n").is_none() {
        if stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let head = String::from_utf8(head).ok()?;
    let path = head.strip_prefix("GET /")?.split(' ').next()?;
    let own: Vec<usize> = path.split(',').filter_map(|room| room.parse().ok()).collect();
    let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))?;
    let accept = derive_accept_key(key.trim().as_bytes());
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(answer.as_bytes()).await.ok()?;
    let peer = Rc::new(Peer { stream, late: RefCell::default(), flushing: Cell::new(false) });
    for room in &own {
        rooms.borrow_mut().entry(*room).or_default().push(Rc::clone(&peer));
    }
    let mut scratch = [0; 1024];
    loop {
        let read = match peer.stream.readable().await {
            Ok(()) => peer.stream.try_read(&mut scratch),
            Err(error) => Err(error),
        };
        match read {
            Ok(1..) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Ok(0) | Err(_) => break,
        }
    }
    for room in own {
        rooms.borrow_mut().entry(room).or_default().retain(|other| !Rc::ptr_eq(other, &peer));
    }
    None
}

/// Takes messages until the stream ends. What came at once goes out in one write to each socket.
async fn feed(mut stream: TcpStream, rooms: Rc<Rooms>) -> Option<()> {
    let (mut kept, mut out, mut touched) = (Vec::with_capacity(AT_ONCE), Vec::new(), Vec::new());
    loop {
        let mut used = 0;
        while let Some((room, message, length)) = message(&kept[used..]) {
            out.clear();
            frame::text_of_server(message, &mut out);
            used += length;
            let is_last = touched.is_empty() && memchr::memchr(b'\n', &kept[used..]).is_none();
            for peer in rooms.borrow().get(&room).into_iter().flatten() {
                if is_last {
                    write(peer, &out);
                    continue;
                }
                let mut late = peer.late.borrow_mut();
                if late.is_empty() {
                    touched.push(Rc::clone(peer));
                }
                late.extend_from_slice(&out);
            }
        }
        for peer in touched.drain(..) {
            write(&peer, &[]);
        }
        kept.drain(..used);
        if stream.read_buf(&mut kept).await.ok()? == 0 {
            return None;
        }
    }
}

/// Room, text and bytes of all of it; `None` while some of it is missing.
fn message(bytes: &[u8]) -> Option<(usize, &[u8], usize)> {
    let line = memchr::memchr(b'\n', bytes)?;
    let (room, size) = std::str::from_utf8(&bytes[..line]).ok()?.split_once(' ')?;
    let end = line + 1 + size.parse::<usize>().ok()?;
    Some((room.parse().ok()?, bytes.get(line + 1..end)?, end))
}

/// What waits and these bytes, now if nobody else is writing and the kernel has room.
fn write(peer: &Rc<Peer>, bytes: &[u8]) {
    let mut late = peer.late.borrow_mut();
    if peer.flushing.get() {
        late.extend_from_slice(bytes);
        return;
    }
    let all: &[u8] = if late.is_empty() { bytes } else { &late };
    let (size, written) = (all.len(), peer.stream.try_write(all).unwrap_or_default());
    if late.is_empty() {
        late.extend_from_slice(&bytes[written..]);
    } else {
        late.drain(..written);
        late.extend_from_slice(bytes);
    }
    if written < size {
        peer.flushing.set(true);
        tokio::task::spawn_local(flush(Rc::clone(peer)));
    }
}

async fn flush(peer: Rc<Peer>) {
    while !peer.late.borrow().is_empty() && peer.stream.writable().await.is_ok() {
        let mut late = peer.late.borrow_mut();
        match peer.stream.try_write(&late) {
            Ok(written) => drop(late.drain(..written)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
    }
    peer.flushing.set(false);
}

#[cfg(test)]
mod tests {
    use super::message;

    #[test]
    fn a_message_is_taken_when_it_is_whole() {
        let bytes = b"12 5\nhello7 0\n";
        assert_eq!(message(&bytes[..9]), None);
        assert_eq!(message(bytes), Some((12, &b"hello"[..], 10)));
        assert_eq!(message(&bytes[10..]), Some((7, &b""[..], 4)));
    }
}
