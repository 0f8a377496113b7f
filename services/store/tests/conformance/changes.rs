//! What commands about messages and settings expect, and the rows that they project.

use std::sync::Arc;

use confab_domain::append::{Expect, Row};
use confab_domain::{Append, NewEvent, RequestHash, Rules};
use confab_proto::event_data::{
    ConversationTopicChanged, MemberRole, MessageDeleted, MessagePosted, MessageReplied, Posting, Reaction, Role,
    Visibility,
};
use confab_proto::{ConversationId, EventType, MessageNo, Seq, StreamId, UserId};
use confab_store::Outcome;

use crate::database::Database;
use crate::scene::{Stores, appended, client_id, group, known, log, message, one, post, sign_up, target};

/// One event in place of the message that its author would post, under these expectations and with these rows.
async fn instead(
    store: &Stores,
    (room, actor): (ConversationId, UserId),
    event: NewEvent,
    expect: Vec<Expect>,
    rows: Vec<Row>,
) -> Append {
    let command = message(store, room, actor, "unused").await;
    let request_hash = RequestHash::of("test", &client_id());
    Append { request_hash, events: vec![event], expect, rows, ..command }
}

pub(crate) async fn a_target_that_moved_is_a_conflict(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[bob]).await;
    let stream = StreamId::from(room);
    let said = post(store, room, ada, "first").await.seq;
    let emoji = |user, last| {
        let data = Reaction { target_seq: said, emoji: "👍".to_owned() };
        let event = NewEvent::new(room, EventType::ReactionAdded, &data).about(said);
        let expect =
            vec![Expect::Message { stream, target: said }, Expect::Reacted { stream, target: said, user, last }];
        instead(store, (room, user), event, expect, Vec::new())
    };
    let late = emoji(ada, None).await;
    let first = appended(one(store, emoji(ada, None).await).await)[0].seq;
    assert_eq!(one(store, late).await, Outcome::Conflict, "her own reaction moved");
    appended(one(store, emoji(bob, None).await).await);
    appended(one(store, emoji(ada, Some(first)).await).await);

    let edited = target(store, room, ada, EventType::MessageEdited, said).await.seq;
    let pin = |last| {
        let event = NewEvent::new(room, EventType::MessagePinned, &serde_json::json!({"targetSeq": said})).about(said);
        instead(store, (room, ada), event, vec![Expect::Changed { stream, target: said, last }], Vec::new())
    };
    assert_eq!(one(store, pin(None).await).await, Outcome::Conflict);
    appended(one(store, pin(Some(edited)).await).await);
    let nothing = Expect::Message { stream, target: Seq(1) };
    let event = NewEvent::new(room, EventType::MessagePinned, &serde_json::json!({"targetSeq": 1})).about(Seq(1));
    let command = instead(store, (room, ada), event, vec![nothing], Vec::new()).await;
    assert_eq!(one(store, command).await, Outcome::Conflict, "the creation of a group is no message");
}

pub(crate) async fn deleting_blanks_a_message_and_its_edits(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let stream = StreamId::from(room);
    let said = post(store, room, ada, "secret").await.seq;
    target(store, room, ada, EventType::MessageEdited, said).await;
    let kept = post(store, room, ada, "kept").await.seq;
    let data = MessageReplied {
        thread_seq: said,
        message: MessagePosted { body: "reply".into(), ..MessagePosted::default() },
    };
    let event = NewEvent::new(room, EventType::MessageReplied, &data).about(said);
    let reply = instead(store, (room, ada), event, Vec::new(), Vec::new()).await;
    let reply = appended(one(store, reply).await)[0];
    assert_eq!(reply.message_no, MessageNo(2), "a reply in a thread is no message of the timeline");

    let data = MessageDeleted { target_seq: said, thread_seq: None };
    let event = NewEvent::new(room, EventType::MessageDeleted, &data).about(said);
    let expect = vec![Expect::Message { stream, target: said }];
    let delete = instead(store, (room, ada), event, expect, vec![Row::Blank { stream, target: said }]).await;
    appended(store.append_rule(&delete).await.unwrap());
    let events = log(store, room).await;
    let redacted: Vec<u64> = events.iter().filter(|event| event.redacted).map(|event| event.seq.0).collect();
    assert_eq!(redacted, [said.0, said.0 + 1], "the message and its edit");
    assert!(events.iter().filter(|event| event.redacted).all(|event| event.data.get() == "{}"));
    assert!(events.iter().any(|event| event.seq == kept && event.data.get().contains("kept")));
    let again = Append { client_id: client_id(), ..delete };
    assert_eq!(store.append_rule(&again).await.unwrap(), Outcome::Conflict, "it is no message any more");
}

pub(crate) async fn settings_and_roles_are_projected(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[bob]).await;
    let stream = StreamId::from(room);
    let alone = vec![Expect::OtherOwner { stream, user: ada }];
    let topic =
        NewEvent::new(room, EventType::ConversationTopicChanged, &ConversationTopicChanged { topic: "t".into() });
    let rules = Rules {
        topic: "t".to_owned(),
        visibility: Visibility::Private,
        posting: Posting::Admins,
        slow_mode_seconds: 30,
        archived: true,
        name: Some("Élan".to_owned()),
        ..known(store, room, ada).await.rules
    };
    let rows = vec![Row::ChangeSettings { rules: rules.clone(), event: 0 }];
    let command = instead(store, (room, ada), topic.clone(), alone.clone(), rows.clone()).await;
    assert_eq!(store.append_rule(&command).await.unwrap(), Outcome::Conflict, "nobody else owns it");
    let data = MemberRole { user_id: bob, role: Role::Owner };
    let event = NewEvent::new(room, EventType::MemberRoleChanged, &data);
    let row = Row::ChangeRole { stream, user: bob, role: Role::Owner, event: 0 };
    let promote = instead(store, (room, ada), event, Vec::new(), vec![row]).await;
    let promoted = appended(store.append_rule(&promote).await.unwrap())[0].seq;
    let own = known(store, room, bob).await.own.unwrap();
    assert_eq!((own.role, own.since, own.guard), (Role::Owner, Seq(3), promoted));

    let command = instead(store, (room, ada), topic, alone, rows).await;
    let seq = appended(store.append_rule(&command).await.unwrap())[0].seq;
    assert_eq!(known(store, room, ada).await.rules, Rules { guard: seq, ..rules });
}

pub(crate) async fn members_are_counted(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[bob]).await;
    let stream = StreamId::from(room);
    let put = |role| {
        let data = MemberRole { user_id: bob, role };
        let event = NewEvent::new(room, EventType::MemberAdded, &data);
        instead(store, (room, ada), event, Vec::new(), vec![Row::AddMember { stream, user: bob, role, event: 0 }])
    };
    let gone = || {
        let event = NewEvent::new(room, EventType::MemberRemoved, &serde_json::json!({"userId": bob}));
        instead(store, (room, ada), event, Vec::new(), vec![Row::DropMember { stream, user: bob }])
    };
    let count = async || store.conversation(room, ada).await.unwrap().unwrap().member_count;
    assert_eq!(count().await, 2);
    for (command, expected) in [
        (put(Role::Banned).await, 1),
        (put(Role::Banned).await, 1),
        (put(Role::Member).await, 2),
        (put(Role::Admin).await, 2),
        (gone().await, 1),
        (gone().await, 1),
        (put(Role::Banned).await, 1),
        (gone().await, 1),
        (put(Role::Reader).await, 2),
    ] {
        appended(store.append_rule(&command).await.unwrap());
        assert_eq!(count().await, expected, "{command:?}");
    }
}
