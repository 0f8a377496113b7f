//! The catalogue in `proto/README.md` shows an event of each type as it is encoded today; `make generated` writes it anew.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;

use confab_proto::event_data::{
    ConversationCreated, ConversationKind, ConversationRenamed, ConversationVisibilityChanged, MemberRef, MemberRole,
    MessageEdited, MessagePosted, MessageRef, Reaction, Role, Visibility,
};
use confab_proto::{Envelope, EventType, MessageNo, Position, Seq, Timestamp, subject};
use serde_json::value::{RawValue, to_raw_value};

const BEGIN: &str = "<!-- written by `make generated` -->\n";
const END: &str = "<!-- end -->\n";

/// When it happens, and its `data`; `None` for internal events, which have none here.
fn sample(event_type: EventType) -> (&'static str, Option<Box<RawValue>>) {
    let user_id = id();
    let target_seq = Seq(41);
    let name = "Rust".to_owned();
    let member = || some(&MemberRef { user_id });
    let target = || some(&MessageRef { target_seq });
    let reaction = || some(&Reaction { target_seq, emoji: "👍".to_owned() });
    match event_type {
        EventType::ConversationCreated => {
            let (kind, visibility) = (ConversationKind::Group, Visibility::Private);
            ("the first event of each conversation", some(&ConversationCreated { kind, name: Some(name), visibility }))
        }
        EventType::ConversationRenamed => ("a group has another name", some(&ConversationRenamed { name })),
        EventType::ConversationVisibilityChanged => {
            let visibility = Visibility::Public;
            ("a group became public or private", some(&ConversationVisibilityChanged { visibility }))
        }
        EventType::ConversationArchived => ("nobody can write any more", some(&empty())),
        EventType::ConversationUnarchived => ("and again can", some(&empty())),
        EventType::MemberAdded => {
            ("somebody joined (actor = user) or was added", some(&MemberRole { user_id, role: Role::Member }))
        }
        EventType::MemberLeft => ("somebody left", member()),
        EventType::MemberRemoved => ("somebody was removed by another", member()),
        EventType::MemberBanned => ("somebody may not come back", member()),
        EventType::MemberUnbanned => ("and again may", member()),
        EventType::MemberRoleChanged => {
            ("a member may do more, or less", some(&MemberRole { user_id, role: Role::Admin }))
        }
        EventType::MessagePosted => {
            let body = "hello".to_owned();
            ("a message", some(&MessagePosted { body, reply_to: None, attachments: Vec::new() }))
        }
        EventType::MessageEdited => {
            ("a message has another text", some(&MessageEdited { target_seq, body: "hello!".to_owned() }))
        }
        EventType::MessageDeleted => ("a message was taken back", target()),
        EventType::MessagePinned => ("a message was pinned", target()),
        EventType::MessageUnpinned => ("and is no longer", target()),
        EventType::ReactionAdded => ("somebody reacted to a message", reaction()),
        EventType::ReactionRemoved => ("and took it back", reaction()),
        EventType::SessionRevoked => ("internal: a session was ended", None),
        EventType::ConversationEntered => ("internal: somebody may now read a conversation", None),
        EventType::ConversationExited => ("internal: somebody may no longer", None),
    }
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>() -> T {
    "0198c0de-0000-7000-8000-00000000000a".parse().unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "most samples have data")]
fn some(data: &impl serde::Serialize) -> Option<Box<RawValue>> {
    Some(to_raw_value(data).unwrap())
}

fn empty() -> serde_json::Map<String, serde_json::Value> {
    serde_json::Map::new()
}

fn catalogue() -> String {
    let mut page = String::from("| type | when | `data` |\n|---|---|---|\n");
    for event_type in EventType::ALL {
        let (when, data) = sample(*event_type);
        assert_eq!(event_type.is_internal(), data.is_none(), "{event_type}");
        let data = data.map_or_else(|| "`{}`".to_owned(), |data| format!("`{data}`"));
        page.push_str(&format!("| `{event_type}` | {when} | {data} |\n"));
    }
    let envelope = Envelope {
        conversation_id: id(),
        seq: Seq(42),
        position: Position(1001),
        message_no: MessageNo(17),
        event_type: EventType::MessagePosted,
        actor_id: id(),
        client_id: Some(id()),
        at: Timestamp(1_795_348_800_123_456),
        redacted: false,
        data: sample(EventType::MessagePosted).1.unwrap(),
    };
    let subject = subject::log(envelope.event_type, envelope.conversation_id);
    let body = serde_json::to_string_pretty(&envelope).unwrap();
    page + &format!("\nA whole message, on `{subject}`:\n\n```json\n{body}\n```\n")
}

#[test]
#[expect(clippy::disallowed_methods, reason = "no setting of the service: whether to write the file anew")]
fn the_catalogue_shows_what_is_sent() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let page = fs::read_to_string(path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (shown, after) = rest.split_once(END).unwrap();
    let fresh = catalogue();
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(path, format!("{before}{BEGIN}{fresh}{END}{after}")).unwrap();
    } else {
        assert!(shown == fresh, "proto/README.md is not as the sources are: run `make generated`");
    }
}
