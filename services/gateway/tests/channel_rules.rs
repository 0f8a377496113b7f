//! The rules of the channel one by one: what goes in, what comes out.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use confab_domain::{Conversation, RuleChange};
use confab_gateway::channel::{
    Answer, Channel, ChannelEvent, Input, JoinRequest, Limits, Opened, Output, Page, ReadNo, Source, Ticket, Timer,
    Wanted,
};
use confab_gateway::socket::SocketId;
use confab_proto::event_data::{ConversationKind, Role, Visibility};
use confab_proto::socket::JoinOptions;
use confab_proto::{ConversationId, Epoch, EventType, Position, Seq, SessionId, StreamId, UserId};
use serde_json::{Value, json};
use uuid::Uuid;

const EPOCH: Epoch = Epoch(7);

/// The channel of a public group with one member, number 1.
struct Given(Channel);

fn user(n: u64) -> UserId {
    UserId::from_uuid(Uuid::from_u128(u128::from(n)))
}

fn event(seq: u64, event_type: EventType, data: &Value) -> Arc<ChannelEvent> {
    let envelope = json!({"conversationId": "x", "seq": seq, "position": seq, "messageNo": 1, "type": event_type,
        "actorId": "x", "clientId": null, "at": "x", "data": data});
    let body = envelope.to_string();
    Arc::new(ChannelEvent::from_live(Seq(seq), Position(seq), event_type, body.as_bytes()).unwrap())
}

fn message(seq: u64) -> Arc<ChannelEvent> {
    event(seq, EventType::MessagePosted, &json!({"body": "secret"}))
}

fn page(head: u64, events: impl IntoIterator<Item = u64>) -> Page {
    Page { epoch: EPOCH, position: Position(head), head: Seq(head), events: events.into_iter().map(message).collect() }
}

fn opened(head: u64) -> Option<Opened> {
    let stream = StreamId::from_uuid(Uuid::nil());
    let mut group = Conversation::created(stream, ConversationKind::Group, None, Visibility::Public, Seq(1));
    group.apply(&RuleChange::MemberAdded(user(1), Role::Member), Seq(2));
    Some(Opened { epoch: EPOCH, position: Position(head), head: Seq(head), conversation: Some(group) })
}

impl Given {
    fn closed() -> Self {
        let limits =
            Limits { tail_events: 8, tail_bytes: 10_000, pending_events: 3, page_events: 4, page_bytes: 10_000 };
        Self(Channel::new(Source::Conversation(ConversationId::from_uuid(Uuid::nil())), limits))
    }

    /// LIVE at this head; socket 1 of user 1 listens.
    fn live(head: u64) -> Self {
        let mut given = Self::closed();
        given.join(1, None);
        given.on(Input::Read(ReadNo(1), Answer::Snapshot(opened(head))));
        given
    }

    /// What happens, in a few words each. Timers are left out.
    fn on(&mut self, input: Input) -> Vec<String> {
        self.0.handle(input);
        self.0.take_outputs().iter().filter_map(word).collect()
    }

    fn join(&mut self, socket: u64, after: Option<u64>) -> Vec<String> {
        let options = after.map(|after| JoinOptions { after: Seq(after), epoch: None });
        self.ask(socket, options)
    }

    fn ask(&mut self, n: u64, options: Option<JoinOptions>) -> Vec<String> {
        let session = SessionId::from_uuid(Uuid::nil());
        let request = JoinRequest { ticket: Ticket(n), socket: SocketId(n), user: user(n), session, options };
        self.on(Input::Join(request))
    }

    fn live_event(&mut self, event: Arc<ChannelEvent>) -> Vec<String> {
        self.on(Input::Live { epoch: EPOCH, seq: event.seq, event: Some(event) })
    }

    fn answer(&mut self, no: u64, page: Page) -> Vec<String> {
        self.on(Input::Read(ReadNo(no), Answer::Page(page)))
    }
}

