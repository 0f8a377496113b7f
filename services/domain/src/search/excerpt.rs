//! The piece of a message that an answer shows, cut into what was looked for and what stands between. Never markup.

use std::ops::Range;

/// A piece of the shown text; put together they are the excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub text: String,
    /// Whether it is what was looked for.
    pub hit: bool,
}

/// Characters shown.
const MAX_CHARS: usize = 240;
/// Characters of them before the first hit.
const BEFORE: usize = 60;
/// A cut goes to the next gap between words, if there is one so near.
const TO_A_GAP: usize = 20;
const CUT: char = '…';

/// A piece of `text` round its first hit. `ranges` are those of `Hit`.
#[must_use]
pub fn excerpt(text: &str, ranges: &[Range<usize>]) -> Vec<Part> {
    let first = ranges.first().map_or(0, |range| range.start);
    let start = start_of(text, first);
    let end = text[start..].char_indices().nth(MAX_CHARS).map_or(text.len(), |(at, _)| start + at);
    let mut parts = Parts::default();
    if start > 0 {
        parts.add(&CUT.to_string(), false);
    }
    let mut at = start;
    for range in ranges.iter().filter(|range| range.start < end && range.end > start) {
        let range = range.start.max(at)..range.end.min(end);
        parts.add(&text[at..range.start], false);
        parts.add(&text[range.clone()], true);
        at = range.end;
    }
    parts.add(&text[at..end], false);
    if end < text.len() {
        parts.add(&CUT.to_string(), false);
    }
    parts.0
}

/// Where to begin so that the first hit is seen.
fn start_of(text: &str, first: usize) -> usize {
    if text.chars().nth(MAX_CHARS).is_none() {
        return 0;
    }
    let Some((start, _)) = text[..first].char_indices().rev().nth(BEFORE) else { return 0 };
    let near = text[start..first].char_indices().take(TO_A_GAP);
    let gap = near.filter(|(_, c)| c.is_whitespace()).map(|(at, c)| start + at + c.len_utf8()).next();
    gap.unwrap_or(start)
}

#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    fn add(&mut self, text: &str, hit: bool) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.hit == hit => last.text.push_str(text),
            _ => self.0.push(Part { text: text.to_owned(), hit }),
        }
    }
}
