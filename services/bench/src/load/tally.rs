//! What listeners got, judged: each message once, in order.

use std::time::Instant;

use hdrhistogram::Histogram;
use memchr::memmem::Finder;

use super::spec::Latency;

/// Microseconds, to three digits; longer than a minute is a minute.
#[must_use]
pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new_with_max(60_000_000, 3).unwrap_or_else(|_| unreachable!("these bounds are in order"))
}

/// All listeners of a run.
pub(super) struct Tally {
    began: Instant,
    /// Between these two, in nanoseconds since `began`, is measured.
    window: (u64, u64),
    body: Finder<'static>,
    order: Finder<'static>,
    pub(super) delivered: u64,
    /// In the whole run.
    pub(super) heard: u64,
    pub(super) duplicate: u64,
    pub(super) reordered: u64,
    delivery: Histogram<u64>,
    answer: Histogram<u64>,
}

/// How far a listener is in a room.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) room: usize,
    last: u64,
    pub(super) messages: u64,
}

impl Place {
    #[must_use]
    pub(super) const fn new(room: usize) -> Self {
        Self { room, last: 0, messages: 0 }
    }
}

/// The text of a message: it says where it goes and when it was due, and is filled up to `bytes`.
#[must_use]
pub(super) fn text(room: usize, due_ns: u64, bytes: usize) -> String {
    format!("{room} {due_ns} {:x<bytes$}", "").chars().take(bytes.max(40)).collect()
}

impl Tally {
    /// `order`: the name of the number that tells messages apart and never falls.
    #[must_use]
    pub(super) fn new(began: Instant, order: &str) -> Self {
        Self {
            began,
            window: (u64::MAX, u64::MAX),
            body: Finder::new(b"\"body\":\""),
            order: Finder::new(format!("\"{order}\":").as_bytes()).into_owned(),
            delivered: 0,
            heard: 0,
            duplicate: 0,
            reordered: 0,
            delivery: histogram(),
            answer: histogram(),
        }
    }

    #[must_use]
    pub(super) fn now_ns(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Measures from now on.
    pub(super) fn open(&mut self) {
        self.window = (self.now_ns(), u64::MAX);
    }

    pub(super) fn close(&mut self) {
        self.window.1 = self.now_ns();
    }

    fn is_open(&self, now: u64) -> bool {
        (self.window.0..self.window.1).contains(&now)
    }

    /// A listener has a packet; one that is no message is passed over.
    pub(super) fn heard(&mut self, packet: &[u8], places: &mut [Place]) {
        let Some((room, due)) = self.said(packet) else { return };
        let Some(place) = places.iter_mut().find(|place| place.room == room) else { return };
        let Some(order) = self.order.find(packet).and_then(|at| number(&packet[at + self.order.needle().len()..]))
        else {
            return;
        };
        match order.0.cmp(&place.last) {
            std::cmp::Ordering::Greater => {
                place.last = order.0;
                place.messages += 1;
            }
            std::cmp::Ordering::Equal => {
                self.duplicate += 1;
                return;
            }
            std::cmp::Ordering::Less => {
                self.reordered += 1;
                place.messages += 1;
            }
        }
        self.heard += 1;
        let now = self.now_ns();
        if self.is_open(now) {
            self.delivered += 1;
            self.delivery.saturating_record(now.saturating_sub(due) / 1000);
        }
    }

    /// Room and time of a message's text.
    fn said(&self, packet: &[u8]) -> Option<(usize, u64)> {
        let text = &packet[self.body.find(packet)? + self.body.needle().len()..];
        let (room, rest) = number(text)?;
        let (due, _) = number(rest.strip_prefix(b" ")?)?;
        Some((usize::try_from(room).ok()?, due))
    }

    /// A sender has the answer to a message; whether it is in the measured time.
    pub(super) fn answered(&mut self, due: u64) -> bool {
        let now = self.now_ns();
        let counts = self.is_open(now);
        if counts {
            self.answer.saturating_record(now.saturating_sub(due) / 1000);
        }
        counts
    }

    #[must_use]
    pub(super) fn latencies(&self) -> (Latency, Latency) {
        (Latency::of(&self.delivery), Latency::of(&self.answer))
    }
}

/// The number at the start of the bytes, and what follows.
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = bytes.split_at(digits);
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_twice_or_too_late_is_counted() {
        let mut tally = Tally::new(Instant::now(), "seq");
        let mut places = [Place::new(3), Place::new(7)];
        tally.open();
        let packet = |room, seq: u64| {
            format!(r#"42["message.posted",{{"seq":{seq},"data":{{"body":"{}"}}}}]"#, text(room, 5, 120))
        };
        for (room, seq) in [(3, 1), (7, 1), (3, 2), (3, 2), (7, 3), (7, 2), (9, 1)] {
            tally.heard(packet(room, seq).as_bytes(), &mut places);
        }
        tally.heard(br#"42["typing",{"seq":9}]"#, &mut places);
        assert_eq!((tally.delivered, tally.duplicate, tally.reordered), (5, 1, 1));
        assert_eq!((places[0].messages, places[1].messages), (2, 3));
        tally.close();
        tally.heard(packet(3, 3).as_bytes(), &mut places);
        assert_eq!((tally.delivered, tally.heard, places[0].messages), (5, 6, 3));
    }

    #[test]
    fn a_text_is_as_long_as_wished_and_says_where_it_goes() {
        let said = text(12, 345, 120);
        assert_eq!(said.len(), 120);
        assert!(said.starts_with("12 345 xxx"));
    }
}
