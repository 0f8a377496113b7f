//! The part of a channel's task that is about attention: typing, signals, and how many members are there.
//!
//! It reads what the channel knows and changes nothing of it.

use std::time::Duration;

use confab_domain::may;
use confab_proto::event_data::Role;
use confab_proto::socket::Refused;
use confab_proto::{Seq, Signal, UserId};
use confab_runtime::bus::Message;
use tokio::time::Instant;

use super::driver::Driver;
use crate::channel::{Source, refusal};
use crate::socket::SocketId;

/// A count is good for so long: it looks at every member.
const COUNT_STANDS: Duration = Duration::from_secs(2);

/// The last count of the members that are there.
#[derive(Debug, Default)]
pub(super) struct PresenceCount(Option<(Instant, u64)>);

impl Driver {
    pub(super) fn take_signal(&mut self, message: Option<Message>) {
        let Some(message) = message else { return };
        let sent = self.signals.relay(&message, &self.channel.listeners(), &self.sockets);
        if sent > 0 {
            self.packets += 1;
            self.sends += sent;
        }
    }

    pub(super) fn typing(&mut self, socket: SocketId, thread_seq: Option<Seq>) -> Result<(), Refused> {
        let user = self.listening(socket)?;
        let conversation = self.channel.conversation().ok_or_else(refusal::not_found)?;
        let Source::Conversation(conversation_id) = self.source else { return Err(refusal::not_found()) };
        may::post(&conversation.rules, conversation.role(user)).map_err(|_| refusal::not_writing())?;
        self.signals.publish(&Signal::TypingStarted { conversation_id, user_id: user, thread_seq });
        Ok(())
    }

    pub(super) fn count_presence(&mut self, socket: SocketId) -> Result<u64, Refused> {
        self.listening(socket)?;
        let now = Instant::now();
        if let Some((at, count)) = self.presence.0
            && now < at + COUNT_STANDS
        {
            return Ok(count);
        }
        let conversation = self.channel.conversation().ok_or_else(refusal::not_found)?;
        let members = conversation.members.iter().filter(|(_, row)| row.role != Role::Banned).map(|(user, _)| user);
        let count = self.hub.presence.count(members);
        self.presence.0 = Some((now, count));
        Ok(count)
    }

    /// Whose the socket is, if it is sent what happens here.
    fn listening(&self, socket: SocketId) -> Result<UserId, Refused> {
        let listeners = self.channel.listeners();
        let found = listeners.iter().find(|listener| listener.socket == socket);
        found.map(|listener| listener.user).ok_or_else(refusal::not_found)
    }

    /// All changes up to here were told to the list of the user's conversations.
    pub(super) fn tell_own_head(&mut self) {
        let head = self.channel.head();
        if let (Source::User(user), true) = (self.source, head != self.own_head) {
            self.own_head = head;
            self.hub.activity.is_at(user, head);
        }
    }
}
