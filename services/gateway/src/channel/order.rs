//! Puts events in order: what comes next is given out once, what comes early waits, what came before is dropped.
//!
//! Knows the highest `seq` that anybody mentioned, so that a hole shows even when its events found no room to wait.

use std::collections::BTreeMap;
use std::sync::Arc;

use confab_proto::Seq;
use confab_runtime::mutants::{Mutant, planted};

use super::event::ChannelEvent;

#[derive(Debug, Default)]
pub(super) struct Order {
    head: Seq,
    heard: Seq,
    pending: BTreeMap<Seq, Arc<ChannelEvent>>,
    max_pending: usize,
}

impl Order {
    pub(super) fn new(max_pending: usize) -> Self {
        Self { max_pending, ..Self::default() }
    }

    /// The highest contiguous `seq` given out.
    pub(super) fn head(&self) -> Seq {
        self.head
    }

    /// The highest `seq` anybody mentioned.
    pub(super) fn heard(&self) -> Seq {
        self.heard
    }

    /// Something between the head and what was heard of is missing.
    pub(super) fn has_hole(&self) -> bool {
        self.heard > self.head
    }

    /// Goes on from `head`; what was heard of before stays heard.
    pub(super) fn start(&mut self, head: Seq) {
        self.pending.retain(|seq, _| *seq > head);
        self.head = head;
        self.hear(head);
    }

    pub(super) fn hear(&mut self, seq: Seq) {
        self.heard = self.heard.max(seq);
    }

    /// Takes an event in any order; without room for it only its number stays.
    pub(super) fn offer(&mut self, event: Arc<ChannelEvent>) {
        if event.seq <= self.head {
            return;
        }
        if !planted(Mutant::OverflowForgotten) || self.pending.len() < self.max_pending {
            self.hear(event.seq);
        }
        if self.pending.len() < self.max_pending || event.seq == self.head.next() {
            self.pending.entry(event.seq).or_insert(event);
        }
    }

    /// The event after the head, if it is here; the head moves on to it.
    pub(super) fn take_next(&mut self) -> Option<Arc<ChannelEvent>> {
        let next = self.pending.remove(&self.head.next())?;
        self.head = next.seq;
        Some(next)
    }

    /// The store knows nothing beyond the head: what was heard is no event.
    pub(super) fn forget_beyond(&mut self) {
        self.pending.clear();
        self.heard = self.head;
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use confab_proto::{EventType, Position};

    use super::*;

    fn event(seq: u64) -> Arc<ChannelEvent> {
        let event = ChannelEvent::from_live(Seq(seq), Position(seq), EventType::MessagePosted, b"{}");
        Arc::new(event.unwrap())
    }

    fn taken(order: &mut Order, seqs: &[u64]) -> Vec<u64> {
        let mut given = Vec::new();
        for seq in seqs {
            order.offer(event(*seq));
            given.extend(std::iter::from_fn(|| order.take_next()).map(|e| e.seq.0));
        }
        given
    }

    #[test]
    fn gives_each_event_once_in_order() {
        let mut order = Order::new(10);
        assert_eq!(taken(&mut order, &[2, 2, 1, 1, 4, 2, 3, 5]), [1, 2, 3, 4, 5]);
        assert!(!order.has_hole());
    }

    #[test]
    fn what_finds_no_room_is_still_heard() {
        let mut order = Order::new(2);
        assert_eq!(taken(&mut order, &[3, 4, 5, 1, 2]), [1, 2, 3, 4]);
        assert!(order.has_hole());
        assert_eq!(order.heard(), Seq(5));
    }

    #[test]
    fn starting_further_on_drops_what_lies_before() {
        let mut order = Order::new(10);
        assert_eq!(taken(&mut order, &[3, 4, 6]), [0; 0]);
        order.start(Seq(4));
        assert_eq!(taken(&mut order, &[5]), [5, 6]);
    }
}
