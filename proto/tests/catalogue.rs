//! The catalogue in `proto/README.md` shows an event of each type as it is encoded today; `make generated` writes it anew.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;

use confab_proto::event_data::{
    ConversationCreated, ConversationKind, ConversationPostingChanged, ConversationRenamed,
    ConversationSlowModeChanged, ConversationTopicChanged, ConversationVisibilityChanged, MemberRef, MemberRole,
    MessageDeleted, MessageEdited, MessagePosted, MessageRef, MessageReplied, Posting, Reaction, Role, Visibility,
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
        EventType::ConversationTopicChanged => {
            let topic = "all about crabs".to_owned();
            ("what a group is about", some(&ConversationTopicChanged { topic }))
        }
        EventType::ConversationPostingChanged => {
            let posting = Posting::Admins;
            ("who may write: members, or only admins", some(&ConversationPostingChanged { posting }))
        }
        EventType::ConversationSlowModeChanged => {
            ("how long a member waits between two messages", some(&ConversationSlowModeChanged { seconds: 30 }))
        }
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
            ("a message", some(&MessagePosted { body, ..MessagePosted::default() }))
        }
        EventType::MessageReplied => {
            let message = MessagePosted { body: "hello".to_owned(), ..MessagePosted::default() };
            ("a message in the thread under another", some(&MessageReplied { thread_seq: target_seq, message }))
        }
        EventType::MessageEdited => {
            let body = "hello!".to_owned();
            let edited = MessageEdited { target_seq, body, mentions: Vec::new(), everyone: false };
            ("a message has another text", some(&edited))
        }
        EventType::MessageDeleted => {
            ("a message was taken back", some(&MessageDeleted { target_seq, thread_seq: None }))
        }
        EventType::MessagePinned => ("a message was pinned", target()),
        EventType::MessageUnpinned => ("and is no longer", target()),
        EventType::ReactionAdded => ("somebody reacted to a message", reaction()),
        EventType::ReactionRemoved => ("and took it back", reaction()),
        EventType::SessionRevoked => ("internal: a session was ended", None),
        EventType::ConversationEntered => ("internal: somebody may now read a conversation", None),
        EventType::ConversationExited => ("internal: somebody may no longer", None),
    }
}

/// Who may cause it, and what a client does with it to have what it would fetch.
fn use_of(event_type: EventType) -> (&'static str, &'static str) {
    const ADMIN: &str = "owner, admin";
    const OWNER: &str = "owner";
    const SETTING: &str = "takes the setting over";
    const PERSON: &str = "takes the member's row out";
    match event_type {
        EventType::ConversationCreated => ("anyone signed in", "begins the conversation"),
        EventType::ConversationRenamed | EventType::ConversationTopicChanged => (ADMIN, SETTING),
        EventType::ConversationPostingChanged | EventType::ConversationSlowModeChanged => (ADMIN, SETTING),
        EventType::ConversationVisibilityChanged => {
            (OWNER, "takes the setting over; who may read no longer is out of the room")
        }
        EventType::ConversationArchived | EventType::ConversationUnarchived => (OWNER, SETTING),
        EventType::MemberAdded => {
            ("oneself in a public group or by invitation; owner, admin", "puts the member's row in")
        }
        EventType::MemberLeft => ("oneself", PERSON),
        EventType::MemberRemoved => (
            "owner; admin, of members and readers",
            "takes the member's row out; that person is out of the room if the group is private",
        ),
        EventType::MemberBanned => {
            ("owner; admin, of members and readers", "takes the member's row out; that person is out of the room")
        }
        EventType::MemberUnbanned => (ADMIN, "nothing: there is no member's row"),
        EventType::MemberRoleChanged => {
            ("owner; admin, between member and reader", "changes the role in the member's row")
        }
        EventType::MessagePosted => {
            ("who may write", "adds the message to the timeline; with `redacted` as a deleted one")
        }
        EventType::MessageReplied => {
            ("who may write", "adds the message to the thread under `threadSeq`, whose `replies` count one more")
        }
        EventType::MessageEdited => (
            "its author",
            "replaces `body`, `mentions` and `everyone`, and takes `at` for `editedAt`; with `redacted` nothing",
        ),
        EventType::MessageDeleted => (
            "its author; owner, admin",
            "empties the message but for its place and its thread; with `threadSeq` that one's `replies` count one less",
        ),
        EventType::MessagePinned => ("owner, admin; both of two", "sets `pinned`"),
        EventType::MessageUnpinned => ("owner, admin; both of two", "takes `pinned` back"),
        EventType::ReactionAdded => ("members but readers", "adds the actor to the emoji's `userIds`"),
        EventType::ReactionRemoved => ("who gave it", "takes the actor out of the emoji's `userIds`"),
        EventType::SessionRevoked => ("its owner, the operator", "never sees it: its socket closes"),
        EventType::ConversationEntered => ("with `member.added`", "of one's own stream: fetches the conversation"),
        EventType::ConversationExited => {
            ("with the end of a membership", "of one's own stream: drops the conversation, or fetches it")
        }
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
    let mut page = String::from("| type | when | who | `data` | a client |\n|---|---|---|---|---|\n");
    for event_type in EventType::ALL {
        let (when, data) = sample(*event_type);
        assert_eq!(event_type.is_internal(), data.is_none(), "{event_type}");
        let data = data.map_or_else(|| "`{}`".to_owned(), |data| format!("`{data}`"));
        let (who, does) = use_of(*event_type);
        page.push_str(&format!("| `{event_type}` | {when} | {who} | {data} | {does} |\n"));
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
