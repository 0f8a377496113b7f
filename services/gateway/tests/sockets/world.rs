//! A gateway on a free port over the store in memory, and two plain clients: one by websocket, one by polling.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use confab_gateway::service;
use confab_proto::{ConversationId, Epoch, subject};
use confab_runtime::bus::{self, Bus as _, InProcess, LiveHeaders};
use confab_runtime::config::Config;
use confab_runtime::metrics::Metrics;
use confab_runtime::serve::serve;
use confab_runtime::tasks::Tasks;
use confab_runtime::traces::Traces;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::store::{Person, Store};

/// A net under tests that would hang; it decides nothing.
const NET: Duration = Duration::from_secs(60);

pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(NET, future).await.unwrap_or_else(|_| panic!("waited {NET:?} for {what}"))
}

pub(crate) struct World {
    pub(crate) store: Arc<Store>,
    bus: InProcess,
    pub(crate) address: SocketAddr,
    pub(crate) tasks: Tasks,
}

impl World {
    /// `settings` are names and values of environment variables without `CONFAB__`.
    pub(crate) async fn start(settings: &[(&str, &str)]) -> Self {
        let env = settings.iter().map(|(key, value)| (format!("CONFAB__{key}"), (*value).to_owned()));
        let config = Config::load(None, env).unwrap();
        let (store, bus, tasks) = (Store::new(), InProcess::new(), Tasks::new());
        let router =
            service(&config, store.clone(), Arc::new(bus.clone()), &tasks, &Metrics::default(), &Traces::off());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tasks.spawn("serve", serve(listener, router, &config.http, &config.socket, &tasks));
        Self { store, bus, address, tasks }
    }

    /// Says something and gives it to the bus, as the API does. Its seq.
    pub(crate) fn post(&self, conversation: ConversationId, author: &Person, text: &str) -> u64 {
        self.store.post(conversation, author, text);
        let event = self.store.last();
        let headers = LiveHeaders {
            seq: event.seq.0,
            position: event.position.0,
            event_type: event.event_type.as_str().to_owned(),
            epoch: Epoch(0).to_string(),
            traceparent: None,
        };
        let body = event.live_body().unwrap().get().to_owned().into();
        self.bus.publish(bus::Message { subject: subject::live(conversation), headers: Some(headers), body });
        event.seq.0
    }

    pub(crate) async fn websocket(&self, cookie: Option<&str>) -> WebSocket {
        let cookie = cookie.map(|cookie| ("cookie", cookie.to_owned()));
        WebSocket::open(self.address, "", cookie.as_slice()).await.unwrap()
    }

    /// By websocket, signed in and connected.
    pub(crate) async fn connected(&self, token: &str) -> WebSocket {
        let mut client = self.websocket(None).await;
        client.send(&format!("40{{\"token\":\"{token}\"}}")).await;
        let answer = client.next().await.unwrap();
        assert!(answer.starts_with("40{\"sid\""), "{answer}");
        client
    }

    pub(crate) async fn http(&self) -> Http {
        Http { stream: BufStream::new(TcpStream::connect(self.address).await.unwrap()) }
    }

    /// By polling, over one kept connection: signed in and connected.
    pub(crate) async fn polling(&self, token: &str) -> Polling {
        let mut client = Polling::open(self).await;
        assert_eq!(client.post(&format!("40{{\"token\":\"{token}\"}}")).await.0, 200);
        let (status, body) = client.poll().await;
        assert!(status == 200 && body.contains("40{\"sid\""), "{status} {body}");
        client
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.tasks.stop().cancel();
    }
}

pub(crate) struct WebSocket {
    stream: WebSocketStream<TcpStream>,
    acks: u32,
}

