//! What keeps channels from opening too early: before the sweep has its cursor, and while a reset is being told.

use tokio::sync::watch;

use crate::channel::Source;

/// Who may open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Open {
    Nobody,
    /// Channels of users; conversations wait until every socket was told `reset`.
    Users,
    All,
}

pub(super) struct Gate(watch::Sender<Open>);

impl Default for Gate {
    fn default() -> Self {
        Self(watch::Sender::new(Open::Nobody))
    }
}

impl Gate {
    pub(super) fn set(&self, open: Open) {
        self.0.send_replace(open);
    }

    pub(super) async fn pass(&self, source: Source) {
        let needed = match source {
            Source::User(_) => Open::Users,
            Source::Conversation(_) => Open::All,
        };
        let passed = self.0.subscribe().wait_for(|open| *open >= needed).await.is_ok();
        assert!(passed, "the sender lives as long as this gate");
    }
}
