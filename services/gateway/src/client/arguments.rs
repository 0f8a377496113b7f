//! The arguments of `joinConversation` and `leaveConversation`, read by hand from the packet's JSON array.
//!
//! Whatever a client sends gives either the arguments or a sentence that names what is wrong and never repeats what was sent.

use std::borrow::Cow;
use std::collections::HashMap;

use confab_proto::socket::JoinOptions;
use confab_proto::{ConversationId, Epoch, Seq};
use serde_json::value::RawValue;

/// Arguments that cannot be taken, as a sentence for the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

/// `joinConversation(conversationId, {after, epoch?}?)`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Join {
    pub(crate) conversation: ConversationId,
    pub(crate) options: Option<JoinOptions>,
}

const NO_ARRAY: Malformed = Malformed("the event must be a JSON array of its name and its arguments");
pub(super) const ID_MISSING: Malformed = Malformed("conversationId, the first argument, is missing");
const ID_NO_STRING: Malformed = Malformed("conversationId, the first argument, must be a string");
const ID_NO_UUID: Malformed =
    Malformed("conversationId, the first argument, must be a UUID such as 0198c0de-0000-7000-8000-000000000001");
const JOIN_TOO_MANY: Malformed = Malformed("too many arguments: joinConversation takes conversationId and options");
const LEAVE_TOO_MANY: Malformed = Malformed("too many arguments: leaveConversation takes conversationId only");
const OPTIONS_NO_OBJECT: Malformed = Malformed("options, the second argument, must be an object {after, epoch?}");
const OPTIONS_UNKNOWN: Malformed = Malformed("options, the second argument, may have the fields after and epoch only");
const AFTER_MISSING: Malformed = Malformed("after is missing in the options");
const AFTER_WRONG: Malformed = Malformed("after must be a whole number from 0 to 9007199254740991");
const EPOCH_WRONG: Malformed = Malformed("epoch must be a string of 16 lower-case hex digits");

/// The largest number that is exact in JavaScript; the log stays far below.
const LARGEST: u64 = (1 << 53) - 1;

/// Reads `["joinConversation", conversationId, options?]`. `null` options are none, since that is how `undefined` arrives.
pub(crate) fn join(packet: &str) -> Result<Join, Malformed> {
    match arguments(packet)?.as_slice() {
        [] => Err(ID_MISSING),
        [id] => Ok(Join { conversation: conversation_id(id)?, options: None }),
        [id, options] => Ok(Join { conversation: conversation_id(id)?, options: join_options(options)? }),
        _ => Err(JOIN_TOO_MANY),
    }
}

/// Reads `["leaveConversation", conversationId]`.
pub(crate) fn leave(packet: &str) -> Result<ConversationId, Malformed> {
    match arguments(packet)?.as_slice() {
        [] => Err(ID_MISSING),
        [id] => conversation_id(id),
        _ => Err(LEAVE_TOO_MANY),
    }
}

pub(super) fn arguments(packet: &str) -> Result<Vec<&RawValue>, Malformed> {
    let mut elements: Vec<&RawValue> = serde_json::from_str(packet).map_err(|_| NO_ARRAY)?;
    if elements.is_empty() {
        return Err(NO_ARRAY);
    }
    elements.remove(0);
    Ok(elements)
}

pub(super) fn conversation_id(value: &RawValue) -> Result<ConversationId, Malformed> {
    text(value).ok_or(ID_NO_STRING)?.parse().map_err(|_| ID_NO_UUID)
}

fn join_options(value: &RawValue) -> Result<Option<JoinOptions>, Malformed> {
    if value.get() == "null" {
        return Ok(None);
    }
    let fields: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(value.get()).map_err(|_| OPTIONS_NO_OBJECT)?;
    if fields.keys().any(|key| key != "after" && key != "epoch") {
        return Err(OPTIONS_UNKNOWN);
    }
    let after = fields.get("after").copied().ok_or(AFTER_MISSING)?;
    let epoch = fields.get("epoch").copied().filter(|epoch| epoch.get() != "null");
    Ok(Some(JoinOptions { after: seq(after)?, epoch: epoch.map(parse_epoch).transpose()? }))
}

pub(super) fn seq(value: &RawValue) -> Result<Seq, Malformed> {
    let number = serde_json::from_str::<u64>(value.get()).ok().filter(|number| *number <= LARGEST);
    number.map(Seq).ok_or(AFTER_WRONG)
}

fn parse_epoch(value: &RawValue) -> Result<Epoch, Malformed> {
    text(value).and_then(|text| text.parse().ok()).ok_or(EPOCH_WRONG)
}

