//! The short form of `make simulate`: some seeds break nothing and leave no path untaken, planted bugs are found,
//! all but the rarest, and a seed gives the same trace each time.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use confab_runtime::mutants::Mutant;
use confab_simulator::{Plan, Stats, run, shrink};

/// As many as find all paths.
const SEEDS: u64 = 120;

/// Bugs that show only when several rare things meet, in one of hundreds or thousands of seeds: `make simulate` looks for them.
const RARE: &[Mutant] =
    &[Mutant::OverflowForgotten, Mutant::EarlyForgotten, Mutant::ForeignUnseen, Mutant::SessionReadOnce];

/// Each of the others is found by one of so many.
const SOON: u64 = 100;

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
    let mutants: Vec<Mutant> = Mutant::ALL.iter().copied().filter(|mutant| !RARE.contains(mutant)).collect();
    side_by_side(mutants.len() as u64, |number| {
        let mutant = mutants[usize::try_from(number).unwrap()];
        let finds = |seed: &u64| run(&Plan::of(*seed), Some(mutant), false).breach.is_some();
        assert!((1..=SOON).any(|seed| finds(&seed)), "{} survives: {}", mutant.name(), mutant.says());
    });
}

#[test]
fn a_failing_seed_is_shrunk_to_what_it_takes() {
    let found = |seed: u64| {
        let plan = Plan::of(seed);
        let breach = run(&plan, Some(Mutant::RemovalLate), false).breach?;
        Some((plan, breach))
    };
    let (plan, breach) = (1..=SOON).find_map(found).unwrap();
    let small = shrink(&plan, Some(Mutant::RemovalLate), breach.law);
    assert!(small.steps() < 15, "{} steps are left of {}", small.steps(), plan.steps());
    let again = run(&small, Some(Mutant::RemovalLate), true);
    assert_eq!(again.breach.unwrap().law, breach.law);
    assert!(again.trace.iter().any(|line| line.contains("BREACH")));
}
