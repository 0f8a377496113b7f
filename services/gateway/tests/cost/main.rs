//! What a delivery and an idle connection cost, counted in pieces and bytes of memory: the same on every machine, however busy.
//!
//! All of it runs on one thread, the clients too, which make no memory while they wait. One test only, since all tests of a process share
//! its memory.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "../sockets/store.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod store;
#[path = "../sockets/world.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod world;

use confab_proto::ConversationId;
use dhat::HeapStats;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use store::Person;
use world::World;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

const SOCKETS: usize = 100;
const MESSAGES: u64 = 20;

/// Of one WebSocket whose person is connected nowhere else, the client's own end included.
const BYTES_PER_SOCKET: usize = 26_000;
/// What a join of a conversation adds that others listen to already.
const BYTES_PER_JOIN: usize = 700;
/// Made for one message to one socket, of a room of 100, the parts for the message itself among them.
const PIECES_PER_DELIVERY: f64 = 9.0;

/// A client that keeps nothing but its connection.
struct Client(TcpStream);

impl Client {
    async fn open(world: &World, person: &Person, scratch: &mut Vec<u8>) -> Self {
        let mut client = Self(TcpStream::connect(world.address).await.unwrap());
        let request = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: confab\r\nConnection: Upgrade\r\n\
            Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        client.0.write_all(request.as_bytes()).await.unwrap();
        client.wait_for(b"\"sid\"", scratch).await;
        client.say(&format!("40{{\"token\":\"{}\"}}", person.token)).await;
        client.wait_for(b"40{\"sid\"", scratch).await;
        client
    }

    async fn join(&mut self, room: ConversationId, scratch: &mut Vec<u8>) {
        self.say(&format!("421[\"joinConversation\",\"{room}\"]")).await;
        self.wait_for(b"431[{\"ok\":true", scratch).await;
    }

    /// Masked with zeros, so as it is.
    async fn say(&mut self, text: &str) {
        let mut frame = vec![0x81, 0x80 | u8::try_from(text.len()).unwrap(), 0, 0, 0, 0];
        assert!(text.len() < 126);
        frame.extend_from_slice(text.as_bytes());
        self.0.write_all(&frame).await.unwrap();
    }

    /// Reads until it came.
    async fn wait_for(&mut self, wanted: &[u8], scratch: &mut Vec<u8>) {
        scratch.clear();
        while !scratch.windows(wanted.len()).any(|part| part == wanted) {
            let read = world::within("an answer", self.0.read_buf(scratch)).await.unwrap();
            assert!(read > 0, "the server closed the connection after {}", String::from_utf8_lossy(scratch));
        }
    }
}

#[test]
fn a_delivery_and_an_idle_connection_cost_no_more_than_they_may() {
    let _profiler = dhat::Profiler::builder().testing().build();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // The sweep looks at the store in memory, which is not what is counted here.
        let world = World::start(&[("LIMITS__SOCKETS_PER_USER", "1000"), ("GATEWAY__SWEEP_MILLIS", "60000")]).await;
        let mut scratch = Vec::with_capacity(64 * 1024);
        let ann = world.store.person(3600);
        let room = world.store.group(&ann);

        // What is made once for all is made for the first ones.
        let mut kept = Vec::new();
        for _ in 0..20 {
            kept.push(Client::open(&world, &world.store.person(3600), &mut scratch).await);
        }
        let people: Vec<_> = (0..SOCKETS).map(|_| world.store.person(3600)).collect();
        let before = HeapStats::get().curr_bytes;
        for person in &people {
            kept.push(Client::open(&world, person, &mut scratch).await);
        }
        let per_socket = (HeapStats::get().curr_bytes - before) / SOCKETS;

        let mut listeners = Vec::new();
        for _ in 0..SOCKETS {
            listeners.push(Client::open(&world, &ann, &mut scratch).await);
        }
        listeners[0].join(room, &mut scratch).await;
        let before = HeapStats::get().curr_bytes;
        for client in &mut listeners[1..] {
            client.join(room, &mut scratch).await;
        }
        let per_join = (HeapStats::get().curr_bytes - before) / (SOCKETS - 1);

        let mut pieces = 0;
        for _ in 0..MESSAGES {
            let seq = world.post(room, &ann, &"x".repeat(120));
            let before = HeapStats::get().total_blocks;
            for client in &mut listeners {
                client.wait_for(format!("\"seq\":{seq},").as_bytes(), &mut scratch).await;
            }
            // The text that each client waits for is a piece of its own.
            pieces += HeapStats::get().total_blocks - before - SOCKETS as u64;
        }
        let per_delivery = pieces as f64 / (MESSAGES * SOCKETS as u64) as f64;

        let figures =
            format!("{per_socket} bytes a socket, {per_join} a join, {per_delivery:.2} pieces of memory a delivery");
        assert!(per_socket <= BYTES_PER_SOCKET, "{figures}");
        assert!(per_join <= BYTES_PER_JOIN, "{figures}");
        assert!(per_delivery <= PIECES_PER_DELIVERY, "{figures}");
    });
}
