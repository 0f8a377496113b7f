//! What the store's own connections did: each statement as sqlx tells it, and in Postgres the plan with what it really read, as `auto_explain`
//! gives it as a notice, also of statements within functions.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber, subscriber};

/// One process, one place where sqlx tells things: whoever looks at it is alone.
pub(crate) static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

static CAUGHT: Mutex<Caught> = Mutex::new(Caught { statements: Vec::new(), plans: Vec::new() });

/// Since the last time.
#[derive(Default)]
pub(crate) struct Caught {
    /// In SQL, as they were prepared.
    pub(crate) statements: Vec<String>,
    /// `duration: … plan:` and JSON.
    pub(crate) plans: Vec<String>,
}

/// For the whole process, from here on.
pub(crate) fn begin() {
    // A second test of this process finds it there.
    let _ = subscriber::set_global_default(Catcher);
}

pub(crate) fn take() -> Caught {
    std::mem::take(&mut caught())
}

fn caught() -> MutexGuard<'static, Caught> {
    CAUGHT.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Catcher;

impl Subscriber for Catcher {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        matches!(metadata.target(), "sqlx::query" | "sqlx::postgres::notice")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut texts = Texts::default();
        event.record(&mut texts);
        let mut caught = caught();
        if event.metadata().target() == "sqlx::query" {
            // A short statement is its own summary.
            let whole = if texts.statement.is_empty() { texts.summary } else { texts.statement };
            caught.statements.push(whole.trim().to_owned());
        } else if texts.message.contains("plan:") {
            caught.plans.push(texts.message);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Texts {
    summary: String,
    statement: String,
    message: String,
}

impl Visit for Texts {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.statement),
            "message" => value.clone_into(&mut self.message),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
