//! A connection to a gateway: packets out, packets in, over a websocket or by long polling.

use std::time::Duration;

use tokio::time::timeout;

use crate::packet::{self, Packet};
use crate::polling::Polling;
use crate::spec::Transport;
use crate::websocket::WebSocket;

/// The handshake has to be through by then.
const OPEN_WITHIN: Duration = Duration::from_secs(4);
/// A server that takes nothing for so long is gone.
const SENT_WITHIN: Duration = Duration::from_secs(10);
const GOODBYE_WITHIN: Duration = Duration::from_secs(1);

/// Why a connection is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    #[error("transport close")]
    Closed,
    /// Reset, or cut in the middle of something.
    #[error("transport error")]
    Broken,
    /// By the server, in HTTP, or by sending what is no packet.
    #[error("transport refused")]
    Refused,
    #[error("timeout")]
    TimedOut,
}

impl Lost {
    /// As the history says it.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Closed => "transport close",
            Self::Broken => "transport error",
            Self::Refused => "transport refused",
            Self::TimedOut => "timeout",
        }
    }
}

enum Line {
    WebSocket(Box<WebSocket>),
    Polling(Box<Polling>),
}

pub struct Connection {
    line: Line,
    /// A ping comes at least so often.
    pub silence: Duration,
}

impl Connection {
    /// Opens one and asks for a socket with `token`.
    ///
    /// # Errors
    /// [`Lost`], also when it takes longer than four seconds.
    pub async fn open(transport: Transport, url: &str, token: &str) -> Result<Self, Lost> {
        timeout(OPEN_WITHIN, Self::shake_hands(transport, url, token)).await.map_err(|_| Lost::TimedOut)?
    }

    async fn shake_hands(transport: Transport, url: &str, token: &str) -> Result<Self, Lost> {
        let line = match transport {
            Transport::Websocket => Line::WebSocket(Box::new(WebSocket::open(url).await?)),
            Transport::Polling => Line::Polling(Box::new(Polling::new(url))),
        };
        let mut connection = Self { line, silence: Duration::MAX };
        let first = connection.receive().await?;
        let Ok(Packet::Open(handshake)) = packet::decode(&first) else { return Err(Lost::Refused) };
        connection.silence = Duration::from_millis(handshake.ping_interval + handshake.ping_timeout);
        if let Line::Polling(polling) = &mut connection.line {
            polling.opened(&handshake.sid, handshake.max_payload);
        }
        connection.send(packet::connect(token)).await?;
        Ok(connection)
    }

    /// # Errors
    /// [`Lost`]
    pub async fn send(&mut self, packet: String) -> Result<(), Lost> {
        match &mut self.line {
            Line::WebSocket(socket) => timeout(SENT_WITHIN, socket.send(packet)).await.map_err(|_| Lost::TimedOut)?,
            Line::Polling(polling) => {
                polling.send(packet);
                Ok(())
            }
        }
    }

    /// The next packet. May be dropped and called again.
    ///
    /// # Errors
    /// [`Lost`]
    pub async fn receive(&mut self) -> Result<String, Lost> {
        match &mut self.line {
            Line::WebSocket(socket) => socket.receive().await,
            Line::Polling(polling) => polling.receive().await,
        }
    }

    /// Says that it goes, if the server takes it at once.
    pub async fn goodbye(mut self) {
        let words = async {
            for packet in packet::GOODBYE {
                self.send(packet.to_owned()).await?;
            }
            match &mut self.line {
                Line::Polling(polling) => polling.flush().await,
                Line::WebSocket(_) => Ok(()),
            }
        };
        // Nobody waits for the answer: a server that is away finds out by itself.
        let _said: Result<Result<(), Lost>, _> = timeout(GOODBYE_WITHIN, words).await;
    }
}
