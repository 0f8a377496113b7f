//! Rights in order: who loses one is sent nothing of a higher `seq`; who ends a session closes its sockets.

use confab_proto::{ConversationId, ErrorCode, EventType};
use serde_json::json;
use uuid::Uuid;

use crate::client::Told;
use crate::fixture::{Fixture, group, session, until, until_last, user};

#[tokio::test]
async fn a_ban_is_the_last_event_that_is_sent() {
    let fixture = Fixture::new();
    let (a, b) = (fixture.connect(1, 1).await, fixture.connect(2, 2).await);
    for socket in [&a, &b] {
        fixture.join(socket, None);
        until_last(Told::Joined { seq: 1, more: false, events: vec![] }, socket).await;
    }
    fixture.post(1);
    fixture.store.append(group(), EventType::MemberBanned, &json!({"userId": user(1)}));
    fixture.post(2);
    until(|| b.events() == [2, 3, 4, 5], &b).await;
    assert_eq!(a.events(), [2, 3]);
    assert_eq!(a.told().last(), Some(&Told::RoomLeft));
    fixture.join(&a, Some(3));
    until_last(Told::Refused(ErrorCode::NotFound), &a).await;
    fixture.store.append(group(), EventType::MemberUnbanned, &json!({"userId": user(1)}));
    fixture.join(&a, Some(3));
    until_last(Told::Joined { seq: 6, more: false, events: vec![4, 5, 6] }, &a).await;
    fixture.stop().await;
}

#[tokio::test]
async fn going_private_drops_those_who_are_no_members() {
    let fixture = Fixture::new();
    let (a, b) = (fixture.connect(1, 1).await, fixture.connect(2, 2).await);
    for socket in [&a, &b] {
        fixture.join(socket, None);
        until_last(Told::Joined { seq: 1, more: false, events: vec![] }, socket).await;
    }
    let publish = |kind, data| fixture.store.publish(&fixture.bus, group(), kind, &data);
    publish(EventType::MemberAdded, json!({"userId": user(2), "role": "member"}));
    publish(EventType::ConversationVisibilityChanged, json!({"visibility": "private"}));
    fixture.post(1);
    until(|| b.events() == [2, 3, 4], &b).await;
    assert_eq!(a.events(), [2, 3]);
    fixture.stop().await;
}

#[tokio::test]
async fn the_end_of_a_session_closes_its_sockets_only() {
    let fixture = Fixture::new();
    let (a, b) = (fixture.connect(1, 1).await, fixture.connect(2, 1).await);
    let publish = |kind, data| fixture.store.publish(&fixture.bus, user(1), kind, &data);
    let entered = ConversationId::from_uuid(Uuid::from_u128(5));
    publish(EventType::ConversationEntered, json!({"conversationId": entered}));
    publish(EventType::SessionRevoked, json!({"sessionId": session(3)}));
    publish(EventType::ConversationExited, json!({"conversationId": entered}));
    publish(EventType::SessionRevoked, json!({"sessionId": session(1)}));
    publish(EventType::ConversationEntered, json!({"conversationId": entered}));
    let event = |name: &str, seq| Told::Event(name.to_owned(), seq);
    for socket in [a, b] {
        until_last(Told::Closed(ErrorCode::SessionEnded), &socket).await;
        let told = [
            Told::Ready,
            event("conversation.entered", 1),
            event("conversation.exited", 3),
            Told::Closed(ErrorCode::SessionEnded),
        ];
        assert_eq!(socket.told(), told);
    }
    fixture.stop().await;
}
