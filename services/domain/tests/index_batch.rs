//! However the log is cut into pieces, the index ends the same, and holds what the messages read in the end.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use confab_domain::LogEvent;
use confab_domain::search::{IndexBatch, terms};
use confab_proto::{Epoch, EventType, MessageNo, Position, Seq, StreamId, Timestamp, UserId};
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_assert_eq, prop_oneof, proptest};
use serde_json::json;
use serde_json::value::RawValue;
use uuid::Uuid;

type Key = (StreamId, Seq);
type Mentioned = BTreeSet<(Key, Option<UserId>)>;

/// An index as a database keeps it.
#[derive(Debug, Default, PartialEq)]
struct Index {
    messages: BTreeMap<Key, (bool, BTreeSet<String>)>,
    mentions: Mentioned,
}

impl Index {
    fn take(&mut self, batch: &IndexBatch, log: &[LogEvent]) {
        let gone: BTreeSet<Key> = batch.removed.iter().copied().collect();
        let changed: BTreeSet<Key> = batch.changed.iter().map(|one| (one.stream, one.seq)).collect();
        self.mentions.retain(|(key, _)| !gone.contains(key) && !changed.contains(key));
        self.messages.retain(|key, _| !gone.contains(key));
        for one in &batch.changed {
            if let Some((_, terms)) = self.messages.get_mut(&(one.stream, one.seq)) {
                *terms = one.terms.clone();
            }
        }
        for one in &batch.added {
            let event = &log[usize::try_from(one.position.0).unwrap() - 1];
            let twice = self.messages.insert((event.stream, event.seq), (one.has_file, one.terms.clone()));
            assert!(twice.is_none(), "{event:?}");
        }
        for one in &batch.mentions {
            assert!(self.mentions.insert(((one.stream, one.seq), one.user)), "{one:?}");
        }
    }
}

/// What happens in one of two streams; numbers choose among what is there.
#[derive(Clone, Debug)]
enum Step {
    Post { text: String, names: Vec<u8>, everyone: bool, file: bool, reply: bool },
    Edit { which: usize, text: String, names: Vec<u8> },
    Delete { which: usize },
    Other,
}

fn steps() -> impl Strategy<Value = Vec<(bool, Step)>> {
    let text = || "[abc]{1,2}( [abc]{1,2}){0,3}";
    let names = || vec(0_u8..3, 0..3);
    let flag = || prop_oneof![Just(false), Just(true)];
    let step = prop_oneof![
        (text(), names(), flag(), flag(), flag()).prop_map(|(text, names, everyone, file, reply)| Step::Post {
            text,
            names,
            everyone,
            file,
            reply
        }),
        (0_usize..20, text(), names()).prop_map(|(which, text, names)| Step::Edit { which, text, names }),
        (0_usize..20).prop_map(|which| Step::Delete { which }),
        Just(Step::Other),
    ];
    vec((flag(), step), 1..40)
}

fn person(n: u8) -> UserId {
    UserId::from_uuid(Uuid::from_u128(u128::from(n) + 1))
}

