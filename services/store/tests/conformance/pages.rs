//! Pages of one conversation: windows, rights, read marks, snapshots, sweeps.

use std::sync::Arc;

use confab_domain::{Conversation, RuleChange};
use confab_proto::event_data::{ConversationKind, Role, Visibility};
use confab_proto::{ConversationId, EventType, MessageNo, Position, Seq, StreamId, UserId};
use confab_store::{HistoryPage, MemberFilter, MessageWindow, Moved, ReadMark, SignUpOutcome};
use uuid::Uuid;

use crate::database::Database;
use crate::scene::{Stores, appended, direct, group, join, leave, log, person, post, sign_up, target};

fn seqs(page: &HistoryPage) -> Vec<u64> {
    page.messages().unwrap().iter().map(|message| message.seq.0).collect()
}

async fn history(store: &Stores, room: ConversationId, viewer: UserId, window: MessageWindow) -> (Vec<u64>, bool) {
    let page = store.history(room, viewer, window, 3).await.unwrap().unwrap();
    (seqs(&page), page.has_more)
}

pub(crate) async fn events_come_in_pages_by_count_and_by_bytes(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    for n in 0..8 {
        post(store, room, ada, &format!("{n} {}", "é".repeat(200))).await;
    }
    let page = async |after: u64, limit: usize, bytes: usize| {
        let page = store.events_after(room.into(), Seq(after), limit, bytes).await.unwrap();
        let checked = store.events_for(room, ada, Seq(after), limit, bytes).await.unwrap().unwrap();
        assert_eq!((page.log, page.head, page.events.len()), (checked.log, checked.head, checked.events.len()));
        assert_eq!(page.head, Seq(10));
        page.events.iter().map(|event| event.seq.0).collect::<Vec<u64>>()
    };
    assert_eq!(page(0, 4, 1 << 20).await, [1, 2, 3, 4]);
    assert_eq!(page(8, 4, 1 << 20).await, [9, 10]);
    assert_eq!(page(10, 4, 1 << 20).await, [0; 0]);
    assert_eq!(page(11, 4, 1 << 20).await, [0; 0]);
    assert_eq!(page(2, 4, 0).await, [3], "at least one");
    let size = log(store, room).await[2].data.get().len();
    assert_eq!(page(2, 4, 2 * size).await, [3, 4]);
    assert_eq!(page(2, 4, 2 * size - 1).await, [3], "bytes, not characters");
    let nowhere = StreamId::from_uuid(Uuid::new_v4());
    let empty = store.events_after(nowhere, Seq(0), 4, 100).await.unwrap();
    assert_eq!((empty.head, empty.events.len()), (Seq(0), 0));
}

pub(crate) async fn history_comes_in_windows(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[]).await;
    assert_eq!(history(store, room, ada, MessageWindow::Newest).await, (vec![], false));
    // seq 1, 2: created, added. 3-5 messages, 6 joined, 7-10 messages.
    for n in 0..7 {
        if n == 3 {
            appended(join(store, room, bob).await);
        }
        post(store, room, ada, &format!("{n}")).await;
    }
    for (window, expected, more) in [
        (MessageWindow::Newest, vec![8, 9, 10], true),
        (MessageWindow::Before(Seq(8)), vec![4, 5, 7], true),
        (MessageWindow::Before(Seq(7)), vec![3, 4, 5], false),
        (MessageWindow::Before(Seq(6)), vec![3, 4, 5], false),
        (MessageWindow::Before(Seq(5)), vec![3, 4], false),
        (MessageWindow::Before(Seq(3)), vec![], false),
        (MessageWindow::Before(Seq(0)), vec![], false),
        (MessageWindow::Before(Seq(99)), vec![8, 9, 10], true),
        (MessageWindow::After(Seq(0)), vec![3, 4, 5], true),
        (MessageWindow::After(Seq(4)), vec![5, 7, 8], true),
        (MessageWindow::After(Seq(6)), vec![7, 8, 9], true),
        (MessageWindow::After(Seq(7)), vec![8, 9, 10], false),
        (MessageWindow::After(Seq(10)), vec![], false),
        (MessageWindow::After(Seq(99)), vec![], false),
    ] {
        assert_eq!(history(store, room, ada, window).await, (expected, more), "{window:?}");
    }
    let page = store.history(room, ada, MessageWindow::Newest, 3).await.unwrap().unwrap();
    assert_eq!((page.head, page.log), (Seq(10), store.log_head().await.unwrap()));
    assert_eq!(page.messages().unwrap()[0].body, "4");
}

