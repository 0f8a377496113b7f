//! Socket.IO v5 inside Engine.IO v4, as much of it as a client of Confab needs: text packets on the namespace `/`.
//!
//! Arguments stay raw JSON. What a stock server never sends (binary, other namespaces, an upgrade) is malformed.

use serde::Deserialize;
use serde_json::value::RawValue;

/// Between the packets of one polling body.
pub const SEPARATOR: char = '\x1e';
pub const PONG: &str = "3";
/// DISCONNECT, then the end of the connection.
pub const GOODBYE: [&str; 2] = ["41", "1"];

/// The text was no packet that a server sends; holds its beginning.
#[derive(Debug, thiserror::Error)]
#[error("not a packet of a server: {0:?}")]
pub struct Malformed(String);

impl Malformed {
    fn of(text: &str) -> Self {
        Self(text.chars().take(80).collect())
    }
}

/// What a server says.
#[derive(Debug)]
pub enum Packet<'a> {
    Open(Handshake),
    Close,
    Ping,
    Noop,
    Connect,
    /// With the reason, which is an error code.
    ConnectError(String),
    Disconnect,
    /// Name and first argument.
    Event(String, Option<&'a RawValue>),
    /// Number of the question and first argument.
    Ack(u64, Option<&'a RawValue>),
}

/// The first packet of a connection; times in milliseconds, `max_payload` in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Handshake {
    pub sid: String,
    pub ping_interval: u64,
    pub ping_timeout: u64,
    pub max_payload: usize,
}

#[derive(Deserialize)]
struct Reason {
    message: String,
}

/// Reads one packet.
///
/// # Errors
/// [`Malformed`] for what is no packet.
pub fn decode(text: &str) -> Result<Packet<'_>, Malformed> {
    read(text).ok_or_else(|| Malformed::of(text))
}

fn read(text: &str) -> Option<Packet<'_>> {
    match text {
        "1" => return Some(Packet::Close),
        "2" => return Some(Packet::Ping),
        "6" => return Some(Packet::Noop),
        _ => {}
    }
    if let Some(open) = text.strip_prefix('0') {
        return serde_json::from_str(open).ok().map(Packet::Open);
    }
    let packet = text.strip_prefix('4')?;
    let (kind, rest) = packet.split_at_checked(1)?;
    match kind {
        "0" => serde_json::from_str::<&RawValue>(rest).ok().map(|_| Packet::Connect),
        "1" if rest.is_empty() => Some(Packet::Disconnect),
        "2" => {
            let (_, arguments) = arguments(rest)?;
            let (name, others) = arguments.split_first()?;
            Some(Packet::Event(serde_json::from_str(name.get()).ok()?, others.first().copied()))
        }
        "3" => {
            let (number, arguments) = arguments(rest)?;
            Some(Packet::Ack(number?, arguments.first().copied()))
        }
        "4" => serde_json::from_str::<Reason>(rest).ok().map(|reason| Packet::ConnectError(reason.message)),
        _ => None,
    }
}

/// `12["name",1]`: the number before the array, if there is one, and the elements.
fn arguments(text: &str) -> Option<(Option<u64>, Vec<&RawValue>)> {
    let (number, array) = text.split_at(text.find('[')?);
    let number = if number.is_empty() { None } else { Some(number.parse().ok()?) };
    Some((number, serde_json::from_str(array).ok()?))
}

/// The question for a socket on the namespace `/`.
#[must_use]
pub fn connect(token: &str) -> String {
    format!("40{}", serde_json::json!({ "token": token }))
}

/// An event whose answer is wanted under `number`. `arguments` begins with the name.
#[must_use]
pub fn emit(number: u64, arguments: &serde_json::Value) -> String {
    format!("42{number}{arguments}")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn reads_what_a_server_says() {
        let open = r#"0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;
        let handshake =
            Handshake { sid: "a".into(), ping_interval: 25_000, ping_timeout: 20_000, max_payload: 1_000_000 };
        assert!(matches!(decode(open).unwrap(), Packet::Open(read) if read == handshake));
        assert!(matches!(decode("2").unwrap(), Packet::Ping));
        assert!(matches!(decode(r#"40{"sid":"b"}"#).unwrap(), Packet::Connect));
        assert!(matches!(decode("41").unwrap(), Packet::Disconnect));
        assert!(
            matches!(decode(r#"44{"message":"unauthorized"}"#).unwrap(), Packet::ConnectError(why) if why == "unauthorized")
        );
    }

    #[test]
    fn keeps_the_bytes_of_an_argument() {
        let Packet::Event(name, Some(argument)) = decode(r#"42["message.posted",{"a":"\u00e9",  "b":[1]}]"#).unwrap()
        else {
            panic!("an event with an argument")
        };
        assert_eq!((name.as_str(), argument.get()), ("message.posted", r#"{"a":"\u00e9",  "b":[1]}"#));
    }

    #[test]
    fn knows_the_question_of_an_answer() {
        assert!(matches!(decode(r#"4317[{"ok":true}]"#).unwrap(), Packet::Ack(17, Some(_))));
        assert!(matches!(decode("430[]").unwrap(), Packet::Ack(0, None)));
        // An event that wants an answer itself is an event.
        assert!(matches!(decode(r#"425["hello"]"#).unwrap(), Packet::Event(name, None) if name == "hello"));
    }

    #[test]
    fn refuses_what_no_server_sends() {
        let wrong = [
            "",
            "7",
            "4",
            "42",
            "42{}",
            "42[]",
            "42[1]",
            "43[1]",
            "43x[1]",
            "42/chat,[\"a\"]",
            "451-[\"a\",{}]",
            "41x",
            "é",
            "4é",
            "0{}",
        ];
        for text in wrong {
            assert!(decode(text).is_err(), "{text:?} was taken for a packet");
        }
    }

    #[test]
    fn writes_what_a_server_reads() {
        assert_eq!(connect("a\"b"), r#"40{"token":"a\"b"}"#);
        assert_eq!(
            emit(3, &serde_json::json!(["joinConversation", "c", { "after": 5 }])),
            r#"423["joinConversation","c",{"after":5}]"#
        );
    }
}
