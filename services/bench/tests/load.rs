//! The load generator against the bare fan-out: everything arrives, once, in order, and is counted.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;

use confab_bench::load::spec::{Outcome, Spec};
use confab_bench::{fanout, load};
use serde_json::json;
use tokio::runtime::Builder;

fn on_a_thread<T>(work: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// Ports of sockets and feed. It ends with the process.
fn bare() -> (u16, u16) {
    let (told, ports) = mpsc::channel();
    thread::spawn(move || on_a_thread(fanout::run(|sockets, feed| told.send((sockets, feed)).unwrap())));
    ports.recv().unwrap()
}

fn run(change: impl FnOnce(&mut serde_json::Value)) -> anyhow::Result<Outcome> {
    let (sockets, feed) = bare();
    let server = format!("127.0.0.1:{sockets}");
    let listener = |rooms: &[usize]| json!({"server": server, "token": null, "rooms": rooms});
    let mut spec = json!({
        "dialect": "bare",
        "rooms": ["a", "b", "c"],
        "listeners": [listener(&[0]), listener(&[0, 1]), listener(&[2]), listener(&[2])],
        "opening": 2,
        "sender": {"feed": {"server": format!("127.0.0.1:{feed}")}},
        "rate": 600.0,
        "deliveriesAhead": null,
        "warmUpSeconds": 0.1,
        "seconds": 0.5,
        "bodyBytes": 120,
        "watch": {"me": [std::process::id()]},
    });
    change(&mut spec);
    on_a_thread(load::run(serde_json::from_value::<Spec>(spec)?))
}

#[test]
fn everything_arrives_once_and_in_order() {
    let outcome = run(|_| {}).unwrap();
    assert_eq!((outcome.missing, outcome.duplicate, outcome.reordered, outcome.refused), (0, 0, 0, 0));
    assert!(outcome.sent > 0 && outcome.delivered > outcome.sent, "{outcome:?}");
    assert!(outcome.processes["me"].cpu_ns > 0 && outcome.delivery.p50 <= outcome.delivery.max);
}

#[test]
fn without_a_rate_the_next_message_follows_the_answer() {
    let outcome = run(|spec| spec["rate"] = json!(null)).unwrap();
    assert_eq!(outcome.missing, 0);
    assert!(outcome.sent > 0);
}

#[test]
fn nobody_sends_further_ahead_than_allowed() {
    // It takes everything and delivers nothing.
    let sink = TcpListener::bind("127.0.0.1:0").unwrap();
    let outcome = run(|spec| {
        spec["rate"] = json!(null);
        spec["deliveriesAhead"] = json!(0);
        spec["sender"]["feed"]["server"] = json!(sink.local_addr().unwrap().to_string());
    });
    // The first room has two listeners: one message was sent, and no second one.
    assert_eq!(outcome.unwrap().missing, 2);
}

#[test]
fn whoever_cannot_connect_fails_the_run_and_is_named() {
    let failed = run(|spec| spec["listeners"][3]["server"] = json!("127.0.0.1:1")).unwrap_err();
    assert!(format!("{failed:#}").starts_with("listener 3: cannot connect to 127.0.0.1:1"), "{failed:#}");
    let failed = run(|spec| spec["watch"] = json!({"nobody": [u32::MAX]})).unwrap_err();
    assert!(format!("{failed:#}").contains("CPU time of process"), "{failed:#}");
}
