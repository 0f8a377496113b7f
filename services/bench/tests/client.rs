//! One client without a server: what it sends, writes down and arranges for, given what comes.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use confab_bench::client::{Act, Client, Timer};
use confab_bench::history::Line;
use confab_proto::Seq;
use serde_json::{Value, json, value::to_raw_value};

const HERE: &str = "0198c0de-0000-7000-8000-00000000000a";
const ME: &str = "0198c0de-0000-7000-8000-00000000000b";
const OTHER: &str = "0198c0de-0000-7000-8000-00000000000c";
const EPOCH: &str = "00000000000000ff";

fn client(bare: bool, restless: bool) -> Client {
    let spec = json!({ "name": "c7", "user": ME, "token": "t", "transport": "websocket", "bare": bare, "restless": restless, "conversations": [HERE] });
    let gateways: Vec<_> = serde_json::from_value(json!([{ "name": "gateway 1", "url": "http://x" }])).unwrap();
    let mut client = Client::new(serde_json::from_value(spec).unwrap(), gateways.into(), 7);
    assert!(matches!(client.acts()[0], Act::Open(0)));
    client
}

/// Its packets, its lines and its timers since the last call.
fn acts(client: &mut Client) -> (Vec<String>, Vec<Line>, Vec<(Duration, Timer)>) {
    let (mut sent, mut lines, mut timers) = (vec![], vec![], vec![]);
    for act in client.acts() {
        match act {
            Act::Send(packet) => sent.push(packet),
            Act::Write(line) => lines.push(line),
            Act::Later(wait, timer) => timers.push((wait, timer)),
            Act::Open(_) => {}
        }
    }
    (sent, lines, timers)
}

fn envelope(seq: u64, data: &Value) -> Value {
    json!({ "conversationId": HERE, "seq": seq, "position": seq, "type": "x", "data": data })
}

fn page(seq: u64, more: bool, events: &[u64]) -> Value {
    let events: Vec<_> = events.iter().map(|seq| envelope(*seq, &json!({}))).collect();
    json!({ "ok": true, "seq": seq, "epoch": EPOCH, "more": more, "events": events })
}

fn answer(client: &mut Client, number: u64, value: &Value) {
    client.answer(number, Some(&to_raw_value(value).unwrap())).unwrap();
}

fn event(client: &mut Client, name: &str, value: &Value) {
    client.event(name, Some(&to_raw_value(value).unwrap())).unwrap();
}

fn last(client: &mut Client) -> (Option<Seq>, bool) {
    let place = client.standing()[&HERE.parse().unwrap()];
    (place.last, place.joined)
}

/// Connected, and joined with everything up to `seq`.
fn joined(seq: u64) -> Client {
    let mut client = client(false, false);
    client.connected();
    answer(&mut client, 0, &page(seq, false, &(1..=seq).collect::<Vec<_>>()));
    acts(&mut client);
    client
}