pub(crate) async fn history_brings_what_targets_its_messages(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let mut placed = Vec::new();
    for n in 0..5 {
        placed.push(post(store, room, ada, &format!("{n}")).await.seq);
    }
    target(store, room, ada, EventType::MessageEdited, placed[1]).await;
    target(store, room, ada, EventType::MessageEdited, placed[3]).await;
    target(store, room, ada, EventType::MessageDeleted, placed[4]).await;
    let page = store.history(room, ada, MessageWindow::Newest, 3).await.unwrap().unwrap();
    let bodies: Vec<String> = page.messages().unwrap().into_iter().map(|message| message.body).collect();
    let expected = ["2", "edited", ""].map(str::to_owned).to_vec();
    assert_eq!((bodies, page.has_more), (expected, true), "a deleted message keeps its place");
    assert_eq!(page.events.len(), 5, "three messages, an edit and a deletion; not the edit of another page");
    let page = store.history(room, ada, MessageWindow::After(Seq(0)), 2).await.unwrap().unwrap();
    assert_eq!((page.events.len(), page.messages().unwrap()[1].body.as_str()), (3, "edited"));
}

pub(crate) async fn only_who_may_read_reads(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob, eve) = (sign_up(store, "ada").await, sign_up(store, "bob").await, sign_up(store, "eve").await);
    let (private, public) = (direct(store, ada, bob).await, group(store, ada, "public", &[]).await);
    post(store, private, ada, "psst").await;
    post(store, public, ada, "hello").await;
    let own_stream = StreamId::from(eve).conversation();
    let nowhere = ConversationId::from_uuid(Uuid::new_v4());
    for (room, viewer, may) in [
        (private, ada, true),
        (private, bob, true),
        (private, eve, false),
        (public, ada, true),
        (public, eve, true),
        (own_stream, eve, false),
        (nowhere, eve, false),
    ] {
        let answers = [
            store.conversation(room, viewer).await.unwrap().is_some(),
            store.members(room, viewer, MemberFilter::default(), 10, None).await.unwrap().is_some(),
            store.history(room, viewer, MessageWindow::Newest, 10).await.unwrap().is_some(),
            store.events_for(room, viewer, Seq(0), 10, 1000).await.unwrap().is_some(),
        ];
        assert_eq!(answers, [may; 4], "{room} {viewer}");
    }
    assert_eq!(store.mark_read(private, eve, Seq(1)).await.unwrap(), ReadMark::NotThere);
    assert_eq!(store.mark_read(public, eve, Seq(1)).await.unwrap(), ReadMark::NotAMember);
    assert!(store.known_rules(nowhere, eve).await.unwrap().is_none());
    assert!(store.known_rules(own_stream, eve).await.unwrap().is_none());
    let rules = store.known_rules(private, eve).await.unwrap().unwrap();
    assert_eq!(
        (rules.own, rules.rules.visibility, rules.rules.kind),
        (None, Visibility::Private, ConversationKind::Direct)
    );
}

