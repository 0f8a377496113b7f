//! Joining, leaving, pages, and delivery with and without the bus.

use std::sync::atomic::Ordering;
use std::time::Duration;

use confab_gateway::hub::HubSettings;
use confab_gateway::socket::Socket as _;
use confab_proto::socket::JoinOptions;
use confab_proto::{ConversationId, Epoch, ErrorCode, EventType, Seq};
use serde_json::json;
use uuid::Uuid;

use crate::client::Told;
use crate::fixture::{Fixture, group, settings, until, until_last, user};
use crate::store::{Memory, live};

fn joined(seq: u64) -> Told {
    Told::Joined { seq, more: false, events: Vec::new() }
}

#[tokio::test]
async fn what_is_published_arrives_in_order() {
    let fixture = Fixture::new();
    let (a, b) = (fixture.connect(1, 1).await, fixture.connect(2, 2).await);
    fixture.join(&a, None);
    until_last(joined(1), &a).await;
    assert_eq!(a.told(), [Told::Ready, Told::RoomEntered, joined(1)]);
    fixture.post(300);
    fixture.join(&b, None);
    until(|| a.events() == (2..=301).collect::<Vec<_>>(), &a).await;
    assert_eq!(a.told()[3], Told::Event("message.posted".to_owned(), 2));
    // In the middle of the burst or after it: contiguous from the ack on.
    let seen = |told: &Told| match told {
        Told::Joined { seq, .. } => Some(*seq),
        _ => None,
    };
    until(|| b.told().iter().any(|told| seen(told).is_some()), &b).await;
    let from = b.told().iter().find_map(seen).unwrap();
    until(|| b.events() == (from + 1..=301).collect::<Vec<_>>(), &b).await;
    fixture.stop().await;
}

#[tokio::test]
async fn what_the_bus_loses_is_found_by_the_sweep() {
    let fixture = Fixture::new();
    let a = fixture.connect(1, 1).await;
    fixture.join(&a, None);
    until_last(joined(1), &a).await;
    fixture.post_lost(17);
    until(|| a.events() == (2..=18).collect::<Vec<_>>(), &a).await;
    fixture.post_lost(1);
    until(|| a.events().last() == Some(&19), &a).await;
    fixture.stop().await;
}