#[test]
fn asks_for_page_after_page_and_then_follows() {
    let mut client = client(false, false);
    client.connected();
    assert_eq!(acts(&mut client).0, [format!(r#"420["joinConversation","{HERE}",{{"after":0}}]"#)]);
    answer(&mut client, 0, &page(2, true, &[1, 2]));
    assert_eq!(last(&mut client), (Some(Seq(2)), false));
    assert_eq!(acts(&mut client).0, [format!(r#"421["joinConversation","{HERE}",{{"after":2,"epoch":"{EPOCH}"}}]"#)]);
    answer(&mut client, 1, &page(3, false, &[3]));
    event(&mut client, "message.posted", &envelope(4, &json!({})));
    assert_eq!(last(&mut client), (Some(Seq(4)), true));
}

#[test]
fn goes_on_where_it_was_on_another_socket() {
    let mut client = joined(3);
    client.lost("transport close");
    let (sent, lines, timers) = acts(&mut client);
    assert!(sent.is_empty() && matches!(&lines[..], [Line::Disconnect { why: "transport close", .. }]));
    assert!(matches!(&timers[..], [(_, Timer::Reconnect)]));
    client.due(Timer::Reconnect);
    assert!(matches!(client.acts()[..], [Act::Open(0)]));
    client.connected();
    let (sent, lines, _) = acts(&mut client);
    assert!(sent[0].contains(r#"{"after":3,"#), "{sent:?}");
    assert!(matches!(&lines[0], Line::Connect { socket, .. } if &**socket == "c7.2"));
}

#[test]
fn joins_again_over_a_hole_and_writes_down_everything() {
    let mut client = joined(3);
    event(&mut client, "message.posted", &envelope(3, &json!({})));
    event(&mut client, "message.posted", &envelope(5, &json!({})));
    let (sent, lines, _) = acts(&mut client);
    assert_eq!(last(&mut client), (Some(Seq(3)), false));
    assert!(sent.len() == 1 && sent[0].contains(r#"{"after":3,"#), "{sent:?}");
    let seqs: Vec<_> =
        lines.iter().filter_map(|line| if let Line::Event { seq, .. } = line { Some(seq.0) } else { None }).collect();
    assert_eq!(seqs, [3, 5]);
}

#[test]
fn a_bare_one_begins_at_the_answer() {
    let mut client = client(true, false);
    client.connected();
    assert_eq!(acts(&mut client).0, [format!(r#"420["joinConversation","{HERE}"]"#)]);
    answer(&mut client, 0, &page(40, false, &[]));
    assert_eq!(last(&mut client), (Some(Seq(40)), true));
}

#[test]
fn asks_again_after_a_refusal() {
    let mut client = joined(3);
    client.lost("x");
    client.connected();
    acts(&mut client);
    answer(&mut client, 1, &json!({ "ok": false, "code": "not_found", "message": "x" }));
    let (_, lines, timers) = acts(&mut client);
    assert!(matches!(&lines[..], [Line::Joined { ok: false, .. }]));
    assert!(matches!(timers[..], [(wait, Timer::Retry(0))] if wait >= Duration::from_millis(800)));
    client.due(Timer::Retry(0));
    assert!(acts(&mut client).0[0].contains(r#"{"after":3,"#));
}

#[test]
fn looks_at_its_right_only_if_the_event_may_be_about_it() {
    let mut client = joined(3);
    event(&mut client, "member.removed", &envelope(4, &json!({ "userId": OTHER })));
    assert!(acts(&mut client).2.is_empty());
    event(&mut client, "member.removed", &envelope(5, &json!({ "userId": ME })));
    assert!(matches!(acts(&mut client).2[..], [(_, Timer::Look(0))]));
    client.due(Timer::Look(0));
    assert!(acts(&mut client).0[0].contains(r#"{"after":5,"#));
}

#[test]
fn reads_from_the_beginning_after_a_reset() {
    let mut client = joined(3);
    event(&mut client, "reset", &json!({ "epoch": EPOCH }));
    let (sent, lines, _) = acts(&mut client);
    assert!(sent[0].ends_with(r#"{"after":0}]"#), "{sent:?}");
    assert!(matches!(lines[0], Line::Reset { .. }));
}

#[test]
fn leaves_comes_back_and_stays_once_asked() {
    let mut client = client(false, true);
    client.connected();
    answer(&mut client, 0, &page(0, false, &[]));
    acts(&mut client);
    client.due(Timer::Wander);
    assert_eq!(acts(&mut client).0, [format!(r#"421["leaveConversation","{HERE}"]"#)]);
    answer(&mut client, 1, &json!({ "ok": true }));
    let (_, lines, timers) = acts(&mut client);
    assert!(matches!(lines[..], [Line::Left { .. }]));
    let (_, back) = timers.into_iter().find(|(_, timer)| matches!(timer, Timer::Return(0, _))).unwrap();
    client.due(back);
    assert!(acts(&mut client).0[0].contains("joinConversation"));
    answer(&mut client, 2, &page(0, false, &[]));
    assert_eq!(last(&mut client), (Some(Seq(0)), true));
    client.due(Timer::Wander);
    assert!(acts(&mut client).0.is_empty());
}

#[test]
fn fails_on_what_it_cannot_read() {
    let mut client = joined(3);
    assert!(client.answer(9, None).is_err(), "an answer to no question");
    assert!(client.event("message.posted", Some(&to_raw_value(&json!({ "seq": "4" })).unwrap())).is_err());
    client.lost("x");
    client.connected();
    assert!(client.answer(1, Some(&to_raw_value(&json!({ "ok": true, "seq": 4 })).unwrap())).is_err());
}
