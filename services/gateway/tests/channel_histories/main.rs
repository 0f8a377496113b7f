//! 500 random histories of the pure channel: what each listener was sent equals the log from its ack on.
//!
//! The channel is the production one; the world around it is a model with a virtual clock. A failure prints its seed.
#![expect(clippy::unwrap_used, reason = "tests")]

mod client;
mod log;
mod world;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use world::World;

fn one_history(seed: u64, seen: &mut BTreeMap<&'static str, u64>) {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut world = World::new(seed);
        world.run();
        world.seen
    }));
    match outcome {
        Ok(counts) => counts.into_iter().for_each(|(what, count)| *seen.entry(what).or_default() += count),
        Err(_) => panic!("history {seed} breaks a law; run one_history({seed}, …) alone"),
    }
}

#[test]
fn every_listener_gets_the_log_from_its_ack_on() {
    let mut seen = BTreeMap::new();
    for seed in 0..500 {
        one_history(seed, &mut seen);
    }
    // What never happened was not tested.
    let expected = [
        "closed",
        "conflict",
        "emitted",
        "granted",
        "listening at the end",
        "more",
        "not_found",
        "page read",
        "reset",
        "session ended",
        "snapshot",
        "unavailable",
    ];
    for what in expected {
        assert!(seen.get(what).is_some_and(|count| *count > 20), "{what}: {seen:?}");
    }
}
