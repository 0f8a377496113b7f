//! A stop of everything that one process does, as by SIGSTOP: while it is shut, nothing behind it is polled.
//!
//! For the simulator only. What happens meanwhile waits for the process, all at once, when it opens.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Clones share one gate. Open at first.
#[derive(Clone, Default)]
pub struct Gate(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    shut: bool,
    waiting: Vec<Waker>,
}

impl Gate {
    pub fn set_shut(&self, shut: bool) {
        let waiting = {
            let mut inner = self.lock();
            inner.shut = shut;
            if shut { Vec::new() } else { std::mem::take(&mut inner.waiting) }
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    #[must_use]
    pub fn is_shut(&self) -> bool {
        self.lock().shut
    }

    /// The same work, behind the gate.
    pub fn guard<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        let gate = self.clone();
        let mut work = Box::pin(work);
        std::future::poll_fn(move |context| gate.poll(&mut work, context))
    }

    fn poll<F: Future>(&self, work: &mut Pin<Box<F>>, context: &mut Context<'_>) -> Poll<F::Output> {
        let mut inner = self.lock();
        if inner.shut {
            inner.waiting.push(context.waker().clone());
            return Poll::Pending;
        }
        drop(inner);
        work.as_mut().poll(context)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Each change is one assignment, so a poisoned gate is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
