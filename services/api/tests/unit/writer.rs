//! What the writer puts into one call to the store.

use confab_domain::append::NewEvent;
use confab_domain::{RequestHash, Row};
use confab_proto::{ClientId, Epoch, Seq, SessionId, UserId};
use uuid::Uuid;

use super::*;

#[path = "writer_faults.rs"]
mod faults;

fn job(client_id: u128, body_bytes: usize) -> Job {
    let user = UserId::from_uuid(Uuid::from_u128(1));
    let append = Append {
        actor: user,
        client_id: ClientId::from_uuid(Uuid::from_u128(client_id)),
        request_hash: RequestHash([0; 16]),
        epoch: Epoch(1),
        expect: Vec::new(),
        events: vec![NewEvent::new(user, EventType::MessagePosted, &"x".repeat(body_bytes))],
        rows: Vec::new(),
    };
    Job { append, answer: oneshot::channel().0, trace: None }
}

fn rule(client_id: u128) -> Job {
    let mut job = job(client_id, 1);
    job.append.rows = vec![Row::EndSession { session: SessionId::from_uuid(Uuid::nil()) }];
    job
}

/// Takes batches until nothing waits; each as its client ids.
fn batches(jobs: Vec<Job>) -> Vec<Vec<u128>> {
    let mut waiting = VecDeque::from(jobs);
    let mut batches = Vec::new();
    while !waiting.is_empty() {
        let batch = take_batch(&mut waiting);
        assert!(!batch.is_empty());
        batches.push(batch.iter().map(|job| job.append.client_id.uuid().as_u128()).collect());
    }
    batches
}

#[test]
fn all_that_waits_goes_in_one_call() {
    assert_eq!(batches((0..10).map(|n| job(n, 1)).collect()), [(0..10).collect::<Vec<_>>()]);
}

#[test]
fn a_batch_has_at_most_256_commands() {
    let sizes: Vec<_> = batches((0..600).map(|n| job(n, 1)).collect()).iter().map(Vec::len).collect();
    assert_eq!(sizes, [256, 256, 88]);
}

#[test]
fn a_batch_has_at_most_a_mebibyte_but_one_command_always_fits() {
    let quarter = BATCH_BYTES / 4 + 1;
    let sizes: Vec<_> = batches((0..7).map(|n| job(n, quarter)).collect()).iter().map(Vec::len).collect();
    assert_eq!(sizes, [3, 3, 1]);
    assert_eq!(batches(vec![job(1, 2 * BATCH_BYTES), job(2, 1)]), [[1], [2]]);
}

#[test]
fn a_rule_command_goes_alone_and_in_its_turn() {
    assert_eq!(batches(vec![job(1, 1), rule(2), rule(3), job(4, 1)]), [[1], [2], [3], [4]]);
}

#[test]
fn two_about_one_message_never_share_a_call() {
    let about = |client_id, event_type, target| {
        let mut job = job(client_id, 1);
        job.append.events[0].event_type = event_type;
        job.append.events[0].target_seq = Some(Seq(target));
        job
    };
    let edit = |client_id, target| about(client_id, EventType::MessageEdited, target);
    assert_eq!(batches(vec![edit(1, 7), edit(2, 8), edit(3, 7), job(4, 1)]), [vec![1, 2, 4], vec![3]]);
    let reply = |client_id| about(client_id, EventType::MessageReplied, 7);
    assert_eq!(batches(vec![reply(1), edit(2, 7), reply(3)]), [[1, 2, 3]], "a thread takes many at once");
}

#[test]
fn a_repeat_waits_for_the_next_call() {
    assert_eq!(batches(vec![job(1, 1), job(1, 1), job(2, 1), job(1, 1)]), [vec![1, 2], vec![1], vec![1]]);
    let order = batches(vec![job(1, 1), job(1, 1), rule(2)]);
    assert_eq!(order, [[1], [1], [2]], "what waited stays before what came later");
}
