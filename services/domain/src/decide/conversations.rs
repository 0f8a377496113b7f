//! Conversations: begin one, change its settings.

use std::collections::BTreeSet;

use confab_proto::event_data::{
    ConversationCreated, ConversationKind, ConversationPostingChanged, ConversationRef, ConversationRenamed,
    ConversationSlowModeChanged, ConversationTopicChanged, ConversationVisibilityChanged, MemberRole, Posting, Role,
    Visibility,
};
use confab_proto::{ClientId, ConversationId, EventType, Seq, UserId};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Asker, Known};
use crate::append::{Append, Expect, NewEvent, RequestHash, Row};
use crate::conversation::Rules;
use crate::may::{self, Action};
use crate::rule_error::RuleError;
use crate::text::{GroupName, GroupTopic};

/// Names the ids that Confab derives, so that they meet no other program's UUIDv5.
const NAMESPACE: Uuid = Uuid::from_u128(0x9d3f_6a52_7c41_4b0e_8a67_c0fa_b000_0001);

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
        topic: String::new(),
        members: vec![(asker.actor, Role::Member), (other, Role::Member)],
    };
    Ok(new.append(asker, RequestHash::of("direct", &other)))
}

/// A group as it begins.
#[derive(Clone, Debug)]
pub struct NewGroup {
    pub name: GroupName,
    /// Empty: none.
    pub topic: GroupTopic,
    pub visibility: Visibility,
    /// People who exist; doubles and the actor among them are ignored.
    pub members: Vec<UserId>,
}

impl NewGroup {
    /// What a repeated creation has to equal: all of it, with the members in whatever order.
    #[must_use]
    pub fn request_hash(&self) -> RequestHash {
        let members: BTreeSet<UserId> = self.members.iter().copied().collect();
        let mut content = json!({"name": self.name.as_str(), "memberIds": members});
        // Left out where groups of before could not have anything else, so that a repeat of theirs is one.
        if self.visibility != Visibility::Public {
            content["visibility"] = self.visibility.as_str().into();
        }
        if !self.topic.as_str().is_empty() {
            content["topic"] = self.topic.as_str().into();
        }
        RequestHash::of("group", &content)
    }

    /// The actor is its owner.
    #[must_use]
    pub fn create(&self, asker: Asker) -> Append {
        let mut people = vec![(asker.actor, Role::Owner)];
        for member in &self.members {
            if people.iter().all(|(known, _)| known != member) {
                people.push((*member, Role::Member));
            }
        }
        let new = NewConversation {
            id: group_id(asker.actor, asker.client_id),
            kind: ConversationKind::Group,
            name: Some(self.name.as_str().to_owned()),
            visibility: self.visibility,
            topic: self.topic.as_str().to_owned(),
            members: people,
        };
        new.append(asker, self.request_hash())
    }
}

fn public(name: &GroupName, members: &[UserId]) -> NewGroup {
    let (topic, visibility) = (GroupTopic::default(), Visibility::Public);
    NewGroup { name: name.clone(), topic, visibility, members: members.to_vec() }
}

/// Of a public group without a topic.
#[must_use]
pub fn group_request_hash(name: &GroupName, members: &[UserId]) -> RequestHash {
    public(name, members).request_hash()
}

/// A public group without a topic.
#[must_use]
pub fn create_group(asker: Asker, name: &GroupName, members: &[UserId]) -> Append {
    public(name, members).create(asker)
}

struct NewConversation {
    id: ConversationId,
    kind: ConversationKind,
    name: Option<String>,
    visibility: Visibility,
    topic: String,
    members: Vec<(UserId, Role)>,
}

impl NewConversation {
    fn append(self, asker: Asker, request_hash: RequestHash) -> Append {
        let Self { id, kind, name, visibility, topic, members } = self;
        let stream = id.into();
        let created = ConversationCreated { kind, name: name.clone(), visibility };
        let mut events = vec![NewEvent::new(id, EventType::ConversationCreated, &created)];
        let mut rows = vec![Row::NewConversation { stream, kind, name: name.clone(), visibility, event: 0 }];
        if !topic.is_empty() {
            let rules = Rules { topic: topic.clone(), ..Rules::created(stream, kind, name, visibility, Seq::ZERO) };
            rows.push(Row::ChangeSettings { rules, event: events.len() });
            events.push(NewEvent::new(id, EventType::ConversationTopicChanged, &ConversationTopicChanged { topic }));
        }
        for (user, role) in &members {
            rows.push(Row::AddMember { stream, user: *user, role: *role, event: events.len() });
            events.push(NewEvent::new(id, EventType::MemberAdded, &MemberRole { user_id: *user, role: *role }));
        }
        let entered = ConversationRef { conversation_id: id };
        let enter = |(user, _): &(UserId, Role)| NewEvent::new(*user, EventType::ConversationEntered, &entered);
        events.extend(members.iter().map(enter));
        asker.append(request_hash, vec![Expect::NewStream(stream)], events, rows)
    }
}

