//! The store goes away and comes back, or begins another life; channels open and close; the process stops.

use std::sync::atomic::Ordering;
use std::time::Duration;

use confab_gateway::hub::HubSettings;
use confab_gateway::socket::Socket as _;
use confab_proto::socket::JoinOptions;
use confab_proto::{ErrorCode, EventType, Seq};
use serde_json::json;

use crate::client::{TestSocket, Told};
use crate::fixture::{Fixture, group, session, settings, until, until_last, user};
use crate::store::Memory;

fn joined(seq: u64) -> Told {
    Told::Joined { seq, more: false, events: Vec::new() }
}

#[tokio::test]
async fn while_the_store_is_away_joins_are_unavailable_and_it_heals() {
    let fixture = Fixture::with(HubSettings { join_wait: Duration::from_millis(50), ..settings() }, Memory::default());
    let (a, b) = (fixture.connect(1, 1).await, fixture.connect(2, 2).await);
    fixture.join(&a, None);
    until_last(joined(1), &a).await;
    fixture.store.with(|state| state.away = true);
    let other = confab_proto::ConversationId::from_uuid(uuid::Uuid::from_u128(99));
    fixture.join_in(&b, other, None);
    until_last(Told::Refused(ErrorCode::Unavailable), &b).await;
    // Those who listen are served by the live path, and a join that needs no read is answered.
    fixture.post(1);
    until(|| a.events() == [2], &a).await;
    fixture.join(&b, None);
    until_last(joined(2), &b).await;
    fixture.post_lost(2);
    fixture.store.with(|state| state.away = false);
    until(|| a.events() == [2, 3, 4] && b.events() == [3, 4], &a).await;
    fixture.stop().await;
}

#[tokio::test]
async fn what_came_in_a_long_absence_is_found_in_steps() {
    let fixture = Fixture::with(HubSettings { sweep: Duration::from_secs(2), ..settings() }, Memory::default());
    fixture.store.with(|state| state.sweep_span = Some(3));
    let a = fixture.connect(1, 1).await;
    fixture.join(&a, None);
    until_last(joined(1), &a).await;
    // More than what the group has comes before it.
    for _ in 0..1000 {
        fixture.store.append(user(3), EventType::SessionRevoked, &json!({"sessionId": session(3)}));
    }
    fixture.post_lost(2);
    // At one step in each turn this would take ten minutes.
    until(|| a.events() == [2, 3], &a).await;
    fixture.stop().await;
}

#[tokio::test]
async fn nothing_opens_before_the_sweep_has_its_cursor() {
    let store = Memory::default();
    store.with(|state| state.away = true);
    let fixture = Fixture::with(HubSettings { join_wait: Duration::from_millis(50), ..settings() }, store);
    let a = TestSocket::new(1, user(1), session(1));
    fixture.listen(&a);
    until_last(Told::Refused(ErrorCode::Unavailable), &a).await;
    fixture.store.with(|state| state.away = false);
    until(
        || {
            fixture.listen(&a);
            a.told().contains(&Told::Ready)
        },
        &a,
    )
    .await;
    fixture.stop().await;
}

#[tokio::test]
async fn after_a_restore_everybody_starts_afresh() {
    let fixture = Fixture::new();
    let (a, b) = (fixture.connect(1, 1).await, fixture.connect(2, 2).await);
    let copy = fixture.store.with(|state| state.clone());
    let old = fixture.store.epoch();
    for socket in [&a, &b] {
        fixture.join(socket, None);
        until_last(joined(1), socket).await;
    }
    fixture.post(3);
    until(|| b.events() == [2, 3, 4], &b).await;
    fixture.store.restore(copy);
    let reset = Told::Reset(fixture.store.epoch());
    for socket in [&a, &b] {
        until_last(reset.clone(), socket).await;
    }
    fixture.post(1);
    fixture.join_in(&a, group(), Some(JoinOptions { after: Seq(4), epoch: Some(old) }));
    until_last(Told::Refused(ErrorCode::Reset), &a).await;
    fixture.join(&a, None);
    until_last(joined(2), &a).await;
    fixture.post(1);
    until(|| a.events().last() == Some(&3), &a).await;
    assert_eq!(b.events(), [2, 3, 4], "b has not joined again");
    // The user's own stream is live again without anybody asking.
    fixture.store.publish(&fixture.bus, user(2), EventType::SessionRevoked, &json!({"sessionId": session(2)}));
    until_last(Told::Closed(ErrorCode::SessionEnded), &b).await;
    fixture.stop().await;
}