pub(crate) async fn members_come_by_id(database: Arc<Database>) {
    let store = &database.store;
    let mut people = Vec::new();
    for n in 0..5 {
        people.push(sign_up(store, &format!("person{n}")).await);
    }
    let room = group(store, people[2], "room", &[people[0], people[1], people[3], people[4]]).await;
    people.sort_unstable();
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = store.members(room, people[0], MemberFilter::default(), 2, after).await.unwrap().unwrap();
        found.extend(page.rows.iter().map(|member| (member.user.id, member.role)));
        match page.next {
            Some(next) => after = Some(next.parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(found.iter().map(|(id, _)| *id).collect::<Vec<_>>(), people);
    assert_eq!(found.iter().filter(|(_, role)| *role == Role::Owner).count(), 1);
    let beyond = store.members(room, people[0], MemberFilter::default(), 2, Some(people[4])).await.unwrap().unwrap();
    assert!(beyond.rows.is_empty() && beyond.next.is_none());
}

pub(crate) async fn members_are_found_by_name_and_by_role(database: Arc<Database>) {
    let store = &database.store;
    let named = async |username, name| {
        let new = person(username, name);
        assert_eq!(store.add_user(&new).await.unwrap(), SignUpOutcome::Created);
        new.user.id
    };
    let ada = named("ada", "Ada Lovelace").await;
    let (bob, eve) = (named("bob", "Ünal 100% _x_").await, named("eve", "Eve").await);
    let room = group(store, ada, "room", &[bob]).await;
    let found = async |query, role| {
        let page = store.members(room, ada, MemberFilter { query, role }, 10, None).await.unwrap().unwrap();
        let mut found: Vec<UserId> = page.rows.iter().map(|member| member.user.id).collect();
        found.sort_unstable();
        found
    };
    let mut both = vec![ada, bob];
    both.sort_unstable();
    assert_eq!(found("", None).await, both);
    for (query, wanted) in [
        ("ad", vec![ada]),
        ("LOVE", vec![ada]),
        ("lace", vec![]),
        ("ada love", vec![ada]),
        ("üN", vec![bob]),
        ("100%", vec![bob]),
        ("_x_", vec![bob]),
        ("_", vec![bob]),
        ("%", vec![]),
        ("\\", vec![]),
        ("a\0", vec![]),
        ("eve", vec![]),
    ] {
        assert_eq!(found(query, None).await, wanted, "{query:?}");
    }
    assert_eq!(found("", Some(Role::Owner)).await, [ada]);
    assert_eq!(found("", Some(Role::Member)).await, [bob]);
    assert_eq!(found("", Some(Role::Admin)).await, []);
    assert_eq!(found("ada", Some(Role::Member)).await, []);
    let first = store.members(room, eve, MemberFilter { query: "", role: None }, 1, None).await.unwrap().unwrap();
    let after = first.next.unwrap().parse().unwrap();
    let filter = MemberFilter { query: "ada", role: None };
    let page = store.members(room, eve, filter, 1, Some(after)).await.unwrap().unwrap();
    assert_eq!((page.rows.len(), page.next), (usize::from(first.rows[0].user.id != ada), None));
}

pub(crate) async fn a_snapshot_is_the_fold_of_the_log(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob, eve) = (sign_up(store, "ada").await, sign_up(store, "bob").await, sign_up(store, "eve").await);
    let room = group(store, ada, "room", &[bob]).await;
    post(store, room, ada, "hello").await;
    appended(join(store, room, eve).await);
    appended(leave(store, room, bob).await);
    appended(join(store, room, bob).await);
    let snapshot = store.snapshot(room.into()).await.unwrap().unwrap();
    assert_eq!((snapshot.head.seq, snapshot.head.message_no.0), (Seq(7), 1));
    assert_eq!(snapshot.log, store.log_head().await.unwrap());
    assert_eq!(snapshot.conversation, Some(fold(room, &log(store, room).await)));
    assert!(store.snapshot(StreamId::from_uuid(Uuid::new_v4())).await.unwrap().is_none());
}

/// What the rule events of a log say.
pub(crate) fn fold(room: ConversationId, log: &[confab_domain::LogEvent]) -> Conversation {
    let mut state = Conversation::created(room.into(), ConversationKind::Group, None, Visibility::Private, Seq::ZERO);
    for event in log {
        if let Some(change) = RuleChange::read(event.event_type, event.data.get()).unwrap() {
            state.apply(&change, event.seq);
        }
    }
    state
}

pub(crate) async fn a_read_mark_only_moves_forward(database: Arc<Database>) {
    let store = &database.store;
    let (ada, bob) = (sign_up(store, "ada").await, sign_up(store, "bob").await);
    let room = group(store, ada, "room", &[bob]).await;
    for n in 0..4 {
        post(store, room, ada, &format!("{n}")).await;
    }
    let mark = async |seq: u64| store.mark_read(room, bob, Seq(seq)).await.unwrap();
    let unread = async || store.conversation(room, bob).await.unwrap().unwrap().unread;
    assert_eq!((mark(5).await, unread().await), (ReadMark::Moved(2), 2));
    assert_eq!((mark(4).await, unread().await), (ReadMark::Done, 2), "not back");
    assert_eq!((mark(8).await, unread().await), (ReadMark::AboveHead, 2));
    assert_eq!((mark(u64::MAX).await, unread().await), (ReadMark::AboveHead, 2));
    assert_eq!((mark(7).await, unread().await), (ReadMark::Moved(2), 0));
}

pub(crate) async fn the_sweep_tells_what_moved(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let empty = store.sweep(Some(Position(0))).await.unwrap();
    assert_eq!((empty.log.position, empty.moved.len()), (Position(0), 0));
    let (one, two) = (group(store, ada, "one", &[]).await, group(store, ada, "two", &[]).await);
    let cursor = store.sweep(None).await.unwrap();
    assert_eq!((cursor.log, cursor.moved.len()), (store.log_head().await.unwrap(), 0));
    post(store, two, ada, "a").await;
    post(store, two, ada, "b").await;
    let swept = store.sweep(Some(cursor.log.position)).await.unwrap();
    let moved = |stream, seq, message_no| Moved { stream, seq: Seq(seq), message_no };
    assert_eq!(swept.moved, [moved(two.into(), 4, Some(MessageNo(2)))]);
    assert_eq!(swept.log.position.0, cursor.log.position.0 + 2);
    let mut all = store.sweep(Some(Position(0))).await.unwrap().moved;
    all.sort_unstable();
    let mut expected =
        vec![moved(one.into(), 2, None), moved(two.into(), 4, Some(MessageNo(2))), moved(ada.into(), 2, None)];
    expected.sort_unstable();
    assert_eq!(all, expected);
    let back = store.sweep(Some(Position(swept.log.position.0 + 50))).await.unwrap();
    assert_eq!((back.log, back.moved.len()), (swept.log, 0), "of a log that went back");
}

pub(crate) async fn numbers_out_of_range_are_only_large(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    post(store, room, ada, "hello").await;
    for large in [i64::MAX as u64 - 1, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX] {
        assert!(store.events_after(room.into(), Seq(large), 10, usize::MAX).await.unwrap().events.is_empty());
        assert!(store.events_for(room, ada, Seq(large), 10, 10).await.unwrap().unwrap().events.is_empty());
        assert_eq!(history(store, room, ada, MessageWindow::Before(Seq(large))).await, (vec![3], false));
        assert_eq!(history(store, room, ada, MessageWindow::After(Seq(large))).await, (vec![], false));
        assert!(store.sweep(Some(Position(large))).await.unwrap().moved.is_empty());
        assert!(store.message(room, ada, Seq(large)).await.unwrap().unwrap().events.is_empty());
        let cursor = large.to_string();
        assert_eq!(store.conversations_of(ada, 5, Some(&cursor)).await.unwrap().unwrap().rows.len(), 1);
    }
}

pub(crate) async fn a_restored_store_has_a_new_epoch(database: Arc<Database>) {
    let store = &database.store;
    let ada = sign_up(store, "ada").await;
    let room = group(store, ada, "room", &[]).await;
    let before = store.log_head().await.unwrap();
    let again = confab_store::open(&database.options).await.unwrap();
    assert_eq!(again.log_head().await.unwrap(), before, "opening alone begins nothing new");
    let after = store.restored().await.unwrap();
    assert_eq!(after.position, before.position);
    assert_ne!(after.epoch, before.epoch);
    assert_eq!(store.log_head().await.unwrap(), after);
    assert_eq!(store.snapshot(room.into()).await.unwrap().unwrap().log, after);
    assert_eq!(store.events_after(room.into(), Seq(0), 1, 1).await.unwrap().log, after);
    assert_eq!(store.sweep(None).await.unwrap().log, after);
    assert_eq!(store.known_rules(room, ada).await.unwrap().unwrap().epoch, after.epoch);
}
