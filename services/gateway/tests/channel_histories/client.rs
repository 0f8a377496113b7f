//! The model of a client: what it asked for, what it was sent, and whether that is what the laws promise.

use std::collections::BTreeMap;

use confab_gateway::channel::{ChannelEvent, JoinRequest, Ticket};
use confab_gateway::socket::SocketId;
use confab_proto::socket::{JoinOptions, Joined, Refused};
use confab_proto::{ErrorCode, Seq, SessionId, UserId};

use crate::log::{EPOCH, Log, session, user};

pub(crate) const JOIN_WAIT: u64 = 5_000;

/// What was true when a join was sent.
#[derive(Debug)]
struct Asked {
    at: u64,
    head: Seq,
    options: Option<JoinOptions>,
}

pub(crate) struct Client {
    pub(crate) socket: SocketId,
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    waiting: BTreeMap<Ticket, Asked>,
    /// The last event received or vouched for, while it listens.
    listening: Option<Seq>,
    /// A join was granted while a later one waits: what comes until that one's answer is not counted.
    between: bool,
    pub(crate) last: Seq,
    /// Its session ended and its socket is closed.
    pub(crate) gone: bool,
}

impl Client {
    pub(crate) fn new(n: u64, log: &Log) -> Self {
        let owner = match log.source {
            confab_gateway::channel::Source::User(owner) => owner,
            confab_gateway::channel::Source::Conversation(_) => user(n % 5),
        };
        Self {
            socket: SocketId(n),
            user: owner,
            session: session(n % 5),
            waiting: BTreeMap::new(),
            listening: None,
            between: false,
            last: Seq::ZERO,
            gone: false,
        }
    }

    pub(crate) fn ask(&mut self, ticket: Ticket, options: Option<JoinOptions>, now: u64, log: &Log) -> JoinRequest {
        self.leave();
        self.waiting.insert(ticket, Asked { at: now, head: log.head(), options });
        JoinRequest { ticket, socket: self.socket, user: self.user, session: self.session, options }
    }

    pub(crate) fn leave(&mut self) {
        self.listening = None;
        self.between = false;
    }

    pub(crate) fn waits(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether it listens, and has everything.
    pub(crate) fn has_converged(&self, log: &Log) -> bool {
        self.listening.is_none_or(|last| log.next_shown(last).is_none())
    }

    pub(crate) fn is_listening(&self) -> bool {
        self.listening.is_some()
    }

    /// An ack: contiguous after what was asked, in the order of the joins, with the right as of the channel's head.
    pub(crate) fn granted(&mut self, ticket: Ticket, joined: &Joined, head: Seq, log: &Log) {
        let first = *self.waiting.first_key_value().expect("nothing was asked").0;
        assert_eq!(first, ticket, "joins of one socket are answered in their order");
        let asked = self.waiting.remove(&ticket).expect("nothing was asked");
        assert_eq!((joined.ok, joined.epoch), (true, EPOCH));
        if matches!(log.source, confab_gateway::channel::Source::Conversation(_)) {
            assert!(log.may(self.user, self.session, head), "joined without the right at {head}");
        }
        assert_eq!(joined.more, joined.seq < head, "`more` says whether the head {head} is beyond {}", joined.seq);
        let after = asked.options.map_or(head, |options| options.after);
        assert_eq!(after.0 + joined.events.len() as u64, joined.seq.0, "an ack has all after {after}");
        for (body, seq) in joined.events.iter().zip(after.0 + 1..) {
            assert!(log.is_body(Seq(seq), body.get(), head), "{seq} in an ack at head {head}: {body}");
        }
        self.last = joined.seq;
        let another_waits = self.waits();
        self.listening = Some(joined.seq).filter(|_| !joined.more && !another_waits);
        self.between = !joined.more && another_waits;
        assert!(joined.more || joined.seq == head);
    }

    /// A live event: the next one, and with the right as of the event before.
    pub(crate) fn received(&mut self, event: &ChannelEvent, log: &Log) {
        if self.gone {
            return;
        }
        let Some(last) = self.listening else {
            assert!(self.between, "{} sent to nobody", event.seq);
            return;
        };
        assert_eq!(Some(event.seq), log.next_shown(last), "after {last}");
        assert!(log.may(self.user, self.session, Seq(event.seq.0 - 1)), "{} sent without the right", event.seq);
        let body = event.body.as_ref().expect("only what clients see is sent");
        assert!(log.is_body(event.seq, body.get(), event.seq), "{}: {body}", event.seq);
        self.listening = Some(event.seq);
        self.last = event.seq;
    }

    /// Dropped by the channel: only because the last event ended the right.
    pub(crate) fn dropped(&mut self, head: Seq, log: &Log) {
        let Some(last) = self.listening.take() else { return };
        let lost = (last.0..=head.0).find(|seq| !log.may(self.user, self.session, Seq(*seq)));
        let lost = Seq(lost.expect("dropped without a reason"));
        assert!(log.next_shown(last).is_none_or(|next| next > lost), "dropped at {last} before the end {lost}");
    }

    /// Returns the code. A refusal must be true at some moment of the wait.
    pub(crate) fn refused(&mut self, ticket: Ticket, refused: &Refused, now: u64, log: &Log, left: bool) -> ErrorCode {
        let asked = self.waiting.remove(&ticket).expect("nothing was asked");
        let JoinOptions { after, epoch } =
            asked.options.unwrap_or(JoinOptions { after: Seq::ZERO, epoch: Some(EPOCH) });
        match refused.code {
            ErrorCode::NotFound => {
                let mut heads = asked.head.0..=log.head().0;
                assert!(heads.any(|head| !log.may(self.user, self.session, Seq(head))), "refused with the right");
            }
            ErrorCode::Reset => {
                let foreign = epoch.is_some_and(|epoch| epoch != EPOCH);
                assert!(after > asked.head || foreign, "reset after {after} below the head {}", asked.head);
            }
            ErrorCode::Unavailable => assert!(now - asked.at >= JOIN_WAIT, "unavailable after {}", now - asked.at),
            ErrorCode::Conflict => assert!(left, "cancelled without a leave"),
            other => panic!("refused with {other}"),
        }
        refused.code
    }
}
