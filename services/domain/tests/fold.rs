//! A property of all decisions together: the rows that they project are the fold of the events that they write.

use std::collections::BTreeMap;

use confab_domain::append::{Append, Expect, Placed, Row};
use confab_domain::decide::{self, Asker, Known};
use confab_domain::text::GroupName;
use confab_domain::{Conversation, MemberRow, RuleChange};
use confab_proto::event_data::{ConversationKind, Visibility};
use confab_proto::{ClientId, Epoch, MessageNo, Position, Seq, StreamId, Timestamp, UserId};
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
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
    fn known(&self, actor: UserId) -> Option<Known> {
        let now = self.projected.as_ref()?;
        Some(Known { rules: now.rules.clone(), own: now.members.get(&actor).copied() })
    }

    fn holds(&self, expect: &Expect) -> bool {
        let row = |user: &UserId| self.projected.as_ref().and_then(|now| now.members.get(user).copied());
        match expect {
            Expect::NewStream(_) => self.projected.is_none(),
            Expect::Settings { guard, .. } => self.projected.as_ref().is_some_and(|now| now.rules.guard == *guard),
            Expect::Member { user, guard, .. } => row(user).map(|row: MemberRow| row.guard) == *guard,
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
            (Row::DropMember { user, .. }, Some(now)) => drop(now.members.remove(&user)),
            (row, _) => unreachable!("{row:?} without a conversation"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_the_fold_of_the_events(first in proptest::collection::vec(0u8..6, 0..4), steps in any::<Vec<(u8, bool)>>()) {
        let mut model = Model::default();
        let asker = |actor| Asker { actor, client_id: ClientId::from_uuid(Uuid::from_u128(7)), epoch: Epoch(1) };
        let name = GroupName::parse("g").expect("a name");
        let members: Vec<UserId> = first.iter().copied().map(user).collect();
        model.append(decide::create_group(asker(user(0)), &name, &members));
        for (who, joins) in steps {
            let actor = user(who % 6);
            let known = model.known(actor).expect("created above");
            match (known.own, joins) {
                (None, true) => model.append(decide::join(asker(actor), &known).expect("the group is public")),
                (Some(_), false) => model.append(decide::leave(asker(actor), &known).expect("a member may leave")),
                _ => {}
            }
            prop_assert_eq!(&model.projected, &model.folded);
        }
        let people: BTreeMap<UserId, MemberRow> = model.projected.expect("created above").members;
        prop_assert!(people.values().all(|row| row.since == row.guard));
    }
}
