//! An envelope as a client reads it, and the fingerprint by which the history names it.
//!
//! The fingerprint is over the bytes that came: nothing is parsed and written again, so two events with one
//! fingerprint were sent with the same bytes in every field it covers.

use confab_proto::{ConversationId, Seq, UserId};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

/// What a client reads of any event; another program's envelope may lack anything.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Received<'a> {
    pub conversation_id: Option<ConversationId>,
    pub seq: Option<Seq>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// The field of `data` that rule events about somebody have.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Named {
    user_id: Option<UserId>,
    conversation_id: Option<ConversationId>,
}

impl Received<'_> {
    fn named(&self) -> Named {
        // Data of another shape names nobody.
        self.data.and_then(|data| serde_json::from_str(data.get()).ok()).unwrap_or_default()
    }

    /// Whom the event is about, if it is about one person.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        self.named().user_id
    }

    /// The conversation that an event on a user's own stream is about.
    #[must_use]
    pub fn about(&self) -> Option<ConversationId> {
        self.named().conversation_id
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'a> {
    #[serde(borrow)]
    seq: Option<&'a RawValue>,
    position: Option<&'a RawValue>,
    message_no: Option<&'a RawValue>,
    #[serde(rename = "type")]
    event_type: Option<&'a RawValue>,
    actor_id: Option<&'a RawValue>,
    client_id: Option<&'a RawValue>,
    at: Option<&'a RawValue>,
    data: Option<&'a RawValue>,
}

/// The first 16 hex digits of SHA-256 over `[seq,position,messageNo,type,actorId,clientId,at]`, a line feed and `data`.
///
/// # Errors
/// The envelope is no JSON object.
pub fn fingerprint(envelope: &RawValue) -> Result<String, serde_json::Error> {
    let f: Fields = serde_json::from_str(envelope.get())?;
    let text = |value: Option<&RawValue>| value.map_or("null", RawValue::get).to_owned();
    let head = [f.seq, f.position, f.message_no, f.event_type, f.actor_id, f.client_id, f.at].map(text).join(",");
    let digest = Sha256::digest(format!("[{head}]\n{}", text(f.data)));
    Ok(digest[..8].iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn of(text: &str) -> String {
        fingerprint(serde_json::from_str(text).unwrap()).unwrap()
    }

    const ENVELOPE: &str = r#"{"conversationId":"0198c0de-0000-7000-8000-00000000000a","seq":42,"position":1001,"messageNo":17,"type":"message.posted","actorId":"0198c0de-0000-7000-8000-00000000000b","clientId":null,"at":"2026-11-22T12:00:00.123456Z","data":{"body":"é \"猫\" \u0007","replyTo":null}}"#;

    #[test]
    fn agrees_with_the_one_of_the_javascript_clients() {
        // As `fingerprint` of services/confab/tests/chaos/history.mjs gives it.
        assert_eq!(of(ENVELOPE), "f7bae2ee4a351173");
    }

    #[test]
    fn every_field_and_byte_counts() {
        for (from, to) in [
            ("42", "43"),
            ("1001", "1002"),
            ("17", "18"),
            ("posted", "edited"),
            ("b\",\"cl", "c\",\"cl"),
            (":null,\"at", ":\"x\",\"at"),
            ("3456Z", "3457Z"),
            ("\"body\":", "\"body\": "),
            ("\\u0007", "\\u0008"),
        ] {
            assert!(ENVELOPE.contains(from), "{from}");
            assert_ne!(of(&ENVELOPE.replacen(from, to, 1)), of(ENVELOPE), "{from} may be {to}");
        }
    }

    #[test]
    fn knows_whom_an_event_is_about() {
        let user = "0198c0de-0000-7000-8000-00000000000b";
        let read =
            |data: &str| serde_json::from_str::<Received>(&format!(r#"{{"seq":1,"data":{data}}}"#)).unwrap().user();
        assert_eq!(read(&format!(r#"{{"userId":"{user}"}}"#)), Some(user.parse().unwrap()));
        assert_eq!(read("{}"), None);
        assert_eq!(read("[]"), None);
    }
}
