//! Signals over a whole hub: they reach who listens and nobody else, close nothing, and end with the right.

use bytes::Bytes;
use confab_gateway::socket::Socket as _;
use confab_proto::{EventType, Signal, UserId, subject};
use confab_runtime::bus::{Bus as _, Message};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

use crate::client::{TestSocket, Told};
use crate::fixture::{Fixture, group, until, until_last, user};

fn typing(fixture: &Fixture, who: UserId) {
    let signal = Signal::TypingStarted { conversation_id: group(), user_id: who, thread_seq: None };
    let body = Bytes::from(serde_json::to_vec(&signal).unwrap());
    fixture.bus.publish(Message { subject: subject::signal(group()), headers: None, body });
}

fn signals(socket: &TestSocket, name: &str) -> Vec<Value> {
    let told = socket.signals.lock().unwrap();
    told.iter().filter(|(told, _)| *told == name).map(|(_, body)| body.clone()).collect()
}

#[tokio::test]
async fn a_signal_reaches_other_listeners_until_they_lose_the_right() {
    let fixture = Fixture::new();
    let (a, b, c) = (fixture.connect(1, 1).await, fixture.connect(2, 2).await, fixture.connect(3, 3).await);
    for socket in [&a, &b] {
        fixture.join(socket, None);
        until_last(Told::Joined { seq: 1, more: false, events: vec![] }, socket).await;
    }
    typing(&fixture, user(1));
    until(|| signals(&b, "typing.started").len() == 1, &b).await;
    assert_eq!(signals(&b, "typing.started")[0]["userId"], json!(user(1)));
    assert!(signals(&a, "typing.started").is_empty(), "their own");
    assert!(signals(&c, "typing.started").is_empty(), "not joined");
    fixture.store.publish(&fixture.bus, group(), EventType::MemberBanned, &json!({"userId": user(2)}));
    until(|| b.told().last() == Some(&Told::RoomLeft), &b).await;
    fixture.join(&c, None);
    until_last(Told::Joined { seq: 2, more: false, events: vec![] }, &c).await;
    typing(&fixture, user(1));
    until(|| signals(&c, "typing.started").len() == 1, &c).await;
    assert_eq!(signals(&b, "typing.started").len(), 1, "banned");
    fixture.stop().await;
}

#[tokio::test]
async fn a_flood_of_signals_is_thinned_and_holds_up_no_event() {
    let fixture = Fixture::new();
    let (a, b) = (fixture.connect(1, 1).await, fixture.connect(2, 2).await);
    for socket in [&a, &b] {
        fixture.join(socket, None);
        until_last(Told::Joined { seq: 1, more: false, events: vec![] }, socket).await;
    }
    a.pending.store(1, Ordering::SeqCst);
    for _ in 0..1_000 {
        typing(&fixture, user(3));
    }
    fixture.post(20);
    for socket in [&a, &b] {
        until(|| socket.events() == (2..=21).collect::<Vec<_>>(), socket).await;
    }
    assert!(signals(&a, "typing.started").is_empty(), "a socket that is behind gets none, and stays");
    // After the flood the next one has to wait for the rate, and comes.
    until(|| !signals(&b, "typing.started").is_empty(), &b).await;
    assert!(signals(&b, "typing.started").len() <= 100, "{}", signals(&b, "typing.started").len());
    assert!(!b.told().iter().any(|told| matches!(told, Told::Closed(_))));
    fixture.stop().await;
}

#[tokio::test]
async fn what_makes_no_sense_and_what_gateways_make_themselves_is_not_relayed() {
    let fixture = Fixture::new();
    let a = fixture.connect(1, 1).await;
    fixture.join(&a, None);
    until_last(Told::Joined { seq: 1, more: false, events: vec![] }, &a).await;
    let send = |body: &str| {
        let body = Bytes::from(body.to_owned());
        fixture.bus.publish(Message { subject: subject::signal(group()), headers: None, body });
    };
    for body in ["", "{", "[]", "{\"type\":\"unheard.of\"}", "{\"type\":\"message.posted\"}"] {
        send(body);
    }
    let made = Signal::ConversationActivity {
        conversation_id: group(),
        seq: confab_proto::Seq(9),
        message_no: confab_proto::MessageNo(9),
    };
    send(&serde_json::to_string(&made).unwrap());
    typing(&fixture, user(2));
    until(|| !a.signals.lock().unwrap().is_empty(), &a).await;
    let names: Vec<_> = a.signals.lock().unwrap().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["typing.started"]);
    assert_eq!(a.id(), confab_gateway::socket::SocketId(1));
    fixture.stop().await;
}
