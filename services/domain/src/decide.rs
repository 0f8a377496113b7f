//! Commands become events: pure functions from the rules as they are known to a finished [`Append`] or a [`RuleError`].
//!
//! Each decision names the guards it rests on, so that the store can refuse it when they moved meanwhile.

use std::collections::BTreeSet;

use confab_proto::event_data::{
    ConversationCreated, ConversationKind, ConversationRef, MemberRef, MemberRole, MessagePosted, Role, SessionRevoked,
    Visibility,
};
use confab_proto::{ClientId, ConversationId, Epoch, EventType, Seq, SessionId, UserId};
use serde_json::json;
use uuid::Uuid;

use crate::append::{Append, Expect, NewEvent, RequestHash, Row};
use crate::conversation::{MemberRow, Rules};
use crate::may;
use crate::rule_error::RuleError;
use crate::text::{GroupName, MessageBody};

/// Names the ids that Confab derives, so that they meet no other program's UUIDv5.
const NAMESPACE: Uuid = Uuid::from_u128(0x9d3f_6a52_7c41_4b0e_8a67_c0fa_b000_0001);

/// Who asks, and in which epoch the rules were read.
#[derive(Clone, Copy, Debug)]
pub struct Asker {
    pub actor: UserId,
    pub client_id: ClientId,
    pub epoch: Epoch,
}

/// What a decision about one conversation rests on: settings and the actor's own row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub rules: Rules,
    pub own: Option<MemberRow>,
}

impl Known {
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.own.map(|row| row.role)
    }

    fn expect(&self, actor: UserId) -> Vec<Expect> {
        let stream = self.rules.stream;
        vec![
            Expect::Settings { stream, guard: self.rules.guard },
            Expect::Member { stream, user: actor, guard: self.own.map(|row| row.guard) },
        ]
    }
}

/// Say something in a conversation.
#[derive(Clone, Debug)]
pub struct PostMessage {
    pub conversation: ConversationId,
    pub body: MessageBody,
    /// A message of this conversation; the caller has seen that it is there, and messages stay.
    pub reply_to: Option<Seq>,
}

impl PostMessage {
    /// What a repeat has to equal.
    #[must_use]
    pub fn request_hash(&self) -> RequestHash {
        RequestHash::of("message.posted", &json!({"body": self.body.as_str(), "replyTo": self.reply_to}))
    }
}

/// # Errors
/// The actor may not post here.
pub fn post_message(asker: Asker, known: &Known, command: &PostMessage) -> Result<Append, RuleError> {
    may::post(&known.rules, known.role())?;
    let data =
        MessagePosted { body: command.body.as_str().to_owned(), reply_to: command.reply_to, attachments: Vec::new() };
    Ok(Append {
        actor: asker.actor,
        client_id: asker.client_id,
        request_hash: command.request_hash(),
        epoch: asker.epoch,
        expect: known.expect(asker.actor),
        events: vec![NewEvent::new(command.conversation, EventType::MessagePosted, &data)],
        rows: Vec::new(),
    })
}

/// The one conversation of two people: UUIDv5 of the sorted pair.
#[must_use]
pub fn direct_id(a: UserId, b: UserId) -> ConversationId {
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    ConversationId::from_uuid(Uuid::new_v5(&NAMESPACE, format!("direct:{first}:{second}").as_bytes()))
}

/// The group that this person made with this `clientId`: a repeat names the same one.
#[must_use]
pub fn group_id(actor: UserId, client_id: ClientId) -> ConversationId {
    ConversationId::from_uuid(Uuid::new_v5(&NAMESPACE, format!("group:{actor}:{client_id}").as_bytes()))
}

/// # Errors
/// Both are the same person.
pub fn create_direct(asker: Asker, other: UserId) -> Result<Append, RuleError> {
    if asker.actor == other {
        return Err(RuleError::DirectWithOneself);
    }
    let new = NewConversation {
        id: direct_id(asker.actor, other),
        kind: ConversationKind::Direct,
        name: None,
        visibility: Visibility::Private,
        members: vec![(asker.actor, Role::Member), (other, Role::Member)],
    };
    Ok(new.append(asker, RequestHash::of("direct", &other)))
}

/// What a repeated creation of a group has to equal: the name and who is in it, in whatever order.
#[must_use]
pub fn group_request_hash(name: &GroupName, members: &[UserId]) -> RequestHash {
    let members: BTreeSet<UserId> = members.iter().copied().collect();
    RequestHash::of("group", &json!({"name": name.as_str(), "memberIds": members}))
}

