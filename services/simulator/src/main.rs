//! The command: runs seeds, replays one, or looks whether planted bugs are found.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::Parser;
use confab_runtime::mutants::Mutant;
use confab_simulator::{Breach, Plan, Stats, run, shrink};

/// With so many seeds every path is taken that a proof has to take.
const ENOUGH: u64 = 120;

/// Runs Confab in virtual time and bad weather, and looks at its laws at every step
#[derive(Parser)]
struct Options {
    /// How many seeds
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1)]
    first: u64,
    /// At the same time; all cores by default
    #[arg(long)]
    threads: Option<usize>,
    /// Runs one seed and shows everything that happens
    #[arg(long)]
    replay: Option<u64>,
    /// Leaves a failing seed as long as it is
    #[arg(long)]
    whole: bool,
    /// Plants a bug
    #[arg(long, value_parser = mutant)]
    mutant: Option<Mutant>,
    /// Plants one bug after the other and says which seed finds it first
    #[arg(long)]
    mutants: bool,
}

fn mutant(name: &str) -> Result<Mutant, String> {
    let known = || Mutant::ALL.iter().map(|mutant| mutant.name()).collect::<Vec<_>>().join(", ");
    Mutant::ALL.iter().copied().find(|mutant| mutant.name() == name).ok_or_else(|| format!("one of {}", known()))
}

#[expect(clippy::print_stdout, reason = "what the command says")]
fn main() -> ExitCode {
    let options = Options::parse();
    let threads = options.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, Into::into));
    if let Some(seed) = options.replay {
        return replay(seed, options.mutant, options.whole);
    }
    if options.mutants {
        return all_mutants(&options, threads);
    }
    let begun = Instant::now();
    let Searched { breach, stats, .. } = search(&options, options.mutant, threads);
    let hours = stats.get("virtual milliseconds") as f64 / 3_600_000.0;
    println!("{stats}");
    println!("{} seeds, {hours:.1} virtual hours in {:.0} s", options.seeds, begun.elapsed().as_secs_f64());
    match breach {
        None => {
            let missing = stats.missing();
            println!("0 breaches");
            if missing.is_empty() || options.seeds < ENOUGH {
                return ExitCode::SUCCESS;
            }
            // A path that nobody took is a hole in the proof.
            println!("never taken: {}", missing.join(", "));
            ExitCode::FAILURE
        }
        Some((seed, breach)) => {
            println!("seed {seed}: {breach}\n");
            replay(seed, options.mutant, options.whole)
        }
    }
}

struct Searched {
    /// The lowest seed that broke a law.
    breach: Option<(u64, Breach)>,
    stats: Stats,
}

/// Runs the seeds in their order, a few at a time, up to the first breach.
fn search(options: &Options, mutant: Option<Mutant>, threads: usize) -> Searched {
    let next = AtomicU64::new(options.first);
    let end = AtomicU64::new(options.first + options.seeds);
    let found = Mutex::new(Searched { breach: None, stats: Stats::default() });
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end.load(Ordering::Relaxed) {
                        return;
                    }
                    let outcome = run(&Plan::of(seed), mutant, false);
                    let mut found = found.lock().expect("no run panics while it is held");
                    found.stats.merge(&outcome.stats);
                    if let Some(breach) = outcome.breach {
                        end.fetch_min(seed, Ordering::Relaxed);
                        if found.breach.as_ref().is_none_or(|(first, _)| seed < *first) {
                            found.breach = Some((seed, breach));
                        }
                    }
                }
            });
        }
    });
    found.into_inner().expect("no run panics while it is held")
}

#[expect(clippy::print_stdout, reason = "what the command says")]
fn all_mutants(options: &Options, threads: usize) -> ExitCode {
    let mut survivors = 0;
    for mutant in Mutant::ALL {
        match search(options, Some(*mutant), threads).breach {
            Some((seed, breach)) => println!("{:<20} seed {seed:>5}  {} {}", mutant.name(), breach.law, breach.text),
            None => {
                survivors += 1;
                println!("{:<20} SURVIVES: {}", mutant.name(), mutant.says());
            }
        }
    }
    if survivors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs one seed and shows what happened; if a law is broken, only the steps that it takes.
#[expect(clippy::print_stdout, reason = "what the command says")]
fn replay(seed: u64, mutant: Option<Mutant>, whole: bool) -> ExitCode {
    let plan = Plan::of(seed);
    let Some(breach) = run(&plan, mutant, false).breach else {
        run(&plan, mutant, true).trace.iter().for_each(|line| println!("{line}"));
        println!("seed {seed} breaks nothing");
        return ExitCode::SUCCESS;
    };
    let plan = if whole { plan } else { shrink(&plan, mutant, breach.law) };
    let outcome = run(&plan, mutant, true);
    outcome.trace.iter().for_each(|line| println!("{line}"));
    let planted = mutant.map_or(String::new(), |mutant| format!(" --mutant {}", mutant.name()));
    println!("\n{} of {} steps are left", plan.steps(), Plan::of(seed).steps());
    println!("replay: cargo run --release -p confab-simulator -- --replay {seed}{planted}");
    ExitCode::FAILURE
}