fn word(output: &Output) -> Option<String> {
    Some(match output {
        Output::Read { no, wanted: Wanted::Snapshot, attempt } => format!("snapshot {} try {attempt}", no.0),
        Output::Read { no, wanted: Wanted::EventsAfter(after), attempt } => {
            format!("read {} after {after} try {attempt}", no.0)
        }
        Output::Emit { event, to } => format!("emit {} to {}", event.seq, to.len()),
        Output::Grant { listener, joined } => {
            let more = if joined.more { " more" } else { "" };
            format!("grant {} at {} with {}{more}", listener.socket.0, joined.seq, joined.events.len())
        }
        Output::Refuse { socket, refused, .. } => format!("refuse {} {}", socket.0, refused.code),
        Output::Dropped(listener) => format!("drop {}", listener.socket.0),
        Output::EndSession(listener) => format!("end {}", listener.socket.0),
        Output::AwaitDrain { socket, .. } => format!("drain {}", socket.0),
        Output::Suspect => "suspect".to_owned(),
        Output::Close => "close".to_owned(),
        Output::Arm(_) | Output::Disarm(_) => return None,
    })
}

#[test]
fn opens_by_one_snapshot_and_keeps_what_came_meanwhile() {
    let mut given = Given::closed();
    assert_eq!(given.join(1, None), ["snapshot 1 try 0"]);
    for seq in [2, 3, 4] {
        assert!(given.live_event(message(seq)).is_empty());
    }
    assert!(given.on(Input::Live { epoch: Epoch(1), seq: Seq(5), event: Some(message(5)) }).is_empty());
    assert_eq!(given.on(Input::Read(ReadNo(1), Answer::Failed)), ["snapshot 2 try 1"]);
    let outputs = given.on(Input::Read(ReadNo(2), Answer::Snapshot(opened(3))));
    assert_eq!(outputs, ["grant 1 at 4 with 0"]);
    assert_eq!(given.live_event(message(5)), ["emit 5 to 1"]);
}

#[test]
fn refuses_from_the_snapshot_and_closes() {
    let mut given = Given::closed();
    given.join(9, None);
    assert_eq!(given.on(Input::Read(ReadNo(1), Answer::Snapshot(None))), ["refuse 9 not_found", "close"]);
    given.join(9, None);
    let user_stream = Some(Opened { conversation: None, ..opened(3).unwrap() });
    assert_eq!(given.on(Input::Read(ReadNo(2), Answer::Snapshot(user_stream))), ["refuse 9 not_found", "close"]);
}

#[test]
fn a_hole_waits_a_moment_and_is_then_read() {
    let mut given = Given::live(3);
    assert!(given.live_event(message(6)).is_empty());
    assert_eq!(given.on(Input::Timer(Timer::Gap)), ["read 2 after 3 try 0"]);
    assert_eq!(given.live_event(message(4)), ["emit 4 to 1"], "repairing applies what comes next");
    assert_eq!(given.on(Input::Read(ReadNo(2), Answer::Failed)), ["read 3 after 4 try 1"]);
    assert_eq!(given.answer(3, page(6, 4..=5)), ["emit 5 to 1", "emit 6 to 1"]);
}

#[test]
fn a_hint_beyond_the_head_is_read_at_once_page_by_page() {
    let mut given = Given::live(3);
    assert!(given.on(Input::Hint(Seq(3))).is_empty());
    assert_eq!(given.on(Input::Hint(Seq(5))), ["read 2 after 3 try 0"]);
    assert_eq!(given.answer(2, page(5, 4..=4)), ["emit 4 to 1", "read 3 after 4 try 0"]);
    assert_eq!(given.answer(3, page(5, 5..=5)), ["emit 5 to 1"]);
    assert_eq!(given.live_event(message(6)), ["emit 6 to 1"]);
}

#[test]
fn what_found_no_room_is_not_forgotten() {
    let mut given = Given::live(3);
    for seq in [5, 6, 7, 8] {
        given.live_event(message(seq));
    }
    let outputs = given.live_event(message(4));
    assert_eq!(outputs, ["emit 4 to 1", "emit 5 to 1", "emit 6 to 1", "emit 7 to 1"]);
    assert_eq!(given.on(Input::Timer(Timer::Gap)), ["read 2 after 7 try 0"]);
}

#[test]
fn what_the_store_does_not_know_is_forgotten() {
    let mut given = Given::live(3);
    given.live_event(message(9));
    given.on(Input::Timer(Timer::Gap));
    assert!(given.answer(2, page(3, [])).is_empty());
    assert_eq!(given.join(2, None), ["grant 2 at 3 with 0"], "it is LIVE again");
    // Unless it was mentioned after the read began.
    given.on(Input::Hint(Seq(4)));
    given.on(Input::Hint(Seq(5)));
    assert_eq!(given.answer(3, page(3, [])), ["read 4 after 3 try 0"]);
}