pub(super) fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    // Through a struct, since only a borrowing field makes serde borrow.
    #[derive(serde::Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str::<Text<'_>>(value.get()).ok().map(|text| text.0)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const ID: &str = "0198c0de-0000-7000-8000-00000000000a";

    fn join_of(arguments: &str) -> Result<Join, Malformed> {
        join(&format!("[\"joinConversation\"{}{arguments}]", if arguments.is_empty() { "" } else { "," }))
    }

    #[test]
    fn takes_what_the_documentation_shows() {
        let conversation = ID.parse().unwrap();
        let granted = |options| Ok(Join { conversation, options });
        let after = |after, epoch| Some(JoinOptions { after: Seq(after), epoch });
        assert_eq!(join_of(&format!("\"{ID}\"")), granted(None));
        assert_eq!(join_of(&format!("\"{ID}\",null")), granted(None));
        assert_eq!(join_of(&format!("\"{ID}\",{{\"after\":0}}")), granted(after(0, None)));
        assert_eq!(join_of(&format!("\"{ID}\",{{\"after\":7,\"epoch\":null}}")), granted(after(7, None)));
        let epoch = "{\"epoch\":\"8f2c1a90d4e7b365\",\"after\":9007199254740991}";
        let large = after(LARGEST, Some(Epoch(0x8f2c_1a90_d4e7_b365)));
        assert_eq!(join_of(&format!("\"{ID}\",{epoch}")), granted(large));
        assert_eq!(leave(&format!("[\"leaveConversation\",\"{ID}\"]")), Ok(conversation));
    }

    #[test]
    fn names_what_is_wrong_with_the_id() {
        let long = format!("\"{}\"", "x".repeat(50_000));
        let cases = [
            ("", ID_MISSING),
            ("5", ID_NO_STRING),
            ("{\"id\":1}", ID_NO_STRING),
            ("[1]", ID_NO_STRING),
            ("null", ID_NO_STRING),
            ("true", ID_NO_STRING),
            ("\"\"", ID_NO_UUID),
            ("\"\\u0000\"", ID_NO_UUID),
            ("\"0198c0de00007000800000000000000a\"", ID_NO_UUID),
            (long.as_str(), ID_NO_UUID),
        ];
        for (arguments, wrong) in cases {
            assert_eq!(join_of(arguments), Err(wrong), "{arguments:.60}");
            let leaving = format!("[\"leaveConversation\"{}{arguments}]", if arguments.is_empty() { "" } else { "," });
            assert_eq!(leave(&leaving), Err(wrong), "{arguments:.60}");
        }
    }

    #[test]
    fn names_what_is_wrong_with_the_options() {
        let cases = [
            ("5", OPTIONS_NO_OBJECT),
            ("\"after\"", OPTIONS_NO_OBJECT),
            ("[5]", OPTIONS_NO_OBJECT),
            ("{}", AFTER_MISSING),
            ("{\"epoch\":\"8f2c1a90d4e7b365\"}", AFTER_MISSING),
            ("{\"after\":-1}", AFTER_WRONG),
            ("{\"after\":1.5}", AFTER_WRONG),
            ("{\"after\":1e300}", AFTER_WRONG),
            ("{\"after\":\"5\"}", AFTER_WRONG),
            ("{\"after\":null}", AFTER_WRONG),
            ("{\"after\":9007199254740992}", AFTER_WRONG),
            ("{\"after\":18446744073709552000}", AFTER_WRONG),
            ("{\"after\":1,\"epoch\":5}", EPOCH_WRONG),
            ("{\"after\":1,\"epoch\":\"8F2C1A90D4E7B365\"}", EPOCH_WRONG),
            ("{\"after\":1,\"limit\":5}", OPTIONS_UNKNOWN),
            ("{\"after\":1},null", JOIN_TOO_MANY),
        ];
        for (options, wrong) in cases {
            assert_eq!(join_of(&format!("\"{ID}\",{options}")), Err(wrong), "{options}");
        }
        assert_eq!(leave(&format!("[\"leaveConversation\",\"{ID}\",null]")), Err(LEAVE_TOO_MANY));
    }

    #[test]
    fn a_broken_packet_is_refused() {
        for packet in
            ["", "{}", "[]", "7", "[\"joinConversation\",}", "[\"joinConversation\",[[[[", "[\"joinConversation\""]
        {
            assert_eq!(join(packet), Err(NO_ARRAY), "{packet}");
        }
    }
}
