//! Given rules, when a command, then events, expectations and rows: one test per rule, and the fold that must agree.
#![expect(clippy::unwrap_used, reason = "tests")]

use confab_domain::append::{Append, Expect, Placed, Row};
use confab_domain::decide::{self, Asker, Known, PostMessage};
use confab_domain::text::{GroupName, MessageBody};
use confab_domain::{Conversation, MemberRow, RuleChange, RuleError};
use confab_proto::event_data::{ConversationKind, Role, Visibility};
use confab_proto::{ClientId, Epoch, EventType, MessageNo, Position, Seq, StreamId, Timestamp, UserId};
use uuid::Uuid;

fn user(n: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(n))
}

fn asker(n: u128) -> Asker {
    Asker { actor: user(n), client_id: ClientId::from_uuid(Uuid::from_u128(99)), epoch: Epoch(7) }
}

fn group(own: Option<Role>) -> Known {
    let stream = StreamId::from_uuid(Uuid::from_u128(50));
    let created = Conversation::created(stream, ConversationKind::Group, Some("g".into()), Visibility::Public, Seq(1));
    let own = own.map(|role| MemberRow { role, since: Seq(2), guard: Seq(2) });
    Known { rules: created.rules, own, other_owner: false }
}

fn post(known: &Known) -> Result<Append, RuleError> {
    let body = MessageBody::parse("hello".to_owned(), 100).unwrap();
    let command = PostMessage::text(known.rules.stream.conversation(), body);
    decide::post_message(asker(1), known, &command)
}

fn types(append: &Append) -> Vec<EventType> {
    append.events.iter().map(|e| e.event_type).collect()
}

#[test]
fn a_member_posts_under_the_guards_of_settings_and_own_row() {
    let known = group(Some(Role::Member));
    let append = post(&known).unwrap();
    assert!(append.is_plain());
    assert_eq!(append.events[0].data.get(), r#"{"body":"hello","replyTo":null,"attachments":[]}"#);
    let stream = known.rules.stream;
    assert_eq!(
        append.expect,
        [Expect::Settings { stream, guard: Seq(1) }, Expect::Member { stream, user: user(1), guard: Some(Seq(2)) }]
    );
}

#[test]
fn rejects_message_from_non_member() {
    assert_eq!(post(&group(None)).unwrap_err(), RuleError::NotAMember);
    assert_eq!(post(&group(Some(Role::Banned))).unwrap_err(), RuleError::NotThere);
}

#[test]
fn the_same_message_hashes_the_same_and_another_does_not() {
    let known = group(Some(Role::Member));
    let hash = |text: &str| {
        let body = MessageBody::parse(text.to_owned(), 100).unwrap();
        PostMessage::text(known.rules.stream.conversation(), body).request_hash()
    };
    assert_eq!(hash("a"), hash("a"));
    assert_ne!(hash("a"), hash("b"));
}

#[test]
fn two_people_have_one_direct_conversation() {
    assert_eq!(decide::direct_id(user(1), user(2)), decide::direct_id(user(2), user(1)));
    assert_ne!(decide::direct_id(user(1), user(2)), decide::direct_id(user(1), user(3)));
    assert_eq!(decide::create_direct(asker(1), user(1)).unwrap_err(), RuleError::DirectWithOneself);
    let append = decide::create_direct(asker(1), user(2)).unwrap();
    use EventType::{ConversationCreated, ConversationEntered, MemberAdded};
    assert_eq!(
        types(&append),
        [ConversationCreated, MemberAdded, MemberAdded, ConversationEntered, ConversationEntered]
    );
}

#[test]
fn a_group_has_its_maker_as_owner_and_everybody_once() {
    let name = GroupName::parse("Rust").unwrap();
    let append = decide::create_group(asker(1), &name, &[user(2), user(1), user(2)]);
    let added: Vec<_> = append
        .rows
        .iter()
        .filter_map(|row| match row {
            Row::AddMember { user, role, .. } => Some((*user, *role)),
            _ => None,
        })
        .collect();
    assert_eq!(added, [(user(1), Role::Owner), (user(2), Role::Member)]);
    assert_eq!(append.expect, [Expect::NewStream(append.first_stream())]);
    let hash = |members: &[UserId]| decide::group_request_hash(&name, members);
    assert_eq!(hash(&[user(1), user(2)]), hash(&[user(2), user(1), user(2)]), "a repeat in another order is a repeat");
    assert_ne!(hash(&[user(1)]), hash(&[user(2)]));
}

#[test]
fn rejects_leaving_a_direct_conversation() {
    let mut known = group(Some(Role::Member));
    known.rules.kind = ConversationKind::Direct;
    assert_eq!(decide::leave(asker(1), &known).unwrap_err(), RuleError::DirectIsFixed);
}

#[test]
fn nobody_joins_twice_or_leaves_twice() {
    for role in [Role::Owner, Role::Admin, Role::Member, Role::Reader] {
        assert_eq!(decide::join(asker(1), &group(Some(role))).unwrap_err(), RuleError::AlreadyAMember);
    }
    assert_eq!(decide::leave(asker(1), &group(None)).unwrap_err(), RuleError::NotAMember);
    for decide in [decide::join, decide::leave] {
        assert_eq!(decide(asker(1), &group(Some(Role::Banned))).unwrap_err(), RuleError::NotThere);
    }
}

/// The rows that a decision projects are what folding its own events gives.
#[test]
fn rows_equal_the_fold_of_the_events() {
    let name = GroupName::parse("Rust").unwrap();
    let append = decide::create_group(asker(1), &name, &[user(2), user(3)]);
    let stream = append.first_stream();
    let rows = append.rows.clone();
    let placed: Vec<Placed> = (1..=append.events.len() as u64)
        .map(|n| Placed { seq: Seq(n), position: Position(n), message_no: MessageNo(0), at: Timestamp(0) })
        .collect();
    let mut folded = Conversation::created(stream, ConversationKind::Direct, None, Visibility::Private, Seq::ZERO);
    for event in append.into_log(&placed).iter().filter(|e| e.stream == stream) {
        let change = RuleChange::read(event.event_type, event.data.get()).unwrap().unwrap();
        folded.apply(&change, event.seq);
    }
    for row in rows {
        match row {
            Row::NewConversation { kind, name, visibility, event, .. } => {
                let rules = &folded.rules;
                assert_eq!((rules.kind, &rules.name, rules.visibility), (kind, &name, visibility));
                assert_eq!(rules.guard, placed[event].seq);
            }
            Row::AddMember { user, role, event, .. } => {
                let seq = placed[event].seq;
                assert_eq!(folded.members[&user], MemberRow { role, since: seq, guard: seq });
            }
            row => unreachable!("a creation has no {row:?}"),
        }
    }
    assert_eq!(folded.members.len(), 3);
}

#[test]
fn joining_and_leaving_touch_the_own_row_only() {
    let join = decide::join(asker(1), &group(None)).unwrap();
    assert_eq!(types(&join), [EventType::MemberAdded, EventType::ConversationEntered]);
    assert_eq!(join.expect[1], Expect::Member { stream: join.first_stream(), user: user(1), guard: None });
    let leave = decide::leave(asker(1), &group(Some(Role::Member))).unwrap();
    assert_eq!(types(&leave), [EventType::MemberLeft, EventType::ConversationExited]);
}
