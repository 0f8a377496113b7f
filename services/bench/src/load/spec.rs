//! What one run of load is told, and what it tells: JSON, unknown keys refused.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// One run: listeners connect and join, then messages are sent, first to warm up, then to be measured.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Spec {
    pub dialect: Dialect,
    /// Names, by which listeners and messages mean rooms; elsewhere a room is its place in this list.
    pub rooms: Vec<Arc<str>>,
    pub listeners: Vec<Listener>,
    /// Connections that are being opened at one time.
    pub opening: usize,
    pub sender: Sender,
    /// Messages a second, in all rooms together, whatever the answers do; without it each sender sends its next message when
    /// the last one was answered.
    pub rate: Option<f64>,
    /// Without a rate: how many deliveries may be outstanding before the next message is sent. So a server shows what it can do at
    /// most, without being drowned.
    pub deliveries_ahead: Option<u64>,
    pub warm_up_seconds: f64,
    pub seconds: f64,
    /// Of the text of a message.
    pub body_bytes: usize,
    /// Processes whose cost is measured, by what they are.
    pub watch: BTreeMap<String, Vec<u32>>,
}

/// How sockets are spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Dialect {
    /// Engine.IO v4 and Socket.IO v5 over WebSocket; `joinConversation` joins a room.
    SocketIo,
    /// A bare WebSocket whose path names the rooms; a text is a message.
    Bare,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Listener {
    pub server: SocketAddr,
    /// Goes with CONNECT.
    pub token: Option<String>,
    pub rooms: Vec<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Sender {
    #[serde(rename_all = "camelCase")]
    Http {
        servers: Vec<SocketAddr>,
        /// One request at a time on each.
        connections: usize,
        /// `{room}` is the name of the room.
        path: String,
        /// JSON, in which `{text}` is the text of the message and `{id}` a new UUID.
        body: String,
        /// Who sends in each room, as a bearer token.
        tokens: Vec<String>,
        /// What names a message's place in its room or log: a number that grows.
        order: String,
    },
    /// The bare fan-out takes messages from one stream; see `fanout`.
    Feed { server: SocketAddr },
}

/// What came of it. Times in microseconds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// In the measured time, as all of these but the next four.
    pub sent: u64,
    pub delivered: u64,
    pub seconds: f64,
    /// Of the whole run.
    pub refused: u64,
    pub missing: u64,
    pub duplicate: u64,
    pub reordered: u64,
    /// From when a message was due to when a listener has it, and to its answer.
    pub delivery: Latency,
    pub answer: Latency,
    pub processes: BTreeMap<String, Cost>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Latency {
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
}

impl Latency {
    #[must_use]
    pub fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile) as f64;
        Self { p50: at(0.5), p99: at(0.99), max: histogram.max() as f64 }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// On a CPU in the measured time.
    pub cpu_ns: u64,
    /// Resident bytes before the first listener connected, and once all had joined.
    pub rss_before: u64,
    pub rss_joined: u64,
    /// On a CPU while they connected and joined.
    pub joining_cpu_ns: u64,
}
