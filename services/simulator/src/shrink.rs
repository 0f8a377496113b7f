//! Makes a failing plan small: leaves out halves, quarters, single steps, as long as the same law stays broken.

use confab_runtime::mutants::Mutant;

use crate::plan::Plan;
use crate::run::run;

/// Runs at most: a plan has about a hundred steps.
const MOST_RUNS: usize = 400;

/// A plan with as few steps as were found that breaks the same law.
#[must_use]
pub fn shrink(plan: &Plan, mutant: Option<Mutant>, law: &str) -> Plan {
    let mut smallest = plan.clone();
    let mut chunk = smallest.steps.len().div_ceil(2).max(1);
    let mut runs = 0;
    loop {
        let mut from = 0;
        let mut helped = false;
        while from < smallest.steps.len() && runs < MOST_RUNS {
            let left_out = from..from + chunk;
            let smaller = smallest.keeping(|index| !left_out.contains(&index));
            runs += 1;
            if run(&smaller, mutant, false).breach.is_some_and(|breach| breach.law == law) {
                smallest = smaller;
                helped = true;
            } else {
                from += chunk;
            }
        }
        if runs >= MOST_RUNS || (chunk == 1 && !helped) {
            return smallest;
        }
        chunk = (chunk / 2).max(1);
    }
}
