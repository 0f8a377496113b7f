//! The arguments of `typing`, `away`, `watchPresence` and `countPresence`, read by hand as those of `joinConversation` are.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use confab_proto::{ConversationId, Seq, UserId};
use serde_json::value::RawValue;

use super::arguments::{ID_MISSING, Malformed, arguments, conversation_id, seq, text};

/// People that one socket may watch.
pub(crate) const WATCHED: usize = 200;

/// `typing(conversationId, {threadSeq?}?)`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Typing {
    pub(crate) conversation: ConversationId,
    pub(crate) thread_seq: Option<Seq>,
}

const TYPING_TOO_MANY: Malformed = Malformed("too many arguments: typing takes conversationId and options");
const TYPING_OPTIONS: Malformed = Malformed("options, the second argument, must be an object {threadSeq?}");
const THREAD_WRONG: Malformed = Malformed("threadSeq must be a whole number from 0 to 9007199254740991");
const AWAY_WRONG: Malformed = Malformed("away takes one argument, true or false");
const WATCH_WRONG: Malformed = Malformed("watchPresence takes one argument, an array of at most 200 ids of users");
const COUNT_TOO_MANY: Malformed = Malformed("too many arguments: countPresence takes conversationId only");

/// Reads `["typing", conversationId, options?]`.
pub(crate) fn typing(packet: &str) -> Result<Typing, Malformed> {
    match arguments(packet)?.as_slice() {
        [] => Err(ID_MISSING),
        [id] => Ok(Typing { conversation: conversation_id(id)?, thread_seq: None }),
        [id, options] => Ok(Typing { conversation: conversation_id(id)?, thread_seq: thread_seq(options)? }),
        _ => Err(TYPING_TOO_MANY),
    }
}

fn thread_seq(options: &RawValue) -> Result<Option<Seq>, Malformed> {
    if options.get() == "null" {
        return Ok(None);
    }
    let fields: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(options.get()).map_err(|_| TYPING_OPTIONS)?;
    if fields.keys().any(|key| key != "threadSeq") {
        return Err(TYPING_OPTIONS);
    }
    let given = fields.get("threadSeq").filter(|value| value.get() != "null");
    given.map(|value| seq(value).map_err(|_| THREAD_WRONG)).transpose()
}

/// Reads `["away", true]`.
pub(crate) fn away(packet: &str) -> Result<bool, Malformed> {
    match arguments(packet)?.as_slice() {
        [value] if value.get() == "true" => Ok(true),
        [value] if value.get() == "false" => Ok(false),
        _ => Err(AWAY_WRONG),
    }
}

/// Reads `["watchPresence", [userId, …]]`; each counts once.
pub(crate) fn watch(packet: &str) -> Result<Vec<UserId>, Malformed> {
    let arguments = arguments(packet)?;
    let [users] = arguments.as_slice() else { return Err(WATCH_WRONG) };
    let users: Vec<&RawValue> = serde_json::from_str(users.get()).map_err(|_| WATCH_WRONG)?;
    if users.len() > WATCHED {
        return Err(WATCH_WRONG);
    }
    let read = |user: &&RawValue| text(user).and_then(|id| id.parse::<UserId>().ok()).ok_or(WATCH_WRONG);
    let users: BTreeSet<UserId> = users.iter().map(read).collect::<Result<_, _>>()?;
    Ok(users.into_iter().collect())
}

/// Reads `["countPresence", conversationId]`.
pub(crate) fn count(packet: &str) -> Result<ConversationId, Malformed> {
    match arguments(packet)?.as_slice() {
        [] => Err(ID_MISSING),
        [id] => conversation_id(id),
        _ => Err(COUNT_TOO_MANY),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const ID: &str = "0198c0de-0000-7000-8000-00000000000a";

    #[test]
    fn takes_what_the_documentation_shows() {
        let conversation = ID.parse().unwrap();
        let typed = |options: &str| typing(&format!("[\"typing\",\"{ID}\"{options}]"));
        for (options, thread_seq) in [
            ("", None),
            (",null", None),
            (",{}", None),
            (",{\"threadSeq\":null}", None),
            (",{\"threadSeq\":7}", Some(Seq(7))),
        ] {
            assert_eq!(typed(options), Ok(Typing { conversation, thread_seq }), "{options}");
        }
        assert_eq!((away("[\"away\",true]"), away("[\"away\",false]")), (Ok(true), Ok(false)));
        assert_eq!(watch(&format!("[\"watchPresence\",[\"{ID}\",\"{ID}\"]]")), Ok(vec![ID.parse().unwrap()]));
        assert_eq!(watch("[\"watchPresence\",[]]"), Ok(Vec::new()));
        assert_eq!(count(&format!("[\"countPresence\",\"{ID}\"]")), Ok(conversation));
    }

    #[test]
    fn names_what_is_wrong() {
        for (options, wrong) in [
            ("5", TYPING_OPTIONS),
            ("[1]", TYPING_OPTIONS),
            ("{\"other\":1}", TYPING_OPTIONS),
            ("{\"threadSeq\":-1}", THREAD_WRONG),
            ("{\"threadSeq\":\"1\"}", THREAD_WRONG),
            ("{},1", TYPING_TOO_MANY),
        ] {
            assert_eq!(typing(&format!("[\"typing\",\"{ID}\",{options}]")), Err(wrong), "{options}");
        }
        for arguments in ["", ",1", ",\"true\"", ",null", ",true,true"] {
            assert_eq!(away(&format!("[\"away\"{arguments}]")), Err(AWAY_WRONG), "{arguments}");
        }
        let many = format!("[{}]", vec![format!("\"{ID}\""); WATCHED + 1].join(","));
        for argument in ["5", "\"a\"", "{}", "[5]", "[null]", "[\"x\"]", "[],[]", &many] {
            assert_eq!(watch(&format!("[\"watchPresence\",{argument}]")), Err(WATCH_WRONG), "{argument:.60}");
        }
        assert_eq!(watch("[\"watchPresence\"]"), Err(WATCH_WRONG));
        assert_eq!(count("[\"countPresence\"]"), Err(ID_MISSING));
        assert_eq!(count(&format!("[\"countPresence\",\"{ID}\",1]")), Err(COUNT_TOO_MANY));
    }
}
