//! The last events of a channel, so that a join that is only a little behind needs no read.
//!
//! Contiguous and ending at the channel's head; bounded by count and bytes; what was taken back is blank in it.

use std::collections::VecDeque;
use std::sync::Arc;

use confab_proto::Seq;

use super::event::ChannelEvent;

#[derive(Debug, Default)]
pub(super) struct Tail {
    events: VecDeque<Arc<ChannelEvent>>,
    bytes: usize,
    max_events: usize,
    max_bytes: usize,
}

impl Tail {
    pub(super) fn new(max_events: usize, max_bytes: usize) -> Self {
        Self { max_events, max_bytes, ..Self::default() }
    }

    pub(super) fn clear(&mut self) {
        self.events.clear();
        self.bytes = 0;
    }

    /// Takes the event after the last one.
    pub(super) fn push(&mut self, event: Arc<ChannelEvent>) {
        self.bytes += event.bytes();
        self.events.push_back(event);
        while self.events.len() > self.max_events || self.bytes > self.max_bytes {
            let Some(oldest) = self.events.pop_front() else { break };
            self.bytes -= oldest.bytes();
        }
    }

    /// What follows `after`, up to the head; `None` if it does not reach back so far.
    pub(super) fn after(&self, after: Seq) -> Option<impl Iterator<Item = &Arc<ChannelEvent>>> {
        let first = self.events.front()?.seq;
        let skipped = after.next().0.checked_sub(first.0)?;
        Some(self.events.iter().skip(usize::try_from(skipped).unwrap_or(usize::MAX)))
    }

    /// Blanks what the deletion of `target` takes back.
    pub(super) fn blank(&mut self, target: Seq) {
        for event in self.events.iter_mut().filter(|event| event.shows(target)) {
            let blanked = event.blanked();
            self.bytes = self.bytes - event.bytes() + blanked.bytes();
            *event = Arc::new(blanked);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use confab_proto::{EventType, Position};

    use super::*;

    fn event(seq: u64) -> Arc<ChannelEvent> {
        let body = format!("{{\"x\":\"{}\"}}", "a".repeat(92));
        let event = ChannelEvent::from_live(Seq(seq), Position(seq), EventType::MessagePosted, body.as_bytes());
        Arc::new(event.unwrap())
    }

    fn seqs(tail: &Tail, after: u64) -> Option<Vec<u64>> {
        Some(tail.after(Seq(after))?.map(|e| e.seq.0).collect())
    }

    #[test]
    fn gives_what_follows_if_it_reaches_back() {
        let mut tail = Tail::new(3, 10_000);
        assert_eq!(seqs(&tail, 0), None);
        for seq in 1..=5 {
            tail.push(event(seq));
        }
        assert_eq!(seqs(&tail, 1), None);
        assert_eq!(seqs(&tail, 2), Some(vec![3, 4, 5]));
        assert_eq!(seqs(&tail, 4), Some(vec![5]));
        assert_eq!(seqs(&tail, 5), Some(vec![]));
    }

    #[test]
    fn is_bounded_in_bytes() {
        let mut tail = Tail::new(100, 250);
        for seq in 1..=5 {
            tail.push(event(seq));
        }
        assert_eq!(seqs(&tail, 3), Some(vec![4, 5]));
        assert_eq!(seqs(&tail, 2), None);
        assert_eq!(tail.bytes, 200);
    }
}
