//! Gives one client a connection and a clock, and does what it wants, until it is told to stop.

use std::collections::BTreeMap;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use confab_proto::ConversationId;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use crate::client::{Act, Client, Timer};
use crate::history::History;
use crate::packet::{self, Packet};
use crate::room::Place;
use crate::spec::{Gateway, Transport};
use crate::transport::{Connection, Lost};

/// What the crowd asks of one client. When the sender is dropped the client stops.
#[derive(Debug)]
pub enum Command {
    Standing(oneshot::Sender<BTreeMap<ConversationId, Place>>),
    /// Read nothing for a while. Answered by whether it does: only a websocket can, for a poll is an answer.
    Deaf(Duration, oneshot::Sender<bool>),
}

type Opening = Pin<Box<dyn Future<Output = Result<Connection, Lost>> + Send>>;

/// A client on the way.
pub struct Drive {
    client: Client,
    gateways: Arc<[Gateway]>,
    history: Arc<History>,
    opening: Option<Opening>,
    connection: Option<Connection>,
    /// No ping by then: the server is gone.
    silent_at: Option<Instant>,
    deaf_until: Option<Instant>,
    timers: Vec<(Instant, Timer)>,
}

impl Drive {
    #[must_use]
    pub fn new(client: Client, gateways: Arc<[Gateway]>, history: Arc<History>) -> Self {
        let (opening, connection, silent_at, deaf_until) = (None, None, None, None);
        Self { client, gateways, history, opening, connection, silent_at, deaf_until, timers: vec![] }
    }

    /// Runs until `commands` ends.
    ///
    /// # Errors
    /// The history cannot be written, or the server sent what no client can read.
    pub async fn run(mut self, mut commands: mpsc::UnboundedReceiver<Command>) -> anyhow::Result<()> {
        loop {
            self.act().await?;
            let next = self.timers.iter().map(|(at, _)| *at).min();
            let hearing = self.deaf_until.is_none();
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.obey(command),
                    None => return self.stop().await,
                },
                packet = incoming(self.connection.as_mut().filter(|_| hearing)) => match packet {
                    Ok(packet) => self.received(&packet)?,
                    Err(lost) => self.lost(lost.why()),
                },
                opened = opening(&mut self.opening) => self.opened(opened),
                () = at(self.silent_at) => self.lost("ping timeout"),
                () = at(self.deaf_until) => self.deaf_until = None,
                () = at(next) => self.due(),
            }
        }
    }

    async fn act(&mut self) -> anyhow::Result<()> {
        loop {
            let acts = self.client.acts();
            if acts.is_empty() {
                return Ok(());
            }
            for act in acts {
                match act {
                    Act::Write(line) => self.history.write(&line).context("cannot write the history")?,
                    Act::Later(wait, timer) => self.timers.push((Instant::now() + wait, timer)),
                    Act::Open(gateway) => self.open(gateway),
                    Act::Send(packet) => self.send(packet).await,
                }
            }
        }
    }

    fn open(&mut self, gateway: usize) {
        let gateways = self.gateways.clone();
        let (transport, token) = (self.client.spec().transport, self.client.spec().token.clone());
        self.opening = Some(Box::pin(async move { Connection::open(transport, &gateways[gateway].url, &token).await }));
    }

    fn opened(&mut self, opened: Result<Connection, Lost>) {
        self.opening = None;
        match opened {
            Ok(connection) => {
                self.silent_at = Some(Instant::now() + connection.silence);
                self.connection = Some(connection);
            }
            Err(lost) => self.lost(lost.why()),
        }
    }

    async fn send(&mut self, packet: String) {
        let Some(connection) = &mut self.connection else { return };
        if let Err(lost) = connection.send(packet).await {
            self.lost(lost.why());
        }
    }

    fn received(&mut self, text: &str) -> anyhow::Result<()> {
        match packet::decode(text)? {
            Packet::Open(_) => anyhow::bail!("{} got a second handshake", self.client.spec().name),
            Packet::Noop => {}
            Packet::Ping => self.pinged(),
            Packet::Connect => self.client.connected(),
            Packet::Close | Packet::ConnectError(_) => self.lost(Lost::Closed.why()),
            Packet::Disconnect => self.lost("io server disconnect"),
            Packet::Event(name, argument) => self.client.event(&name, argument)?,
            Packet::Ack(number, argument) => self.client.answer(number, argument)?,
        }
        Ok(())
    }

    fn pinged(&mut self) {
        self.silent_at = self.connection.as_ref().map(|connection| Instant::now() + connection.silence);
        self.client.pong();
    }

    fn lost(&mut self, why: &'static str) {
        (self.connection, self.silent_at, self.deaf_until) = (None, None, None);
        self.client.lost(why);
    }

    fn due(&mut self) {
        let now = Instant::now();
        let (due, later) = std::mem::take(&mut self.timers).into_iter().partition(|(at, _)| *at <= now);
        self.timers = later;
        for (_, timer) in due {
            self.client.due(timer);
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            // Who asked and went away wants no answer any more.
            Command::Standing(answer) => {
                let _gone = answer.send(self.client.standing());
            }
            Command::Deaf(time, answer) => {
                let can = self.connection.is_some() && self.client.spec().transport == Transport::Websocket;
                if can {
                    self.deaf_until = Some(Instant::now() + time);
                }
                let _gone = answer.send(can);
            }
        }
    }

    async fn stop(mut self) -> anyhow::Result<()> {
        self.client.ended("io client disconnect");
        self.act().await?;
        if let Some(connection) = self.connection {
            connection.goodbye().await;
        }
        Ok(())
    }
}

async fn incoming(connection: Option<&mut Connection>) -> Result<String, Lost> {
    match connection {
        Some(connection) => connection.receive().await,
        None => pending().await,
    }
}

async fn opening(opening: &mut Option<Opening>) -> Result<Connection, Lost> {
    match opening {
        Some(opening) => opening.await,
        None => pending().await,
    }
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => pending().await,
    }
}
