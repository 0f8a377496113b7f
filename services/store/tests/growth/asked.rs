//! All hot calls, each asked until its plans are the ones that are kept, and what is told of the last time.

use crate::calls::{CALLS, Call, Scene};
use crate::caught::{self, Caught};

/// Postgres plans a statement for its values five times, then for any values.
const TIMES: usize = 7;

/// What a call did, at its last time.
pub(crate) struct Asked {
    pub(crate) call: &'static Call,
    pub(crate) answers: usize,
    pub(crate) caught: Caught,
    /// Read calls of the process to the system, at the time when they were the most; `None` where nobody counts them.
    pub(crate) reads: Option<u64>,
}

impl Asked {
    /// Whether it gave what it must, in no more statements than it may have.
    pub(crate) fn is_wrong(&self, on_sqlite: bool) -> Option<String> {
        let Self { call, answers, caught, .. } = self;
        let (statements, most) = (caught.statements.len(), call.statements[usize::from(on_sqlite)]);
        if *answers != call.answers {
            return Some(format!("{answers} answers instead of {}", call.answers));
        }
        (statements > most).then(|| format!("{statements} statements instead of {most}: {:?}", caught.statements))
    }
}

pub(crate) async fn ask_all(scene: &Scene) -> Vec<Asked> {
    let mut all = Vec::new();
    for call in CALLS {
        all.push(ask(scene, call).await);
    }
    all
}

pub(crate) async fn ask_by_name(scene: &Scene, name: &str) -> Asked {
    ask(scene, CALLS.iter().find(|call| call.name == name).expect("a call has this name")).await
}

async fn ask(scene: &Scene, call: &'static Call) -> Asked {
    let mut last = Asked { call, answers: 0, caught: Caught::default(), reads: None };
    for _ in 0..TIMES {
        caught::take();
        let before = reads();
        let answers = (call.ask)(scene).await;
        let reads = reads().zip(before).map(|(after, before)| after - before);
        last = Asked { call, answers, caught: caught::take(), reads: last.reads.max(reads) };
    }
    last
}

/// So far.
fn reads() -> Option<u64> {
    let counts = std::fs::read_to_string("/proc/self/io").ok()?;
    counts.lines().find_map(|line| line.strip_prefix("syscr: "))?.parse().ok()
}
