//! A property of all decisions together: the rows that they project are the fold of the events that they write.

use confab_domain::append::{Append, Expect, Placed, Row};
use confab_domain::decide::{self, Asker, ChangeSettings, Known, NewGroup, Other};
use confab_domain::text::{GroupName, GroupTopic};
use confab_domain::{Conversation, MemberRow, RuleChange, RuleError, Rules};
use confab_proto::event_data::{ConversationKind, Posting, Role, Visibility};
use confab_proto::{ClientId, Epoch, MessageNo, Position, Seq, StreamId, Timestamp, UserId};
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, prop_assert_ne, proptest};
use uuid::Uuid;

fn user(n: u8) -> UserId {
    UserId::from_uuid(Uuid::from_u128(u128::from(n)))
}

/// A store of one conversation: what the rows say beside what the events fold to.
#[derive(Default)]
struct Model {
    head: u64,
    projected: Option<Conversation>,
    folded: Option<Conversation>,
}

impl Model {
    fn holds(&self, expect: &Expect) -> bool {
        let row = |user: &UserId| self.projected.as_ref().and_then(|now| now.members.get(user).copied());
        match expect {
            Expect::NewStream(_) => self.projected.is_none(),
            Expect::Settings { guard, .. } => self.projected.as_ref().is_some_and(|now| now.rules.guard == *guard),
            Expect::Member { user, guard, .. } => row(user).map(|row: MemberRow| row.guard) == *guard,
            Expect::OtherOwner { user, .. } => self
                .projected
                .as_ref()
                .is_some_and(|now| now.members.iter().any(|(other, row)| other != user && row.role == Role::Owner)),
            other => unreachable!("{other:?} is about messages and invitations"),
        }
    }

    fn append(&mut self, append: Append) {
        assert!(append.expect.iter().all(|expect| self.holds(expect)), "decided on what is known");
        let stream = append.first_stream();
        let mut placed = Vec::new();
        for event in &append.events {
            self.head += u64::from(event.stream == stream);
            let (seq, position) = (Seq(self.head), Position(self.head));
            placed.push(Placed { seq, position, message_no: MessageNo(0), at: Timestamp(0) });
        }
        for row in append.rows.clone() {
            self.project(stream, row, &placed);
        }
        for event in append.into_log(&placed).iter().filter(|event| event.stream == stream) {
            let change = RuleChange::read(event.event_type, event.data.get()).expect("written just now");
            let before =
                || Conversation::created(stream, ConversationKind::Direct, None, Visibility::Private, Seq::ZERO);
            self.folded.get_or_insert_with(before).apply(&change.expect("only rule events"), event.seq);
        }
    }

    fn project(&mut self, stream: StreamId, row: Row, placed: &[Placed]) {
        match (row, &mut self.projected) {
            (Row::NewConversation { kind, name, visibility, event, .. }, none) => {
                *none = Some(Conversation::created(stream, kind, name, visibility, placed[event].seq));
            }
            (Row::AddMember { user, role, event, .. }, Some(now)) => {
                let seq = placed[event].seq;
                now.members.insert(user, MemberRow { role, since: seq, guard: seq });
            }
            (Row::ChangeSettings { rules, event }, Some(now)) => {
                now.rules = Rules { guard: placed[event].seq, ..rules };
            }
            (Row::ChangeRole { user, role, event, .. }, Some(now)) => {
                let row = now.members.get_mut(&user).expect("a member's role");
                (row.role, row.guard) = (role, placed[event].seq);
            }
            (Row::DropMember { user, .. }, Some(now)) => drop(now.members.remove(&user)),
            (row, _) => unreachable!("{row:?} without a conversation"),
        }
    }
}

/// One command of every kind, with what it needs.
fn decide_on(model: &Model, (who, whom, what, how): (u8, u8, u8, u8)) -> Result<Append, RuleError> {
    const ROLES: [Role; 5] = [Role::Owner, Role::Admin, Role::Member, Role::Reader, Role::Banned];
    let actor = user(who % 6);
    let asker = Asker { actor, client_id: ClientId::from_uuid(Uuid::from_u128(7)), epoch: Epoch(1) };
    let now = model.projected.as_ref().expect("created above");
    let known = Known::of(now, actor);
    let other = Other { user: user(whom % 6), row: now.members.get(&user(whom % 6)).copied() };
    let role = ROLES[usize::from(how % 5)];
    match what % 8 {
        0 => decide::join(asker, &known),
        1 => decide::leave(asker, &known),
        2 => decide::add_member(asker, &known, other, role),
        3 => decide::remove_member(asker, &known, other),
        4 => decide::ban(asker, &known, other),
        5 => decide::unban(asker, &known, other),
        6 => decide::change_role(asker, &known, other, role),
        _ => decide::change_settings(asker, &known, &settings(how)),
    }
}

/// Any of the settings, now set and now taken back.
fn settings(how: u8) -> ChangeSettings {
    let [a, b] = [how & 64 == 0, how & 128 == 0];
    let name = if a { "g" } else { "h" };
    let visibility = if a { Visibility::Public } else { Visibility::Private };
    let posting = if b { Posting::Members } else { Posting::Admins };
    ChangeSettings {
        name: (how & 1 == 0).then(|| GroupName::parse(name).expect("a name")),
        topic: (how & 2 == 0).then(|| GroupTopic::parse(if b { "" } else { "t" }).expect("a topic")),
        visibility: (how & 4 == 0).then_some(visibility),
        archived: (how & 24 == 0).then_some(a && b),
        posting: (how & 8 == 0).then_some(posting),
        slow_mode_seconds: (how & 32 == 0).then_some(u32::from(a) * 30),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_the_fold_of_the_events(
        first in proptest::collection::vec(0u8..6, 0..4),
        topic in any::<bool>(),
        steps in proptest::collection::vec(any::<(u8, u8, u8, u8)>(), 0..80),
    ) {
        let mut model = Model::default();
        let asker = Asker { actor: user(0), client_id: ClientId::from_uuid(Uuid::from_u128(7)), epoch: Epoch(1) };
        let group = NewGroup {
            name: GroupName::parse("g").expect("a name"),
            topic: GroupTopic::parse(if topic { "t" } else { "" }).expect("a topic"),
            visibility: Visibility::Public,
            members: first.iter().copied().map(user).collect(),
        };
        model.append(group.create(asker));
        prop_assert_eq!(&model.projected, &model.folded);
        for step in steps {
            let before = model.head;
            match decide_on(&model, step) {
                Ok(append) => model.append(append),
                Err(refusal) => prop_assert_ne!(refusal, RuleError::DirectIsFixed),
            }
            prop_assert_eq!(&model.projected, &model.folded, "{:?} at {}", step, before);
            let now = model.projected.as_ref().expect("created above");
            prop_assert!(now.members.values().any(|row| row.role == Role::Owner), "nobody owns it after {:?}", step);
        }
    }
}