impl WebSocket {
    /// `Err` with the status if the handshake was refused.
    pub(crate) async fn open(
        address: SocketAddr,
        query: &str,
        headers: &[(&'static str, String)],
    ) -> Result<Self, u16> {
        let uri = format!("ws://{address}/socket.io/?EIO=4&transport=websocket{query}");
        let mut request = tokio_tungstenite::tungstenite::client::IntoClientRequest::into_client_request(uri).unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(address).await.unwrap();
        match client_async(request, stream).await {
            Ok((stream, _)) => {
                let mut client = Self { stream, acks: 0 };
                if query.is_empty() {
                    let open = client.next().await.unwrap();
                    assert!(open.starts_with("0{\"sid\""), "{open}");
                }
                Ok(client)
            }
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn send(&mut self, packet: &str) {
        self.stream.send(Message::text(packet)).await.unwrap();
    }

    pub(crate) async fn send_binary(&mut self, bytes: &[u8]) {
        self.stream.send(Message::binary(Bytes::copy_from_slice(bytes))).await.unwrap();
    }

    /// The next packet that is no ping; `None` when the server has closed the connection.
    pub(crate) async fn next(&mut self) -> Option<String> {
        loop {
            match within("a packet", self.stream.next()).await {
                Some(Ok(Message::Text(text))) if text.as_str() == "2" => self.send("3").await,
                Some(Ok(Message::Text(text))) => return Some(text.as_str().to_owned()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(other)) => panic!("{other:?}"),
            }
        }
    }

    /// Sends an event, its arguments as JSON array elements, and gives the ack.
    pub(crate) async fn ask(&mut self, event: &str, arguments: &[Value]) -> Value {
        self.acks += 1;
        let ack = self.acks;
        self.send(&format!("42{ack}{}", packet(event, arguments))).await;
        let text = self.next().await.expect("an ack, not the end");
        let body = text.strip_prefix(&format!("43{ack}")).unwrap_or_else(|| panic!("{text}"));
        serde_json::from_str::<Vec<Value>>(body).unwrap().remove(0)
    }

    /// Sends an event without asking for an ack.
    pub(crate) async fn tell(&mut self, event: &str, arguments: &[Value]) {
        self.send(&format!("42{}", packet(event, arguments))).await;
    }

    /// The next packet as an event: its name and its only argument.
    pub(crate) async fn event(&mut self) -> (String, Value) {
        event(&self.next().await.expect("an event, not the end"))
    }

    /// Takes everything without answering, until the server closes the connection.
    pub(crate) async fn never_pong(&mut self) {
        while let Some(Ok(_)) = within("the end", self.stream.next()).await {}
    }

    pub(crate) async fn closed(&mut self) {
        while let Some(packet) = self.next().await {
            assert!(packet == "1" || packet.starts_with("42[\"closing\""), "{packet}");
        }
    }
}

pub(crate) fn packet(event: &str, arguments: &[Value]) -> String {
    let mut elements = vec![json!(event)];
    elements.extend_from_slice(arguments);
    Value::Array(elements).to_string()
}

pub(crate) fn event(packet: &str) -> (String, Value) {
    let body = packet.strip_prefix("42").unwrap_or_else(|| panic!("{packet}"));
    serde_json::from_str(body).unwrap()
}

/// One kept HTTP connection.
pub(crate) struct Http {
    stream: BufStream<TcpStream>,
}

impl Http {
    pub(crate) async fn request(&mut self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        self.send(method, path, headers, body).await;
        self.answer().await.expect("an answer, not the end")
    }

    pub(crate) async fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) {
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.1\r\nhost: confab\r\ncontent-length: {length}\r\n{headers}\r\n");
        self.stream.write_all(head.as_bytes()).await.unwrap();
        // The server may answer and close before it has all of a body that is too large.
        let (Ok(()) | Err(_)) = self.stream.write_all(body.as_bytes()).await;
        let (Ok(()) | Err(_)) = self.stream.flush().await;
    }

    /// `None` if the connection ended first.
    pub(crate) async fn answer(&mut self) -> Option<(u16, String)> {
        let (mut status, mut length) = (None, 0);
        loop {
            let mut line = String::new();
            within("an answer", self.stream.read_line(&mut line)).await.ok()?;
            let line = line.trim_end();
            match (status, line.split_once(':')) {
                (None, _) => status = Some(line.split(' ').nth(1)?.parse().unwrap()),
                (Some(_), Some((name, value))) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().unwrap();
                }
                (Some(status), None) if line.is_empty() => {
                    let mut body = vec![0; length];
                    self.stream.read_exact(&mut body).await.ok()?;
                    return Some((status, String::from_utf8(body).unwrap()));
                }
                _ => {}
            }
        }
    }
}

/// A client by polling, all over one connection unless a test takes another.
pub(crate) struct Polling {
    pub(crate) http: Http,
    pub(crate) path: String,
}

impl Polling {
    pub(crate) async fn open(world: &World) -> Self {
        let mut http = world.http().await;
        let (status, body) = http.request("GET", "/socket.io/?EIO=4&transport=polling", "", "").await;
        assert_eq!(status, 200, "{body}");
        let open: Value = serde_json::from_str(body.strip_prefix('0').unwrap()).unwrap();
        let path = format!("/socket.io/?EIO=4&transport=polling&sid={}", open["sid"].as_str().unwrap());
        Self { http, path }
    }

    pub(crate) async fn post(&mut self, body: &str) -> (u16, String) {
        self.http.request("POST", &self.path, "", body).await
    }

    /// Posts over another connection.
    pub(crate) async fn post_elsewhere(&self, world: &World, body: &str) -> (u16, String) {
        world.http().await.request("POST", &self.path, "", body).await
    }

    /// The next poll with something else than pings, which are answered and left out.
    pub(crate) async fn poll(&mut self) -> (u16, String) {
        loop {
            let (status, body) = self.http.request("GET", &self.path, "", "").await;
            if status != 200 {
                return (status, body);
            }
            let (pings, packets): (Vec<_>, Vec<_>) = body.split(SEPARATOR).partition(|packet| *packet == "2");
            if !pings.is_empty() {
                self.post("3").await;
            }
            if !packets.is_empty() {
                return (status, packets.join("\u{1e}"));
            }
        }
    }
}

const SEPARATOR: char = '\u{1e}';
