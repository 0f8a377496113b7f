//! Whether a text fits a query, how well, and where.

use std::ops::Range;

use super::query::{Fit, Phrase, Query};
use super::words::{Token, tokens};

/// How a text fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// 0 to 7, the higher the better; what is equal is for the newer one to win. A few steps only, so that time decides much.
    pub score: u8,
    /// Bytes of what was looked for, ascending, apart from each other.
    pub ranges: Vec<Range<usize>>,
}

/// Each word stands there as it was written, not as the beginning of another.
const WHOLE: u8 = 4;
/// The words follow each other in the order of the query.
const IN_ORDER: u8 = 2;
/// They are a good part of the text.
const DENSE: u8 = 1;
const DENSE_PART: usize = 4;

impl Query {
    /// `None`: some word of the query is not there. Filters are not looked at.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Hit> {
        if self.phrases.is_empty() {
            return Some(Hit { score: 0, ranges: Vec::new() });
        }
        let tokens = tokens(text);
        let mut found: Vec<Vec<usize>> = Vec::with_capacity(self.phrases.len());
        let mut whole = true;
        for phrase in &self.phrases {
            let places: Vec<usize> = (0..tokens.len()).filter(|at| phrase.stands_at(&tokens, *at)).collect();
            if places.is_empty() {
                return None;
            }
            whole &= places.iter().any(|at| phrase.is_whole_at(&tokens, *at));
            found.push(places);
        }
        let in_order = found.len() > 1 && found[0].iter().any(|at| self.follows_from(&found, *at));
        let taken = self.taken(&found, tokens.len());
        let count = taken.iter().filter(|taken| **taken).count();
        let mut score = 0;
        for (reason, worth) in [(whole, WHOLE), (in_order, IN_ORDER), (count * DENSE_PART >= tokens.len(), DENSE)] {
            score += if reason { worth } else { 0 };
        }
        Some(Hit { score, ranges: ranges(text, &tokens, &taken) })
    }

    fn follows_from(&self, found: &[Vec<usize>], start: usize) -> bool {
        let mut at = start;
        self.phrases.iter().zip(found).all(|(phrase, places)| {
            let stands = places.binary_search(&at).is_ok();
            at += phrase.span;
            stands
        })
    }

    /// Which places of the text belong to a hit.
    fn taken(&self, found: &[Vec<usize>], count: usize) -> Vec<bool> {
        let mut taken = vec![false; count];
        for (phrase, places) in self.phrases.iter().zip(found) {
            for at in places {
                taken[*at..at + phrase.span].fill(true);
            }
        }
        taken
    }
}

impl Phrase {
    fn stands_at(&self, tokens: &[Token], at: usize) -> bool {
        at + self.span <= tokens.len()
            && self.parts.iter().all(|part| {
                let there = &tokens[at + part.offset].text;
                match part.fit {
                    Fit::Whole => *there == part.token,
                    Fit::Begins | Fit::Unfinished => there.starts_with(&part.token),
                }
            })
    }

    fn is_whole_at(&self, tokens: &[Token], at: usize) -> bool {
        self.parts.iter().all(|part| part.fit != Fit::Unfinished || tokens[at + part.offset].text == part.token)
    }
}

/// Neighbours without anything between them are one.
fn ranges(text: &str, tokens: &[Token], taken: &[bool]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (token, _) in tokens.iter().zip(taken).filter(|(_, taken)| **taken) {
        match ranges.last_mut() {
            // Several tokens may come from one character, such as ㈱.
            Some(last) if token.range.start <= last.end => last.end = last.end.max(token.range.end),
            _ => ranges.push(token.range.clone()),
        }
    }
    debug_assert!(ranges.iter().all(|range| text.get(range.clone()).is_some()));
    ranges
}