#[test]
fn another_life_of_the_store_is_suspected_and_never_applied() {
    let mut given = Given::live(3);
    given.on(Input::Hint(Seq(4)));
    let other = Page { epoch: Epoch(8), ..page(4, 4..=4) };
    assert_eq!(given.answer(2, other), ["suspect", "read 3 after 3 try 1"]);
    let back = Page { position: Position(1), ..page(4, 4..=4) };
    assert_eq!(given.answer(3, back), ["suspect", "read 4 after 3 try 2"]);
    assert_eq!(given.answer(4, page(2, [])), ["suspect", "read 5 after 3 try 3"]);
    given.join(2, Some(3));
    let outputs = given.on(Input::Reset(Epoch(8)));
    assert_eq!(outputs, ["drop 1", "refuse 2 reset", "close"]);
}

#[test]
fn a_no_is_given_only_after_reading_to_the_stores_head() {
    let mut given = Given::live(3);
    assert_eq!(given.join(2, Some(4)), ["read 2 after 3 try 0"]);
    assert_eq!(given.answer(2, page(4, 4..=4)), ["emit 4 to 1", "grant 2 at 4 with 0"]);
    given.join(3, Some(9));
    assert_eq!(given.answer(3, page(4, [])), ["refuse 3 reset"]);
    let foreign = JoinOptions { after: Seq(1), epoch: Some(Epoch(8)) };
    assert_eq!(given.ask(4, Some(foreign)), ["read 4 after 4 try 0"]);
    // A join that came after the read began has to wait for another one.
    assert!(given.ask(5, Some(foreign)).is_empty());
    assert_eq!(given.answer(4, page(4, [])), ["refuse 4 reset", "read 5 after 4 try 0"]);
    assert_eq!(given.answer(5, page(4, [])), ["refuse 5 reset"]);
}

#[test]
fn a_page_comes_from_the_tail_if_it_reaches_back() {
    let mut given = Given::live(3);
    for seq in 4..=9 {
        given.live_event(message(seq));
    }
    assert_eq!(given.join(2, Some(4)), ["drain 2"]);
    assert_eq!(given.on(Input::Drained(Ticket(2))), ["grant 2 at 8 with 4 more"]);
    assert_eq!(given.live_event(message(10)), ["emit 10 to 1"], "with more to come it is no listener");
    given.join(2, Some(2));
    assert_eq!(given.on(Input::Drained(Ticket(2))), ["read 2 after 2 try 0"]);
    given.live_event(message(11));
    let outputs = given.answer(2, page(4, 3..=4));
    assert_eq!(outputs, ["grant 2 at 6 with 4 more"], "the tail goes on within the same limits");
    given.join(2, Some(8));
    assert_eq!(given.on(Input::Drained(Ticket(2))), ["grant 2 at 11 with 3"]);
    assert_eq!(given.live_event(message(12)), ["emit 12 to 2"]);
}

#[test]
fn a_page_that_is_ahead_is_cut_at_the_head() {
    let mut given = Given::live(3);
    given.join(2, Some(1));
    given.on(Input::Drained(Ticket(2)));
    assert_eq!(given.answer(2, page(5, 2..=5)), ["grant 2 at 3 with 2"]);
    assert_eq!(given.live_event(message(4)), ["emit 4 to 2"]);
}

#[test]
fn a_page_older_than_a_deletion_is_read_again() {
    let mut given = Given::live(3);
    given.join(2, Some(1));
    given.on(Input::Drained(Ticket(2)));
    let deletion = event(4, EventType::MessageDeleted, &json!({"targetSeq": 3}));
    given.live_event(deletion);
    assert_eq!(given.answer(2, page(3, 2..=3)), ["read 3 after 1 try 0"]);
    assert_eq!(given.answer(3, page(4, 2..=4)), ["grant 2 at 4 with 3"]);
}

