//! The short form of `make simulate`: some seeds break nothing and leave no path untaken, each planted bug is found by a seed that is
//! known to find it soon, and a seed gives the same trace each time.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use confab_runtime::mutants::Mutant;
use confab_simulator::{Plan, Stats, run, shrink};

/// As many as find all paths.
const SEEDS: u64 = 120;

/// A seed that finds each bug.
const KNOWN: &[(Mutant, u64)] = &[
    (Mutant::NoGapTimer, 4),
    (Mutant::RemovalLate, 4),
    (Mutant::PageBeyondHead, 6),
    (Mutant::NoSweep, 2),
    (Mutant::DedupeOff, 1),
    (Mutant::ListenerKept, 41),
    (Mutant::SkipOnFull, 6),
    (Mutant::OverflowForgotten, 3_316),
    (Mutant::FenceOff, 1),
    (Mutant::CursorAhead, 1),
    (Mutant::SweepSkips, 2),
    (Mutant::GreaterOrEqual, 1),
    (Mutant::StaleRules, 3),
    (Mutant::StaleMembers, 4),
    (Mutant::RefusalOnStaleRules, 4),
    (Mutant::RefusalOnStaleHead, 6),
    (Mutant::EpochIgnored, 3),
    (Mutant::LiveEpochIgnored, 12),
    (Mutant::EarlyForgotten, 670),
    (Mutant::SessionOutlives, 2),
];

/// Runs `work` for each number below `end`, on as many threads as there are cores.
fn side_by_side(end: u64, work: impl Fn(u64) + Sync) {
    let next = AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(1, Into::into);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(number) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < end) {
                    work(number);
                }
            });
        }
    });
}

#[test]
fn no_seed_breaks_a_law_and_every_path_is_taken() {
    let all = Mutex::new(Stats::default());
    side_by_side(SEEDS, |number| {
        let seed = number + 1;
        let outcome = run(&Plan::of(seed), None, false);
        all.lock().unwrap().merge(&outcome.stats);
        assert!(outcome.breach.is_none(), "seed {seed}: {}", outcome.breach.unwrap());
    });
    let missing = all.into_inner().unwrap().missing();
    assert!(missing.is_empty(), "never taken in {SEEDS} seeds: {missing:?}");
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    for seed in 1..=6 {
        let (one, two) = (run(&Plan::of(seed), None, true), run(&Plan::of(seed), None, true));
        assert!(one.trace.len() > 50, "seed {seed} shows what happens");
        assert!(one.trace == two.trace && one.stats == two.stats, "seed {seed} is another one the second time");
    }
}

#[test]
fn every_planted_bug_is_found() {
    side_by_side(KNOWN.len() as u64, |number| {
        let (mutant, seed) = KNOWN[usize::try_from(number).unwrap()];
        let breach = run(&Plan::of(seed), Some(mutant), false).breach;
        assert!(
            breach.is_some(),
            "{} is not found by seed {seed} any more: make simulate says which does",
            mutant.name()
        );
        assert!(
            run(&Plan::of(seed), None, false).breach.is_none(),
            "seed {seed} breaks something without {}",
            mutant.name()
        );
    });
    let known: Vec<&str> = KNOWN.iter().map(|(mutant, _)| mutant.name()).collect();
    let unknown: Vec<&str> =
        Mutant::ALL.iter().map(|mutant| mutant.name()).filter(|name| !known.contains(name)).collect();
    assert!(unknown.is_empty(), "no seed is known to find {unknown:?}");
}

#[test]
fn a_failing_seed_is_shrunk_to_what_it_takes() {
    let plan = Plan::of(4);
    let breach = run(&plan, Some(Mutant::RemovalLate), false).breach.unwrap();
    let small = shrink(&plan, Some(Mutant::RemovalLate), breach.law);
    assert!(small.steps() < 15, "{} steps are left of {}", small.steps(), plan.steps());
    let again = run(&small, Some(Mutant::RemovalLate), true);
    assert_eq!(again.breach.unwrap().law, breach.law);
    assert!(again.trace.iter().any(|line| line.contains("BREACH")));
}