/// Settings that somebody wants to be so; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct ChangeSettings {
    pub name: Option<GroupName>,
    pub topic: Option<GroupTopic>,
    pub visibility: Option<Visibility>,
    pub archived: Option<bool>,
    pub posting: Option<Posting>,
    pub slow_mode_seconds: Option<u32>,
}

impl ChangeSettings {
    /// The longest slow mode: six hours.
    pub const MAX_SLOW_MODE_SECONDS: u32 = 21_600;

    /// What a repeat has to equal.
    #[must_use]
    pub fn request_hash(&self) -> RequestHash {
        let asked = [
            ("name", self.name.as_ref().map(|name| json!(name.as_str()))),
            ("topic", self.topic.as_ref().map(|topic| json!(topic.as_str()))),
            ("visibility", self.visibility.map(|visibility| json!(visibility))),
            ("archived", self.archived.map(|archived| json!(archived))),
            ("posting", self.posting.map(|posting| json!(posting))),
            ("slowModeSeconds", self.slow_mode_seconds.map(|seconds| json!(seconds))),
        ];
        let asked: Map<String, Value> =
            asked.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        RequestHash::of("settings", &asked)
    }

    fn actions(&self) -> impl Iterator<Item = Action> {
        let archive = self.archived.map(|archived| if archived { Action::Archive } else { Action::Unarchive });
        let asked = [
            self.name.as_ref().map(|_| Action::Rename),
            self.topic.as_ref().map(|_| Action::SetTopic),
            self.visibility.map(|_| Action::SetVisibility),
            self.posting.map(|_| Action::SetPosting),
            self.slow_mode_seconds.map(|_| Action::SetSlowMode),
            archive,
        ];
        asked.into_iter().flatten()
    }

    /// The right to all that is asked for, also to what is so already.
    fn allowed(&self, known: &Known) -> Result<(), RuleError> {
        // Whoever opens an archived group may change it in the same breath, and archiving twice changes nothing.
        let opened = Rules { archived: false, ..known.rules.clone() };
        for action in self.actions() {
            let is_open = self.archived == Some(false) || action == Action::Archive;
            may::act(action, if is_open { &opened } else { &known.rules }, known.role())?;
        }
        Ok(())
    }
}

/// One event for each setting that changes; all of them or none.
///
/// # Errors
/// The actor may not change one of them, or all of them are so already.
pub fn change_settings(asker: Asker, known: &Known, command: &ChangeSettings) -> Result<Append, RuleError> {
    if !may::read(&known.rules, known.role()) {
        return Err(RuleError::NotThere);
    }
    command.allowed(known)?;
    let stream = known.rules.stream;
    let mut rules = known.rules.clone();
    let mut events = Vec::new();
    if let Some(false) = command.archived.filter(|archived| *archived != rules.archived) {
        events.push(NewEvent::new(stream, EventType::ConversationUnarchived, &json!({})));
    }
    if let Some(name) = command.name.as_ref().map(GroupName::as_str).filter(|name| rules.name.as_deref() != Some(*name))
    {
        rules.name = Some(name.to_owned());
        let data = ConversationRenamed { name: name.to_owned() };
        events.push(NewEvent::new(stream, EventType::ConversationRenamed, &data));
    }
    if let Some(topic) = command.topic.as_ref().map(GroupTopic::as_str).filter(|topic| rules.topic != **topic) {
        topic.clone_into(&mut rules.topic);
        let data = ConversationTopicChanged { topic: topic.to_owned() };
        events.push(NewEvent::new(stream, EventType::ConversationTopicChanged, &data));
    }
    if let Some(visibility) = command.visibility.filter(|visibility| *visibility != rules.visibility) {
        rules.visibility = visibility;
        let data = ConversationVisibilityChanged { visibility };
        events.push(NewEvent::new(stream, EventType::ConversationVisibilityChanged, &data));
    }
    if let Some(posting) = command.posting.filter(|posting| *posting != rules.posting) {
        rules.posting = posting;
        let data = ConversationPostingChanged { posting };
        events.push(NewEvent::new(stream, EventType::ConversationPostingChanged, &data));
    }
    if let Some(seconds) = command.slow_mode_seconds.filter(|seconds| *seconds != rules.slow_mode_seconds) {
        rules.slow_mode_seconds = seconds;
        let data = ConversationSlowModeChanged { seconds };
        events.push(NewEvent::new(stream, EventType::ConversationSlowModeChanged, &data));
    }
    if let Some(true) = command.archived.filter(|archived| *archived != rules.archived) {
        events.push(NewEvent::new(stream, EventType::ConversationArchived, &json!({})));
    }
    rules.archived = command.archived.unwrap_or(rules.archived);
    let Some(event) = events.len().checked_sub(1) else { return Err(RuleError::Unchanged) };
    let rows = vec![Row::ChangeSettings { rules, event }];
    Ok(asker.append(command.request_hash(), known.expect(asker.actor), events, rows))
}
