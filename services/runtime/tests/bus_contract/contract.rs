//! The contract, as functions over two ends of a bus; at the bottom the list of tests for each implementation.

use std::sync::Arc;

use confab_runtime::bus::{Bus, BusStatus, InProcess, LiveHeaders, Message, SUBSCRIPTION_QUEUE};

use super::{connect, live, nats_url, next, settle, signal, subject};

struct Ends {
    sender: Arc<dyn Bus>,
    listener: Arc<dyn Bus>,
}

async fn in_process() -> Ends {
    let bus = InProcess::new();
    Ends { sender: Arc::new(bus.clone()), listener: Arc::new(bus) }
}

async fn nats() -> Ends {
    let url = nats_url();
    Ends { sender: connect(&url).await, listener: connect(&url).await }
}

async fn carries_headers_and_body_unchanged(ends: Ends) {
    let subject = subject();
    let mut subscription = ends.listener.subscribe(&subject);
    settle(&*ends.sender, &subject, &mut subscription).await;
    let headers = LiveHeaders {
        seq: u64::MAX,
        position: 9_007_199_254_740_993,
        event_type: "member.role_changed".to_owned(),
        epoch: "0123456789abcdef".to_owned(),
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
    };
    let sent = Message { subject, headers: Some(headers), body: vec![0, 255, 13, 10].into() };
    ends.sender.publish(sent.clone());
    assert_eq!(next(&mut subscription).await, sent);
    assert_eq!(ends.listener.status(), BusStatus::Ok);
}

async fn carries_signals_without_headers(ends: Ends) {
    let subject = subject();
    let mut subscription = ends.listener.subscribe(&subject);
    settle(&*ends.sender, &subject, &mut subscription).await;
    ends.sender.publish(signal(&subject, "typing"));
    assert_eq!(next(&mut subscription).await, signal(&subject, "typing"));
    ends.sender.publish(signal(&subject, ""));
    assert_eq!(next(&mut subscription).await, signal(&subject, ""));
}

async fn keeps_the_order_and_serves_each_subscription(ends: Ends) {
    let subject = subject();
    let mut first = ends.listener.subscribe(&subject);
    let mut second = ends.sender.subscribe(&subject);
    settle(&*ends.sender, &subject, &mut first).await;
    settle(&*ends.sender, &subject, &mut second).await;
    for seq in 1..=1000 {
        ends.sender.publish(live(&subject, seq));
    }
    for subscription in [&mut first, &mut second] {
        let mut seq = 0;
        while seq < 1000 {
            let message = next(subscription).await;
            // Probes of the other subscription.
            if message.headers.is_some() {
                seq += 1;
                assert_eq!(message, live(&subject, seq));
            }
        }
    }
}

async fn hears_only_its_own_subject_and_only_what_comes_later(ends: Ends) {
    let (mine, other) = (subject(), subject());
    let mut noise = ends.listener.subscribe(&other);
    settle(&*ends.sender, &other, &mut noise).await;
    ends.sender.publish(live(&mine, 1));
    ends.sender.publish(live(&other, 2));
    assert_eq!(next(&mut noise).await, live(&other, 2));
    let mut subscription = ends.listener.subscribe(&mine);
    settle(&*ends.sender, &mine, &mut subscription).await;
    ends.sender.publish(live(&other, 3));
    ends.sender.publish(live(&mine, 4));
    assert_eq!(next(&mut subscription).await, live(&mine, 4));
}

async fn drops_the_newest_when_a_subscription_is_full(ends: Ends) {
    let (slow, marker) = (subject(), subject());
    let mut full = ends.listener.subscribe(&slow);
    settle(&*ends.sender, &slow, &mut full).await;
    let mut done = ends.listener.subscribe(&marker);
    settle(&*ends.sender, &marker, &mut done).await;
    let before = ends.listener.dropped();
    let room = u64::try_from(SUBSCRIPTION_QUEUE).unwrap();
    for seq in 1..=room + 500 {
        ends.sender.publish(live(&slow, seq));
    }
    // A bus keeps the order, so when a later message is here all of the above has been put somewhere or dropped.
    settle(&*ends.sender, &marker, &mut done).await;
    assert!(ends.listener.dropped() > before);
    for seq in 1..=room {
        assert_eq!(full.try_next(), Some(live(&slow, seq)), "try_next gives all that is here without a pause");
    }
    assert_eq!(full.try_next(), None);
    ends.sender.publish(live(&slow, 9999));
    assert_eq!(next(&mut full).await, live(&slow, 9999));
}

async fn a_dropped_subscription_disturbs_no_other(ends: Ends) {
    let subject = subject();
    let gone = ends.listener.subscribe(&subject);
    let mut stays = ends.listener.subscribe(&subject);
    settle(&*ends.sender, &subject, &mut stays).await;
    drop(gone);
    ends.sender.publish(live(&subject, 1));
    assert_eq!(next(&mut stays).await, live(&subject, 1));
    assert_eq!(ends.listener.dropped(), 0);
}

async fn drops_and_counts_what_cannot_be_sent(ends: Ends) {
    let subject = subject();
    let mut subscription = ends.listener.subscribe(&subject);
    settle(&*ends.sender, &subject, &mut subscription).await;
    let mut two_lines = live(&subject, 1);
    two_lines.headers.as_mut().unwrap().epoch = "a\r\nConfab-Seq: 7".to_owned();
    let before = ends.sender.dropped();
    ends.sender.publish(two_lines);
    for bad in ["", "confab..x", "confab.*", "confab.>", "confab x"] {
        ends.sender.publish(signal(bad, "x"));
    }
    ends.sender.publish(live(&subject, 2));
    assert_eq!(next(&mut subscription).await, live(&subject, 2));
    assert_eq!(ends.sender.dropped() - before, 6);
}

async fn a_subject_with_wildcards_is_never_heard(ends: Ends) {
    for bad in ["", "confab.*", "confab.>", "confab .x"] {
        let mut subscription = ends.listener.subscribe(bad);
        assert_eq!(subscription.try_next(), None);
        assert_eq!(subscription.next().await, None, "{bad:?} ends at once");
    }
}

macro_rules! tests {
    ($($contract:ident)*) => {
        mod over_the_embedded_bus {
            $(#[tokio::test] async fn $contract() { super::$contract(super::in_process().await).await; })*
        }
        mod over_nats {
            $(#[tokio::test] async fn $contract() { super::$contract(super::nats().await).await; })*
        }
    };
}

tests! {
    carries_headers_and_body_unchanged
    carries_signals_without_headers
    keeps_the_order_and_serves_each_subscription
    hears_only_its_own_subject_and_only_what_comes_later
    drops_the_newest_when_a_subscription_is_full
    a_dropped_subscription_disturbs_no_other
    drops_and_counts_what_cannot_be_sent
    a_subject_with_wildcards_is_never_heard
}
