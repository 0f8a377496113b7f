//! Presence as a state machine: who is there, as sockets come and go and other gateways speak, fall silent and speak late.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use confab_gateway::presence::{Spans, Table};
use confab_gateway::socket::SocketId;
use confab_proto::UserId;
use confab_proto::signal::{Beat, PresenceState};
use tokio::time::Instant;
use uuid::Uuid;

const SECOND: Duration = Duration::from_secs(1);
const SPANS: Spans = Spans { life: Duration::from_secs(50), grace: Duration::from_secs(2) };
use PresenceState::{Away, Offline, Online};

fn user(n: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(n))
}

fn table(n: u128) -> Table {
    Table::new(Uuid::from_u128(n), SPANS)
}

fn here(gateway: u128, online: &[UserId], away: &[UserId], gone: &[UserId]) -> Beat {
    let (online, away, gone) = (online.to_vec(), away.to_vec(), gone.to_vec());
    Beat::Here { gateway: Uuid::from_u128(gateway), life_ms: 50_000, online, away, gone }
}

#[test]
fn somebody_is_there_while_a_socket_is_and_a_moment_longer() {
    let (mut table, now) = (table(1), Instant::now());
    table.enter(SocketId(1), user(1));
    table.enter(SocketId(2), user(1));
    assert_eq!(table.take_changes(), (vec![(user(1), Online)], vec![here(1, &[user(1)], &[], &[])]));
    table.leave(SocketId(1), now);
    table.leave(SocketId(1), now);
    assert_eq!(table.take_changes(), (vec![], vec![]), "one is left, and nobody leaves twice");
    table.leave(SocketId(2), now);
    table.expire(now + SECOND);
    assert_eq!(table.take_changes(), (vec![], vec![]));
    table.enter(SocketId(3), user(1));
    table.expire(now + 5 * SECOND);
    assert_eq!(table.take_changes(), (vec![], vec![]), "a page that was loaded anew");
    table.leave(SocketId(3), now + 5 * SECOND);
    table.expire(now + 7 * SECOND);
    assert_eq!(table.take_changes(), (vec![(user(1), Offline)], vec![here(1, &[], &[], &[user(1)])]));
    assert!(table.is_empty(), "nothing is kept of who is not there");
}

#[test]
fn away_is_who_is_away_everywhere() {
    let (mut table, now) = (table(1), Instant::now());
    table.enter(SocketId(1), user(1));
    table.enter(SocketId(2), user(1));
    table.set_away(SocketId(1), true);
    table.set_away(SocketId(1), true);
    assert_eq!(table.state(user(1)), Online);
    table.set_away(SocketId(2), true);
    assert_eq!(table.state(user(1)), Away);
    table.hear(&here(2, &[user(1)], &[], &[]), now);
    assert_eq!(table.state(user(1)), Online, "another gateway has somebody who looks");
    table.hear(&here(2, &[], &[user(1)], &[]), now);
    assert_eq!(table.state(user(1)), Away);
    table.set_away(SocketId(2), false);
    assert_eq!(table.state(user(1)), Online);
    table.set_away(SocketId(9), true);
    assert_eq!(table.beats(), [here(1, &[user(1)], &[], &[])]);
}

#[test]
fn a_gateway_that_falls_silent_is_forgotten_when_its_word_is_over() {
    let (mut table, now) = (table(1), Instant::now());
    table.hear(&here(2, &[user(1), user(2)], &[], &[]), now);
    table.hear(&here(3, &[user(2)], &[], &[]), now + 20 * SECOND);
    assert_eq!(table.take_changes().0, [(user(1), Online), (user(2), Online)]);
    table.expire(now + 49 * SECOND);
    assert_eq!(table.take_changes(), (vec![], vec![]));
    table.expire(now + 50 * SECOND);
    assert_eq!(table.take_changes(), (vec![(user(1), Offline)], vec![]), "the other one still has user 2");
    table.expire(now + 70 * SECOND);
    assert_eq!(table.take_changes(), (vec![(user(2), Offline)], vec![]));
    assert_eq!(table.len(), 0);
}

#[test]
fn what_a_lost_message_said_is_made_good_by_the_next_beat() {
    let (mut table, now) = (table(1), Instant::now());
    table.hear(&here(2, &[user(1)], &[], &[]), now);
    // The word that user 1 went is lost: nobody names them any more.
    for beat in 1..=3 {
        table.hear(&here(2, &[user(2)], &[], &[]), now + beat * 20 * SECOND);
        table.expire(now + beat * 20 * SECOND);
    }
    assert_eq!((table.state(user(1)), table.state(user(2))), (Offline, Online));
    table.hear(&here(2, &[], &[], &[user(2), user(3)]), now + 61 * SECOND);
    assert_eq!(table.state(user(2)), Offline);
}

#[test]
fn its_own_word_that_comes_back_counts_for_nothing_and_no_word_counts_for_ever() {
    let (mut table, now) = (table(1), Instant::now());
    table.hear(&here(1, &[user(1)], &[], &[]), now);
    table.hear(&Beat::Ask { gateway: Uuid::from_u128(2) }, now);
    assert_eq!(table.state(user(1)), Offline);
    let for_ever = Beat::Here {
        gateway: Uuid::from_u128(2),
        life_ms: u64::MAX,
        online: vec![user(1)],
        away: Vec::new(),
        gone: Vec::new(),
    };
    table.hear(&for_ever, now);
    table.expire(now + 600 * SECOND);
    assert_eq!(table.state(user(1)), Offline);
}

#[test]
fn many_people_take_several_messages_that_nats_takes() {
    let mut table = table(1);
    for n in 0..10_000 {
        table.enter(SocketId(n), user(u128::from(n)));
        table.set_away(SocketId(n), n % 3 == 0);
    }
    let (changes, deltas) = table.take_changes();
    assert_eq!(changes.len(), 10_000);
    for messages in [deltas, table.beats()] {
        let mut named = 0;
        for beat in messages {
            assert!(serde_json::to_vec(&beat).unwrap().len() < 256 * 1024);
            let Beat::Here { online, away, gone, .. } = beat else { panic!("no beat") };
            named += online.len() + away.len() + gone.len();
        }
        assert_eq!(named, 10_000);
    }
}