#[test]
fn a_deletion_blanks_the_tail() {
    let mut given = Given::live(3);
    given.live_event(message(4));
    given.live_event(event(5, EventType::MessageEdited, &json!({"targetSeq": 4, "body": "secret too"})));
    given.live_event(event(6, EventType::MessageDeleted, &json!({"targetSeq": 4})));
    given.join(2, Some(3));
    given.0.handle(Input::Drained(Ticket(2)));
    let outputs = given.0.take_outputs();
    let granted = outputs.iter().find_map(|output| match output {
        Output::Grant { joined, .. } => Some(&joined.events),
        _ => None,
    });
    let bodies: Vec<&str> = granted.unwrap().iter().map(|body| body.get()).collect();
    assert!(bodies.iter().all(|body| !body.contains("secret")), "{bodies:?}");
    assert!(bodies[..2].iter().all(|body| body.ends_with(r#""redacted":true,"data":{}}"#)), "{bodies:?}");
}

#[test]
fn who_loses_the_right_gets_the_event_that_ends_it_and_no_other() {
    let mut given = Given::live(3);
    given.join(2, None);
    given.live_event(event(5, EventType::MessagePosted, &json!({})));
    let private = event(4, EventType::ConversationVisibilityChanged, &json!({"visibility": "private"}));
    assert_eq!(given.live_event(private), ["emit 4 to 2", "drop 2", "emit 5 to 1"]);
    assert_eq!(given.join(2, Some(5)), ["read 2 after 5 try 0"]);
    assert_eq!(given.answer(2, page(5, [])), ["refuse 2 not_found"]);
}

#[test]
fn the_right_is_looked_at_again_when_the_page_is_here() {
    let mut given = Given::live(3);
    given.join(2, Some(1));
    given.on(Input::Drained(Ticket(2)));
    let ban = event(4, EventType::MemberBanned, &json!({"userId": user(2)}));
    assert_eq!(given.live_event(ban), ["emit 4 to 1", "read 3 after 4 try 0"]);
    assert!(given.answer(2, page(3, 2..=3)).is_empty());
    assert_eq!(given.answer(3, page(4, [])), ["refuse 2 not_found"]);
}

#[test]
fn a_new_join_first_ends_the_old_one() {
    let mut given = Given::live(3);
    assert_eq!(given.join(1, Some(9)), ["drop 1", "read 2 after 3 try 0"]);
    assert!(given.live_event(message(4)).is_empty(), "while it waits it is no listener");
    assert_eq!(given.answer(2, page(4, [])), ["refuse 1 reset", "close"]);
}

#[test]
fn a_join_is_answered_in_time_unless_its_own_socket_is_slow() {
    let mut given = Given::live(3);
    given.join(2, Some(1));
    assert!(given.on(Input::Timer(Timer::Join(Ticket(2)))).is_empty());
    given.on(Input::Drained(Ticket(2)));
    assert_eq!(given.on(Input::Timer(Timer::Join(Ticket(2)))), ["refuse 2 unavailable"]);
    assert!(given.answer(2, page(3, 2..=3)).is_empty());
}

#[test]
fn leaving_cancels_what_waits_and_an_empty_channel_closes_after_a_while() {
    let mut given = Given::live(3);
    given.join(2, Some(1));
    assert_eq!(given.on(Input::Leave(SocketId(2))), ["refuse 2 conflict"]);
    assert_eq!(given.on(Input::Leave(SocketId(1))), ["drop 1"]);
    assert_eq!(given.on(Input::Timer(Timer::Idle)), ["close"]);
    assert_eq!(given.on(Input::Hint(Seq(9))), ["close"], "until the driver has closed it");
    assert_eq!(given.join(1, None), ["snapshot 2 try 0"]);
}

#[test]
fn joins_that_miss_the_same_share_one_read() {
    let mut given = Given::live(20);
    for socket in [2, 3] {
        assert_eq!(given.join(socket, Some(5)), [format!("drain {socket}")]);
    }
    assert_eq!(given.on(Input::Drained(Ticket(2))), ["read 2 after 5 try 0"]);
    assert!(given.on(Input::Drained(Ticket(3))).is_empty());
    assert_eq!(given.on(Input::Read(ReadNo(2), Answer::Failed)), ["read 3 after 5 try 1"]);
    assert_eq!(given.answer(3, page(20, 6..=9)), ["grant 2 at 9 with 4 more", "grant 3 at 9 with 4 more"]);
    given.join(2, Some(5));
    assert_eq!(given.on(Input::Drained(Ticket(2))), ["read 4 after 5 try 0"]);
    assert_eq!(given.on(Input::Leave(SocketId(2))), ["refuse 2 conflict"]);
    assert!(given.on(Input::Read(ReadNo(4), Answer::Failed)).is_empty(), "nobody waits for it");
}
