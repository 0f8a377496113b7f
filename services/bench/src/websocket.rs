//! Engine.IO over a websocket: a text message is a packet.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::transport::Lost;

pub struct WebSocket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl WebSocket {
    /// `url`: `http://host:port`.
    ///
    /// # Errors
    /// [`Lost`] if the server is not there or refuses.
    pub async fn open(url: &str) -> Result<Self, Lost> {
        let address = url.replacen("http", "ws", 1);
        let url = format!("{address}/socket.io/?EIO=4&transport=websocket");
        let (stream, _) = tokio_tungstenite::connect_async_with_config(url, None, true).await.map_err(lost)?;
        Ok(Self { stream })
    }

    /// # Errors
    /// [`Lost`]
    pub async fn send(&mut self, packet: String) -> Result<(), Lost> {
        self.stream.send(Message::text(packet)).await.map_err(lost)
    }

    /// The next packet. May be dropped and called again: nothing is lost by that.
    ///
    /// # Errors
    /// [`Lost`]
    pub async fn receive(&mut self) -> Result<String, Lost> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text.as_str().to_owned()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Binary(_))) => return Err(Lost::Refused),
                Some(Ok(_)) | None => return Err(Lost::Closed),
                Some(Err(error)) => return Err(lost(error)),
            }
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn lost(error: Error) -> Lost {
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => Lost::Closed,
        Error::Http(_) => Lost::Refused,
        _ => Lost::Broken,
    }
}
