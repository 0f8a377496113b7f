//! Reads: opening by a snapshot, and repairing, which reads on from the head until nothing heard of is missing.

use std::collections::VecDeque;
use std::sync::Arc;

use confab_proto::{Position, Seq};

use super::ports::{Answer, Opened, Output, Page, ReadNo, Wanted};
use super::{Channel, Phase, Source, Step, refusal};

/// A read on from the head, and what was known when it began: a later snapshot has at least that.
#[derive(Clone, Copy, Debug)]
pub(super) struct Repair {
    no: ReadNo,
    attempt: u32,
    heard: Seq,
    head: Seq,
    position: Position,
}

impl Channel {
    pub(super) fn ask(&mut self, wanted: Wanted, attempt: u32) -> ReadNo {
        let no = self.next_read;
        self.next_read = ReadNo(no.0 + 1);
        self.out.push(Output::Read { no, wanted, attempt });
        no
    }

    pub(super) fn open(&mut self, attempt: u32) {
        let no = self.ask(Wanted::Snapshot, attempt);
        self.phase = Phase::Opening(no, attempt);
    }

    /// Reads the next page after the head.
    pub(super) fn repair(&mut self, attempt: u32) {
        let head = self.order.head();
        let no = self.ask(Wanted::EventsAfter(head), attempt);
        let (heard, position) = (self.order.heard(), self.position);
        self.phase = Phase::Repairing(Repair { no, attempt, heard, head, position });
    }

    pub(super) fn on_read(&mut self, no: ReadNo, answer: Answer) {
        match self.phase {
            Phase::Opening(asked, attempt) if asked == no => self.on_opening(no, attempt, answer),
            Phase::Repairing(repair) if repair.no == no => self.on_repairing(repair, answer),
            _ => self.on_join_read(no, answer),
        }
    }

    fn on_opening(&mut self, no: ReadNo, attempt: u32, answer: Answer) {
        match answer {
            Answer::Snapshot(Some(opened)) if self.fits(&opened) => self.begin(no, opened),
            Answer::Snapshot(_) => {
                let (refused, later): (VecDeque<_>, _) =
                    std::mem::take(&mut self.joins).into_iter().partition(|join| join.arrived <= no);
                self.joins = later;
                for join in refused {
                    self.refuse(&join.request, refusal::not_found());
                }
                if !self.joins.is_empty() {
                    self.open(0);
                }
            }
            Answer::Page(_) | Answer::Failed => self.open(attempt.saturating_add(1)),
        }
    }

    /// A user's stream is no conversation, whatever was asked for.
    fn fits(&self, opened: &Opened) -> bool {
        matches!(self.source, Source::Conversation(_)) == opened.conversation.is_some()
    }

    fn begin(&mut self, no: ReadNo, opened: Opened) {
        self.epoch = opened.epoch;
        self.position = opened.position;
        self.conversation = opened.conversation;
        self.order.start(opened.head);
        self.verified = no;
        self.phase = Phase::Live;
        for (epoch, event) in std::mem::take(&mut self.early) {
            if epoch == self.epoch {
                self.take(event);
            }
        }
    }

    fn on_repairing(&mut self, repair: Repair, answer: Answer) {
        let Answer::Page(page) = answer else { return self.repair(repair.attempt.saturating_add(1)) };
        if self.is_of_another_life(&page, repair.head, repair.position) {
            self.out.push(Output::Suspect);
            return self.repair(repair.attempt.saturating_add(1));
        }
        let before = self.order.head();
        for event in page.events {
            self.take(event);
        }
        let head = self.order.head();
        if head < page.head {
            // A page without the event after the head is damaged; the same again at once would be, too.
            return self.repair(if head > before { 0 } else { repair.attempt.saturating_add(1) });
        }
        self.verified = repair.no;
        if self.order.has_hole() {
            if self.order.heard() > repair.heard {
                return self.repair(0);
            }
            self.order.forget_beyond();
        }
        self.phase = Phase::Live;
    }

    /// What was known before the read began is not in it.
    pub(super) fn is_of_another_life(&self, page: &Page, head: Seq, position: Position) -> bool {
        page.epoch != self.epoch || page.head < head || page.position < position
    }

    pub(super) fn read_page(&mut self, after: Seq) {
        if !self.pages.contains_key(&after) {
            let no = self.ask(Wanted::EventsAfter(after), 0);
            self.pages.insert(after, (no, 0));
        }
    }

    /// A read for a page that joins wait for.
    fn on_join_read(&mut self, no: ReadNo, answer: Answer) {
        let under_way = self.pages.iter().find(|(_, (asked, _))| *asked == no);
        let Some((after, attempt)) = under_way.map(|(after, (_, attempt))| (*after, *attempt)) else { return };
        self.pages.remove(&after);
        if !self.joins.iter().any(|join| join.reads(after)) {
            return;
        }
        let first = |page: &Page| page.events.first().map(|event| event.seq);
        match answer {
            Answer::Page(page) if page.epoch == self.epoch && first(&page) == Some(after.next()) => {
                let page = Arc::new(page);
                for join in self.joins.iter_mut().filter(|join| join.reads(after)) {
                    join.step = Step::Read(page.clone());
                }
            }
            answer => {
                if matches!(answer, Answer::Page(_)) {
                    self.out.push(Output::Suspect);
                }
                let attempt = attempt.saturating_add(1);
                let no = self.ask(Wanted::EventsAfter(after), attempt);
                self.pages.insert(after, (no, attempt));
            }
        }
    }
}
