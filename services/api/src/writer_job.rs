//! One command in the write queue, with who waits for its answer and the trace it belongs to.

use std::sync::Arc;

use confab_domain::Append;
use confab_runtime::traces::{self, Parent, Span};
use confab_store::{Outcome, StoreError};
use tokio::sync::oneshot;

pub(crate) type Answer = Result<Outcome, Arc<StoreError>>;

pub(crate) struct Job {
    pub(crate) append: Append,
    pub(crate) answer: oneshot::Sender<Answer>,
    /// `None` unless its request is sampled.
    pub(crate) trace: Option<JobTrace>,
}

pub(crate) struct JobTrace {
    request: Parent,
    /// What the command goes through at the moment.
    now: Span,
}

impl JobTrace {
    /// Of the request that this task answers: from now on its command waits.
    pub(crate) fn begin() -> Option<Self> {
        let request = traces::current()?;
        let now = request.child("append wait");
        Some(Self { request, now })
    }
}

impl Job {
    /// It is in a call to the store, with so many others.
    pub(crate) fn is_appended_among(&mut self, commands: usize) {
        if let Some(trace) = &mut self.trace {
            trace.now = trace.request.child("append");
            trace.now.number("batch.commands", commands);
        }
    }

    /// The call has ended like this. Gives the parent of what follows from it.
    pub(crate) fn has_ended(&mut self, outcome: &'static str, failed: bool) -> Option<Parent> {
        let mut trace = self.trace.take()?;
        trace.now.word("append.outcome", outcome);
        if failed {
            trace.now.fail();
        }
        Some(trace.request)
    }
}