#[tokio::test]
async fn a_hole_is_filled_without_the_sweep() {
    let fixture = Fixture::with(HubSettings { sweep: Duration::from_secs(3600), ..settings() }, Memory::default());
    let a = fixture.connect(1, 1).await;
    fixture.join(&a, None);
    until_last(joined(1), &a).await;
    fixture.post_lost(3);
    fixture.post(1);
    until(|| a.events() == [2, 3, 4, 5], &a).await;
    fixture.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_on_the_bus_is_read_from_the_store() {
    use confab_runtime::bus::Bus as _;
    let fixture = Fixture::with(HubSettings { sweep: Duration::from_secs(3600), ..settings() }, Memory::default());
    let a = fixture.connect(1, 1).await;
    fixture.join(&a, None);
    until_last(joined(1), &a).await;
    let event = fixture.store.append(group(), EventType::MessagePosted, &json!({}));
    let mut message = live(&event, fixture.store.epoch(), confab_proto::subject::live(group()));
    message.body = bytes::Bytes::from_static(b"{");
    fixture.bus.publish(message);
    until(|| a.events() == [2], &a).await;
    fixture.stop().await;
}

#[tokio::test]
async fn a_client_that_was_away_gets_pages_and_then_live_events() {
    let fixture = Fixture::new();
    let a = fixture.connect(1, 1).await;
    fixture.post(12);
    fixture.join(&a, Some(1));
    until_last(Told::Joined { seq: 6, more: true, events: vec![2, 3, 4, 5, 6] }, &a).await;
    fixture.post(1);
    fixture.join(&a, Some(6));
    until_last(Told::Joined { seq: 11, more: true, events: vec![7, 8, 9, 10, 11] }, &a).await;
    fixture.join(&a, Some(11));
    let last = Told::Joined { seq: 14, more: false, events: vec![12, 13, 14] };
    until(|| a.told().contains(&last), &a).await;
    fixture.post(1);
    until(|| a.events() == [15], &a).await;
    fixture.stop().await;
}

#[tokio::test]
async fn a_client_that_is_ahead_of_the_gateway_gets_no_reset() {
    let fixture = Fixture::with(HubSettings { sweep: Duration::from_secs(3600), ..settings() }, Memory::default());
    let (a, b) = (fixture.connect(1, 1).await, fixture.connect(2, 2).await);
    fixture.join(&a, None);
    until_last(joined(1), &a).await;
    fixture.post_lost(3);
    fixture.join(&b, Some(4));
    until_last(joined(4), &b).await;
    fixture.join(&b, Some(5));
    until_last(Told::Refused(ErrorCode::Reset), &b).await;
    let options = JoinOptions { after: Seq(1), epoch: Some(Epoch(99)) };
    fixture.join_in(&a, group(), Some(options));
    until_last(Told::Refused(ErrorCode::Reset), &a).await;
    fixture.stop().await;
}

#[tokio::test]
async fn leaving_ends_delivery_and_cancels_a_join_that_waits() {
    let fixture = Fixture::new();
    let (a, witness) = (fixture.connect(1, 1).await, fixture.connect(2, 2).await);
    fixture.join(&witness, None);
    fixture.join(&a, None);
    until_last(joined(1), &a).await;
    fixture.leave(&a);
    until_last(Told::Left, &a).await;
    fixture.post(3);
    until(|| witness.events().last() == Some(&4), &witness).await;
    a.pending.store(usize::MAX, Ordering::SeqCst);
    let before = a.told().len();
    fixture.join(&a, Some(1));
    fixture.leave(&a);
    until(|| a.told().len() == before + 2, &a).await;
    let told = a.told();
    assert_eq!(told[before..], [Told::Refused(ErrorCode::Conflict), Told::Left]);
    assert!(a.events().is_empty());
    fixture.leave(&a);
    until(|| a.told().len() == before + 3, &a).await;
    fixture.stop().await;
}

#[tokio::test]
async fn a_page_waits_for_its_socket_and_for_nobody_else() {
    let fixture = Fixture::with(HubSettings { join_wait: Duration::from_millis(50), ..settings() }, Memory::default());
    let (slow, quick) = (fixture.connect(1, 1).await, fixture.connect(2, 2).await);
    fixture.post(2);
    slow.pending.store(200_000, Ordering::SeqCst);
    fixture.join(&slow, Some(1));
    fixture.join(&quick, Some(1));
    until(|| quick.told().contains(&Told::Joined { seq: 3, more: false, events: vec![2, 3] }), &quick).await;
    fixture.post(1);
    until(|| quick.events() == [4], &quick).await;
    // Longer than a join may wait for the store: that the client does not read is no reason to refuse.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(slow.told(), [Told::Ready]);
    slow.pending.store(50_000, Ordering::SeqCst);
    until_last(Told::Joined { seq: 4, more: false, events: vec![2, 3, 4] }, &slow).await;
    fixture.stop().await;
}

#[tokio::test]
async fn a_refused_join_leaves_no_channel_behind() {
    let fixture = Fixture::new();
    let private = ConversationId::from_uuid(Uuid::from_u128(77));
    let created = json!({"kind": "group", "name": "x", "visibility": "private"});
    fixture.store.append(private, EventType::ConversationCreated, &created);
    let a = fixture.connect(1, 1).await;
    let unknown = ConversationId::from_uuid(Uuid::from_u128(78));
    let stream_of_a_user = ConversationId::from_uuid(user(1).uuid());
    for (count, id) in (1..).zip([private, unknown, stream_of_a_user]) {
        fixture.join_in(&a, id, None);
        until(|| a.told().len() == 1 + count, &a).await;
        assert_eq!(a.told().last(), Some(&Told::Refused(ErrorCode::NotFound)));
    }
    until(|| fixture.hub.channels() == 1, &a).await;
    fixture.stop().await;
}

#[tokio::test]
async fn a_socket_that_takes_no_more_is_dropped_and_harms_nobody() {
    let fixture = Fixture::new();
    let (a, b) = (fixture.connect(1, 1).await, fixture.connect(2, 2).await);
    for socket in [&a, &b] {
        fixture.join(socket, None);
        until_last(joined(1), socket).await;
    }
    a.dead.store(true, Ordering::SeqCst);
    fixture.post(300);
    until(|| b.events() == (2..=301).collect::<Vec<_>>(), &b).await;
    fixture.hub.gone(a.id());
    fixture.hub.gone(b.id());
    until(|| fixture.hub.channels() == 0, &b).await;
    fixture.stop().await;
}