#[tokio::test]
async fn whose_account_is_not_in_the_restored_store_is_sent_away() {
    let fixture = Fixture::new();
    let copy = fixture.store.with(|state| state.clone());
    fixture.store.add_user(user(9));
    let a = fixture.connect(1, 9).await;
    fixture.store.restore(copy);
    until_last(Told::Closed(ErrorCode::SessionEnded), &a).await;
    fixture.stop().await;
}

#[tokio::test]
async fn a_position_that_went_back_is_another_life_too() {
    let fixture = Fixture::new();
    let a = fixture.connect(1, 1).await;
    let copy = fixture.store.with(|state| state.clone());
    fixture.join(&a, None);
    until_last(joined(1), &a).await;
    fixture.post(2);
    until(|| a.events() == [2, 3], &a).await;
    // Until a sweep has seen the later position.
    fixture.post_lost(1);
    until(|| a.events() == [2, 3, 4], &a).await;
    fixture.store.with(|state| *state = copy);
    until_last(Told::Reset(fixture.store.epoch()), &a).await;
    fixture.stop().await;
}

#[tokio::test]
async fn channels_close_when_nobody_listens_and_open_again() {
    let fixture = Fixture::new();
    let a = fixture.connect(1, 1).await;
    for round in 0..3_u64 {
        fixture.join(&a, None);
        until_last(joined(1 + round), &a).await;
        fixture.leave(&a);
        until_last(Told::Left, &a).await;
        until(|| fixture.hub.channels() == 1, &a).await;
        fixture.post(1);
    }
    fixture.hub.gone(a.id());
    until(|| fixture.hub.channels() == 0, &a).await;
    fixture.join(&a, None);
    until_last(Told::Refused(ErrorCode::Conflict), &a).await;
    fixture.stop().await;
}

#[tokio::test]
async fn joins_and_closings_at_once_lose_no_join() {
    let idle = HubSettings { idle_close: Duration::ZERO, ..settings() };
    let fixture = Fixture::with(idle, Memory::default());
    let a = fixture.connect(1, 1).await;
    for _ in 0..300 {
        let before = a.told().len();
        fixture.join(&a, None);
        until(|| a.told()[before..].contains(&joined(1)), &a).await;
        fixture.leave(&a);
    }
    let answered = a.told().into_iter().filter(|told| *told == joined(1)).count();
    assert_eq!(answered, 300);
    fixture.stop().await;
}

#[tokio::test]
async fn a_bug_in_a_channel_sends_its_sockets_away_and_the_next_join_opens_it_anew() {
    let fixture = Fixture::new();
    let (a, b) = (fixture.connect(1, 1).await, fixture.connect(2, 2).await);
    for socket in [&a, &b] {
        fixture.join(socket, None);
        until_last(joined(1), socket).await;
    }
    a.broken.store(true, Ordering::SeqCst);
    fixture.post(1);
    for socket in [&a, &b] {
        until_last(Told::Closed(ErrorCode::Internal), socket).await;
    }
    let c = fixture.connect(3, 3).await;
    fixture.join(&c, None);
    until_last(joined(2), &c).await;
    fixture.post(1);
    until(|| c.events() == [3], &c).await;
    fixture.stop().await;
}
