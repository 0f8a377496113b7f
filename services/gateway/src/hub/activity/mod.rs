//! Tells connected members of new messages in conversations that their sockets have not joined: a light `conversation.activity`,
//! made from the sweep, at most once a second for each conversation.
//!
//! Lifecycle: a task from the hub's start until the connections have drained; it sleeps while nothing moves.
//!
//! Invariants: the sweep only notes what moved, and the sockets are told by this task, so that neither an event nor a repair waits
//! for it. Their conversations are read after their own stream is live, which keeps the list from then on.

mod table;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use confab_proto::{ConversationId, Seq, Signal, UserId};
use confab_store::{Moved, StoreError};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use table::{News, Table};

use super::Hub;
use crate::channel::Source;
use crate::client::raw;
use crate::socket::{Socket, SocketId};

/// Between two looks while something waits for its time.
const LOOK: Duration = Duration::from_millis(250);
/// Sockets that are told between two turns of everybody else.
const TOLD_A_TURN: usize = 1_000;
/// Conversations told between two turns of everybody else, so that a socket of many of them can write.
const ROOMS_A_TURN: usize = 32;

#[derive(Default)]
pub(crate) struct Activity {
    table: Mutex<Table>,
    moved: Notify,
}

impl Activity {
    pub(super) fn change(&self, user: UserId, conversation: ConversationId, is_in: bool) {
        self.table().change(user, conversation, is_in);
    }

    pub(super) fn is_at(&self, user: UserId, seq: Seq) {
        self.table().is_at(user, seq);
    }

    pub(super) fn forget(&self) {
        self.table().forget();
    }

    /// What one sweep saw. Heads of users' own streams before everything else: see [`Table`].
    pub(crate) fn note(&self, moved: &[Moved]) {
        if moved.is_empty() {
            return;
        }
        let mut table = self.table();
        for one in moved {
            table.is_known_at(one.stream.user(), one.seq);
        }
        for one in moved {
            if let Some(message_no) = one.message_no {
                table.moved(one.stream.conversation(), one.seq, message_no);
            }
        }
        let waits = table.waits();
        drop(table);
        if waits {
            self.moved.notify_one();
        }
    }

    pub(super) fn table(&self) -> MutexGuard<'_, Table> {
        // Nothing panics half-way through a change but for want of memory, so a poisoned table is whole.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hub {
    /// From here on the socket is told of activity. Its own stream is live already.
    pub(crate) async fn learn_conversations(&self, socket: &dyn Socket) -> Result<(), StoreError> {
        self.let_in(socket);
        self.learn_again(socket.user()).await
    }

    fn let_in(&self, socket: &dyn Socket) {
        let mut registry = self.registry();
        // Under its lock, so that a socket which goes at this moment leaves afterwards.
        if registry.is_let_in(socket.id()) {
            self.activity.table().enter(socket.user());
            self.presence.enter(socket);
        }
    }

    /// Also after a new life of the store: their conversations may be others.
    pub(super) async fn learn_again(&self, user: UserId) -> Result<(), StoreError> {
        let unread = self.activity.table().unread(user);
        if let Some(life) = unread {
            let conversations = self.reader.conversations_joined(user).await?;
            self.activity.table().learn(user, life, conversations);
        }
        Ok(())
    }

    pub(super) async fn tell_activity(self: Arc<Self>, stop: CancellationToken) -> anyhow::Result<()> {
        let telling = async {
            loop {
                let waits = self.activity.table().waits();
                let wait = if waits { LOOK } else { Duration::MAX };
                // Either way it looks.
                let (Ok(()) | Err(_)) = tokio::time::timeout(wait, self.activity.moved.notified()).await;
                self.tell_due().await;
            }
        };
        stop.run_until_cancelled(telling).await;
        Ok(())
    }

    async fn tell_due(&self) {
        let released = self.activity.table().take_released();
        for news in released {
            self.tell(news).await;
        }
        let mut told = 0;
        loop {
            let due = self.activity.table().take_due(Instant::now());
            let Some(news) = due else { return };
            self.tell(news).await;
            told += 1;
            if told % ROOMS_A_TURN == 0 {
                tokio::task::yield_now().await;
            }
        }
    }

    async fn tell(&self, news: News) {
        let News { conversation, seq, message_no, users } = news;
        let signal = Signal::ConversationActivity { conversation_id: conversation, seq, message_no };
        let body = raw(&signal);
        for some in users.chunks(TOLD_A_TURN) {
            let sockets = self.registry().outside(some, Source::Conversation(conversation));
            for socket in sockets {
                if !socket.signal(signal.name(), &body) && socket.pending_bytes() > 0 {
                    self.activity.table().hold(socket.user(), conversation);
                }
            }
            if some.len() == TOLD_A_TURN {
                tokio::task::yield_now().await;
            }
        }
    }

    /// A socket that was told of activity has gone.
    pub(super) fn forget_activity(&self, socket: SocketId, user: UserId) {
        self.presence.leave(socket);
        self.activity.table().leave(user);
    }
}
