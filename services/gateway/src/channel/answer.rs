//! Answers joins: whether a socket may listen, what it is given first, from where it listens.

use std::collections::{BTreeSet, VecDeque};

use confab_proto::Seq;
use confab_proto::socket::{JoinOptions, Joined, Refused};
use confab_runtime::mutants::{Mutant, planted};

use super::joins::{AckPage, Join, JoinRequest, Step};
use super::ports::{Output, ReadNo, Ticket, Timer};
use super::{Channel, Phase, refusal};
use crate::socket::SocketId;

/// What to do with one waiting join now.
enum Verdict {
    Wait,
    /// Only the store knows: repair to its head first.
    AskStore,
    Drain,
    /// Ask for the page after this `seq`.
    Page(Seq),
    Grant(AckPage),
    Refuse(Refused),
}

impl Channel {
    pub(super) fn on_join(&mut self, request: JoinRequest) {
        if !planted(Mutant::ListenerKept) {
            self.drop_listener(request.socket);
        }
        self.out.push(Output::Arm(Timer::Join(request.ticket)));
        self.joins.push_back(Join { request, arrived: self.next_read, step: Step::Asked });
        if matches!(self.phase, Phase::Closed) {
            self.forget();
            self.open(0);
        }
    }

    pub(super) fn on_leave(&mut self, socket: SocketId) {
        self.drop_listener(socket);
        let (cancelled, rest): (VecDeque<Join>, _) =
            std::mem::take(&mut self.joins).into_iter().partition(|join| join.request.socket == socket);
        self.joins = rest;
        for join in cancelled {
            self.refuse(&join.request, refusal::cancelled());
        }
    }

    pub(super) fn on_drained(&mut self, ticket: Ticket) {
        let waiting = |join: &&mut Join| join.request.ticket == ticket && matches!(join.step, Step::Draining);
        if let Some(join) = self.joins.iter_mut().find(waiting) {
            join.step = Step::Drained;
            self.out.push(Output::Arm(Timer::Join(ticket)));
        }
    }

    /// The time that a client lets itself wait, by not reading, does not count.
    pub(super) fn on_join_expired(&mut self, ticket: Ticket) {
        let expired = |join: &Join| join.request.ticket == ticket && !matches!(join.step, Step::Draining);
        if let Some(join) = self.joins.iter().position(expired).and_then(|index| self.joins.remove(index)) {
            self.refuse(&join.request, refusal::unavailable());
        }
    }

    pub(super) fn refuse(&mut self, request: &JoinRequest, refused: Refused) {
        self.refused = true;
        self.out.push(Output::Disarm(Timer::Join(request.ticket)));
        self.out.push(Output::Refuse { socket: request.socket, ticket: request.ticket, refused });
    }

    fn grant(&mut self, request: &JoinRequest, page: AckPage) {
        let (listener, more) = (request.listener(), page.end < self.order.head());
        let joined = Joined { ok: true, seq: page.end, epoch: self.epoch, more, events: page.events };
        self.out.push(Output::Disarm(Timer::Join(request.ticket)));
        self.out.push(Output::Grant { listener, joined });
        if !more {
            self.listeners.insert(listener);
        }
    }

    /// Goes through the waiting joins in their order; of one socket only the first moves.
    pub(super) fn answer_joins(&mut self) {
        let mut busy: BTreeSet<SocketId> = BTreeSet::new();
        let mut index = 0;
        while let Some(join) = self.joins.get(index) {
            let request = join.request;
            if !busy.insert(request.socket) {
                index += 1;
                continue;
            }
            if matches!(join.step, Step::Asked) && !planted(Mutant::ListenerKept) {
                self.drop_listener(request.socket);
            }
            match self.verdict(index) {
                Verdict::Wait => {}
                Verdict::AskStore => return self.repair(0),
                Verdict::Drain => {
                    self.joins[index].step = Step::Draining;
                    self.out.push(Output::AwaitDrain { socket: request.socket, ticket: request.ticket });
                }
                Verdict::Page(after) => {
                    self.joins[index].step = Step::Reading;
                    self.read_page(after);
                }
                Verdict::Grant(page) => {
                    self.end_wait(index, &mut busy);
                    self.grant(&request, page);
                    continue;
                }
                Verdict::Refuse(refused) => {
                    self.end_wait(index, &mut busy);
                    self.refuse(&request, refused);
                    continue;
                }
            }
            index += 1;
        }
    }

    fn end_wait(&mut self, index: usize, busy: &mut BTreeSet<SocketId>) {
        if let Some(join) = self.joins.remove(index) {
            busy.remove(&join.request.socket);
        }
    }

    fn verdict(&self, index: usize) -> Verdict {
        let join = &self.joins[index];
        let head = self.order.head();
        if !self.may_listen(join.request.user) {
            return self.no(join.arrived, refusal::not_found());
        }
        let Some(JoinOptions { after, epoch }) = join.request.options else {
            return Verdict::Grant(self.page(head));
        };
        let above = after > head || (planted(Mutant::GreaterOrEqual) && after == head);
        if above || epoch.is_some_and(|epoch| epoch != self.epoch) {
            return self.no(join.arrived, refusal::reset(Some(head), self.epoch));
        }
        if after == head {
            return Verdict::Grant(self.page(head));
        }
        match &join.step {
            Step::Asked => Verdict::Drain,
            Step::Draining | Step::Reading => Verdict::Wait,
            Step::Drained => match self.tail.after(after) {
                Some(_) => self.filled(self.page(after)),
                None => Verdict::Page(after),
            },
            // What an older snapshot shows may have been taken back since.
            Step::Read(page) if page.head < self.last_deletion => Verdict::Page(after),
            Step::Read(page) => {
                let mut ack = self.page(after);
                ack.extend(&page.events, head);
                self.filled(ack)
            }
        }
    }

    /// A *no* stands only on what the store said after the join came.
    fn no(&self, arrived: ReadNo, refused: Refused) -> Verdict {
        if self.verified >= arrived || planted(Mutant::RefusalOnStaleHead) {
            Verdict::Refuse(refused)
        } else {
            Verdict::AskStore
        }
    }

    fn page(&self, after: Seq) -> AckPage {
        AckPage::new(after, self.limits.page_events, self.limits.page_bytes)
    }

    /// Appends what the tail has beyond the end of the page.
    fn filled(&self, mut page: AckPage) -> Verdict {
        if let Some(rest) = self.tail.after(page.end) {
            page.extend(rest, self.order.head());
        }
        Verdict::Grant(page)
    }
}
