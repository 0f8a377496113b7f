//! The table of who is told of activity: learning, changing, pauses, and nothing for whoever may have left.

use std::time::Duration;

use confab_gateway::hub::{ActivityTable, News};
use confab_proto::{ConversationId, MessageNo, Seq, UserId};
use tokio::time::Instant;
use uuid::Uuid;

fn user(n: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(1000 + n))
}

fn room(n: u128) -> ConversationId {
    ConversationId::from_uuid(Uuid::from_u128(n))
}

fn news(n: u128, number: u64, users: &[UserId]) -> News {
    News { conversation: room(n), seq: Seq(number), message_no: MessageNo(number), users: users.to_vec() }
}

fn enter(table: &mut ActivityTable, who: UserId, rooms: &[ConversationId]) {
    table.enter(who);
    let life = table.unread(who);
    table.learn(who, life.expect("it is not read yet"), rooms.to_vec());
}

fn moved(table: &mut ActivityTable, n: u128, number: u64) {
    table.moved(room(n), Seq(number), MessageNo(number));
}

#[test]
fn a_room_is_told_once_a_second_of_the_latest() {
    let (mut table, now) = (ActivityTable::default(), Instant::now());
    enter(&mut table, user(1), &[room(1), room(2)]);
    moved(&mut table, 3, 1);
    assert_eq!(table.take_due(now), None, "nobody here is in it");
    moved(&mut table, 1, 1);
    assert_eq!(table.take_due(now), Some(news(1, 1, &[user(1)])));
    moved(&mut table, 1, 2);
    moved(&mut table, 1, 3);
    moved(&mut table, 1, 3);
    assert_eq!(table.take_due(now + Duration::from_millis(999)), None);
    assert!(table.waits());
    assert_eq!(table.take_due(now + Duration::from_secs(1)), Some(news(1, 3, &[user(1)])));
    moved(&mut table, 1, 3);
    assert_eq!(table.take_due(now + Duration::from_secs(9)), None, "no new message");
    assert!(!table.waits());
}

#[test]
fn what_the_own_stream_says_while_the_list_is_read_comes_on_top() {
    let (mut table, now) = (ActivityTable::default(), Instant::now());
    table.enter(user(1));
    table.change(user(1), room(2), true);
    table.change(user(1), room(1), false);
    let life = table.unread(user(1)).expect("it is not read yet");
    table.learn(user(1), life, vec![room(1), room(3)]);
    assert_eq!(table.unread(user(1)), None);
    table.learn(user(1), life, vec![room(1)]);
    for n in 1..=3 {
        moved(&mut table, n, 1);
    }
    let mut told: Vec<_> = std::iter::from_fn(|| table.take_due(now)).map(|news| news.conversation).collect();
    told.sort_unstable();
    assert_eq!(told, [room(2), room(3)]);
}

#[test]
fn nothing_is_told_to_whoever_may_have_left() {
    let (mut table, now) = (ActivityTable::default(), Instant::now());
    for n in 1..=2 {
        enter(&mut table, user(n), &[room(1)]);
        table.is_at(user(n), Seq(5));
    }
    // One sweep: the own stream of user 1 moved, and a message came.
    table.is_known_at(user(1), Seq(6));
    moved(&mut table, 1, 9);
    assert_eq!(table.take_due(now), Some(news(1, 9, &[user(2)])));
    assert_eq!(table.take_released(), []);
    table.change(user(1), room(1), false);
    table.is_at(user(1), Seq(6));
    assert_eq!(table.take_released(), [], "that was their leaving");
    // And once it was something else.
    table.is_known_at(user(2), Seq(6));
    moved(&mut table, 1, 10);
    let later = now + Duration::from_secs(1);
    assert_eq!(table.take_due(later), Some(news(1, 10, &[])));
    table.is_at(user(2), Seq(6));
    assert_eq!(table.take_released(), [news(1, 10, &[user(2)])]);
    assert_eq!(table.take_released(), []);
}

#[test]
fn a_user_is_forgotten_with_the_last_socket_and_all_with_the_life_of_the_store() {
    let (mut table, now) = (ActivityTable::default(), Instant::now());
    enter(&mut table, user(1), &[room(1)]);
    table.enter(user(1));
    table.leave(user(1));
    moved(&mut table, 1, 1);
    assert!(table.take_due(now).is_some());
    let old = table.unread(user(1));
    assert_eq!(old, None);
    table.forget();
    moved(&mut table, 1, 2);
    assert_eq!(table.take_due(now), None);
    let life = table.unread(user(1)).expect("it is to be read again");
    table.learn(user(1), life - 1, vec![room(1)]);
    moved(&mut table, 1, 2);
    assert_eq!(table.take_due(now), None, "read in the life before");
    table.learn(user(1), life, vec![room(1)]);
    moved(&mut table, 1, 2);
    assert_eq!(table.take_due(now), Some(news(1, 2, &[user(1)])));
    table.leave(user(1));
    table.leave(user(1));
    moved(&mut table, 1, 3);
    assert!(!table.waits(), "nobody is left");
    enter(&mut table, user(2), &[room(1)]);
    moved(&mut table, 1, 3);
    assert_eq!(table.take_due(now), Some(news(1, 3, &[user(2)])), "numbers are used again");
}
