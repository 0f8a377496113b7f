//! Joins that wait for their answer, and the pages that some of them are given.
//!
//! Joins of one socket are answered in their order. A join keeps how far it has come, never a decision: the right is
//! looked at again each time, as of the head at which it is answered.

use std::sync::Arc;

use confab_proto::socket::JoinOptions;
use confab_proto::{Seq, SessionId, UserId};
use confab_runtime::mutants::{Mutant, planted};
use serde_json::value::RawValue;

use super::event::ChannelEvent;
use super::{Listener, Page, ReadNo, Ticket};
use crate::socket::SocketId;

/// A wish to listen, as the driver hands it in.
#[derive(Clone, Copy, Debug)]
pub struct JoinRequest {
    /// Names this join in outputs; never used twice.
    pub ticket: Ticket,
    pub socket: SocketId,
    pub user: UserId,
    pub session: SessionId,
    /// `None`: live from now.
    pub options: Option<JoinOptions>,
}

impl JoinRequest {
    pub(super) fn listener(&self) -> Listener {
        Listener { socket: self.socket, user: self.user, session: self.session, ticket: self.ticket }
    }
}

/// A join that waits.
#[derive(Debug)]
pub(super) struct Join {
    pub(super) request: JoinRequest,
    /// Reads from this number on were begun after the join came.
    pub(super) arrived: ReadNo,
    pub(super) step: Step,
}

/// How far a join with `after` has come.
#[derive(Debug)]
pub(super) enum Step {
    Asked,
    /// Too much is still on its way to the socket.
    Draining,
    Drained,
    Reading,
    /// Waits for LIVE, or is answered at once.
    Read(Arc<Page>),
}

impl Join {
    /// It waits for the page after this `seq`.
    pub(super) fn reads(&self, after: Seq) -> bool {
        matches!(self.step, Step::Reading) && self.request.options.is_some_and(|options| options.after == after)
    }
}

/// Events of an ack, within its limits but at least one.
pub(super) struct AckPage {
    pub(super) events: Vec<Box<RawValue>>,
    /// The last `seq` contained.
    pub(super) end: Seq,
    bytes: usize,
    count: usize,
    max_events: usize,
    max_bytes: usize,
}

impl AckPage {
    pub(super) fn new(after: Seq, max_events: usize, max_bytes: usize) -> Self {
        Self { events: Vec::new(), end: after, bytes: 0, count: 0, max_events, max_bytes }
    }

    /// Adds what follows the end, in order, as long as there is room and no gap; nothing beyond `head`.
    pub(super) fn extend<'a>(&mut self, events: impl IntoIterator<Item = &'a Arc<ChannelEvent>>, head: Seq) {
        for event in events {
            if event.seq <= self.end {
                continue;
            }
            let fits = self.count < self.max_events && self.bytes + event.bytes() <= self.max_bytes;
            if event.seq != self.end.next()
                || (event.seq > head && !planted(Mutant::PageBeyondHead))
                || !(fits || self.count == 0)
            {
                return;
            }
            self.events.extend(event.body.clone());
            self.end = event.seq;
            self.bytes += event.bytes();
            self.count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use confab_proto::{EventType, Position};

    use super::*;

    fn events(seqs: std::ops::RangeInclusive<u64>) -> Vec<Arc<ChannelEvent>> {
        let event = |seq| ChannelEvent::from_live(Seq(seq), Position(seq), EventType::MessagePosted, b"{\"a\":123456}");
        seqs.map(|seq| Arc::new(event(seq).unwrap())).collect()
    }

    fn end(after: u64, limits: (usize, usize), parts: &[std::ops::RangeInclusive<u64>], head: u64) -> (u64, usize) {
        let mut page = AckPage::new(Seq(after), limits.0, limits.1);
        for part in parts {
            page.extend(&events(part.clone()), Seq(head));
        }
        (page.end.0, page.events.len())
    }

    #[test]
    fn a_page_stays_within_its_limits_but_has_one_event() {
        assert_eq!(end(0, (5, 1000), &[1..=9], 9), (5, 5));
        assert_eq!(end(0, (5, 30), &[1..=9], 9), (2, 2));
        assert_eq!(end(0, (5, 1), &[1..=9], 9), (1, 1));
    }

    #[test]
    fn a_page_never_goes_beyond_the_head_or_over_a_gap() {
        assert_eq!(end(2, (50, 1000), &[1..=9], 6), (6, 4));
        assert_eq!(end(2, (50, 1000), &[3..=4, 4..=6], 9), (6, 4));
        assert_eq!(end(2, (50, 1000), &[3..=4, 6..=7], 9), (4, 2));
    }
}