/// `members` are people who exist; doubles and the actor among them are ignored.
#[must_use]
pub fn create_group(asker: Asker, name: &GroupName, members: &[UserId]) -> Append {
    let mut people = vec![(asker.actor, Role::Owner)];
    for member in members {
        if people.iter().all(|(known, _)| known != member) {
            people.push((*member, Role::Member));
        }
    }
    let new = NewConversation {
        id: group_id(asker.actor, asker.client_id),
        kind: ConversationKind::Group,
        name: Some(name.as_str().to_owned()),
        visibility: Visibility::Public,
        members: people,
    };
    new.append(asker, group_request_hash(name, members))
}

struct NewConversation {
    id: ConversationId,
    kind: ConversationKind,
    name: Option<String>,
    visibility: Visibility,
    members: Vec<(UserId, Role)>,
}

impl NewConversation {
    fn append(self, asker: Asker, request_hash: RequestHash) -> Append {
        let stream = self.id.into();
        let created = ConversationCreated { kind: self.kind, name: self.name.clone(), visibility: self.visibility };
        let mut events = vec![NewEvent::new(self.id, EventType::ConversationCreated, &created)];
        let mut rows = vec![Row::NewConversation {
            stream,
            kind: self.kind,
            name: self.name,
            visibility: self.visibility,
            event: 0,
        }];
        for (user, role) in &self.members {
            rows.push(Row::AddMember { stream, user: *user, role: *role, event: events.len() });
            events.push(NewEvent::new(self.id, EventType::MemberAdded, &MemberRole { user_id: *user, role: *role }));
        }
        for (user, _) in &self.members {
            events.push(NewEvent::new(
                *user,
                EventType::ConversationEntered,
                &ConversationRef { conversation_id: self.id },
            ));
        }
        Append {
            actor: asker.actor,
            client_id: asker.client_id,
            request_hash,
            epoch: asker.epoch,
            expect: vec![Expect::NewStream(stream)],
            events,
            rows,
        }
    }
}

/// Become a member.
///
/// # Errors
/// The actor may not join.
pub fn join(asker: Asker, known: &Known) -> Result<Append, RuleError> {
    may::join(&known.rules, known.role())?;
    let stream = known.rules.stream;
    let role = Role::Member;
    let conversation_id = stream.conversation();
    Ok(Append {
        actor: asker.actor,
        client_id: asker.client_id,
        request_hash: RequestHash::of("join", &conversation_id),
        epoch: asker.epoch,
        expect: known.expect(asker.actor),
        events: vec![
            NewEvent::new(stream, EventType::MemberAdded, &MemberRole { user_id: asker.actor, role }),
            NewEvent::new(asker.actor, EventType::ConversationEntered, &ConversationRef { conversation_id }),
        ],
        rows: vec![Row::AddMember { stream, user: asker.actor, role, event: 0 }],
    })
}

/// Stop being a member.
///
/// # Errors
/// The actor may not leave.
pub fn leave(asker: Asker, known: &Known) -> Result<Append, RuleError> {
    may::leave(&known.rules, known.role())?;
    let stream = known.rules.stream;
    let conversation_id = stream.conversation();
    Ok(Append {
        actor: asker.actor,
        client_id: asker.client_id,
        request_hash: RequestHash::of("leave", &conversation_id),
        epoch: asker.epoch,
        expect: known.expect(asker.actor),
        events: vec![
            NewEvent::new(stream, EventType::MemberLeft, &MemberRef { user_id: asker.actor }),
            NewEvent::new(asker.actor, EventType::ConversationExited, &ConversationRef { conversation_id }),
        ],
        rows: vec![Row::DropMember { stream, user: asker.actor }],
    })
}

/// End a session of the actor's own. Its sockets learn of it through the user's stream.
#[must_use]
pub fn revoke_session(asker: Asker, session: SessionId) -> Append {
    Append {
        actor: asker.actor,
        client_id: asker.client_id,
        request_hash: RequestHash::of("session.revoked", &session),
        epoch: asker.epoch,
        expect: Vec::new(),
        events: vec![NewEvent::new(asker.actor, EventType::SessionRevoked, &SessionRevoked { session_id: session })],
        rows: vec![Row::EndSession { session }],
    }
}

/// End several sessions of the actor's own at once. `sessions` must not be empty.
#[must_use]
pub fn revoke_sessions(asker: Asker, sessions: &[SessionId]) -> Append {
    let event = |session: &SessionId| {
        NewEvent::new(asker.actor, EventType::SessionRevoked, &SessionRevoked { session_id: *session })
    };
    Append {
        actor: asker.actor,
        client_id: asker.client_id,
        request_hash: RequestHash::of("sessions.revoked", &sessions),
        epoch: asker.epoch,
        expect: Vec::new(),
        events: sessions.iter().map(event).collect(),
        rows: sessions.iter().map(|session| Row::EndSession { session: *session }).collect(),
    }
}