/// The log, and what stands in the index once all of it was taken.
fn write(steps: &[(bool, Step)]) -> (Vec<LogEvent>, Index) {
    let (mut log, mut index): (Vec<LogEvent>, Index) = Default::default();
    for (second, step) in steps {
        let stream = StreamId::from_uuid(Uuid::from_u128(if *second { 200 } else { 100 }));
        let seq = Seq(log.iter().filter(|event| event.stream == stream).count() as u64 + 1);
        let there: Vec<Seq> = index.messages.keys().filter(|key| key.0 == stream).map(|key| key.1).collect();
        let chosen = |which: usize| there.get(which % there.len().max(1)).copied();
        let mentions = |names: &[u8]| names.iter().map(|n| person(*n)).collect::<Vec<_>>();
        let (event_type, target, data) = match step {
            Step::Post { text, names, everyone, file, reply } => {
                index.messages.insert((stream, seq), (*file, terms(text)));
                index.mentions.extend(mentions(names).into_iter().map(|user| ((stream, seq), Some(user))));
                index.mentions.extend(everyone.then_some(((stream, seq), None)));
                let files = if *file { json!([{"name": "x"}]) } else { json!([]) };
                let data =
                    json!({"body": text, "attachments": files, "mentions": mentions(names), "everyone": everyone});
                let kind = if *reply { EventType::MessageReplied } else { EventType::MessagePosted };
                (kind, reply.then_some(Seq(1)), data)
            }
            Step::Edit { which, text, names } => {
                let Some(target) = chosen(*which) else { continue };
                index.messages.get_mut(&(stream, target)).unwrap().1 = terms(text);
                index.mentions.retain(|(key, _)| *key != (stream, target));
                index.mentions.extend(mentions(names).into_iter().map(|user| ((stream, target), Some(user))));
                let data = json!({"targetSeq": target, "body": text, "mentions": mentions(names)});
                (EventType::MessageEdited, Some(target), data)
            }
            Step::Delete { which } => {
                let Some(target) = chosen(*which) else { continue };
                index.messages.remove(&(stream, target));
                index.mentions.retain(|(key, _)| *key != (stream, target));
                (EventType::MessageDeleted, Some(target), json!({"targetSeq": target}))
            }
            Step::Other => (EventType::MessagePinned, Some(Seq(1)), json!({"targetSeq": 1})),
        };
        log.push(LogEvent {
            stream,
            seq,
            position: Position(log.len() as u64 + 1),
            message_no: MessageNo(1),
            event_type,
            version: 1,
            actor: person(0),
            client_id: None,
            target_seq: target,
            at: Timestamp(1),
            data: RawValue::from_string(data.to_string()).unwrap(),
            redacted: false,
        });
    }
    (log, index)
}

/// As the log reads once deletions have blanked their targets.
fn blanked(log: &[LogEvent]) -> Vec<LogEvent> {
    let mut blanked = log.to_vec();
    for deleted in log.iter().filter(|event| event.event_type == EventType::MessageDeleted) {
        let target = deleted.target_seq.unwrap();
        for event in blanked.iter_mut().filter(|event| event.stream == deleted.stream) {
            let is_edit = event.event_type == EventType::MessageEdited && event.target_seq == Some(target);
            if event.seq == target || is_edit {
                event.redacted = true;
                event.data = RawValue::from_string("{}".to_owned()).unwrap();
            }
        }
    }
    blanked
}

fn indexed(log: &[LogEvent], cut: usize) -> Index {
    let mut index = Index::default();
    for piece in log.chunks(cut) {
        let from = Position(piece[0].position.0 - 1);
        let batch = IndexBatch::of(Epoch(1), from, piece);
        assert_eq!((batch.to, batch.unreadable.len()), (piece.last().unwrap().position, 0));
        index.take(&batch, log);
    }
    index
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_of_the_log_make_the_same_index(steps in steps(), cut in 1_usize..12) {
        let (log, expected) = write(&steps);
        prop_assert_eq!(&indexed(&log, cut), &expected);
        // Read late, what was taken back is blank already.
        prop_assert_eq!(&indexed(&blanked(&log), cut), &expected);
    }
}

#[test]
fn an_event_that_cannot_be_read_is_named_and_the_rest_is_taken() {
    let post = |text: &str| Step::Post { text: text.into(), names: vec![], everyone: false, file: false, reply: false };
    let (mut log, _) = write(&[(false, post("a")), (false, post("b"))]);
    log[0].data = RawValue::from_string("17".to_owned()).unwrap();
    let batch = IndexBatch::of(Epoch(1), Position::ZERO, &log);
    assert_eq!((batch.unreadable, batch.added.len()), (vec![Position(1)], 1));
}
