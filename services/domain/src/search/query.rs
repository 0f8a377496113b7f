//! What somebody looks for: words that must all be there, phrases in quotes, and filters.
//!
//! `from:name`, `in:conversation`, `before:2026-01-31`, `after:2026-01-01` (UTC; that day belongs to `after`), `has:file`. Whatever is no
//! filter is text, so that no string is a mistake but a very long one and a filter that cannot be meant.

use std::collections::BTreeMap;

use confab_proto::{ConversationId, Timestamp};
use serde::Deserialize as _;
use serde::de::value::{Error as NoTimestamp, StrDeserializer};

use super::words::{Kind, tokens};
use crate::text::TextError;

/// A query as it is understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub(super) phrases: Vec<Phrase>,
    /// Username of the author.
    pub from: Option<String>,
    pub within: Option<Within>,
    pub before: Option<Timestamp>,
    pub not_before: Option<Timestamp>,
    pub has_file: bool,
}

/// Where to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Within {
    Id(ConversationId),
    /// The whole name of a group, or the username of the other person of a direct conversation.
    Name(String),
}

/// Tokens that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    pub(super) parts: Vec<PhrasePart>,
    /// Places that it takes in a text.
    pub(super) span: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PhrasePart {
    pub(super) offset: usize,
    pub(super) token: String,
    pub(super) fit: Fit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Whole,
    /// The token begins a longer one: a character of a pair.
    Begins,
    /// The same of a word that may not be finished.
    Unfinished,
}

/// A term that an index must hold for a message to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Narrow<'q> {
    pub term: &'q str,
    /// Terms that begin with it will do.
    pub begins: bool,
}

impl Query {
    pub const MAX_CHARS: usize = 256;
    pub const MAX_WORDS: usize = 24;

    /// # Errors
    /// Nothing but white space, too long, or a filter that says nothing that can be meant.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        if text.chars().count() > Self::MAX_CHARS {
            return Err(TextError(format!("must have at most {} characters", Self::MAX_CHARS)));
        }
        let mut query = Self::default();
        let mut pieces = Pieces { rest: text };
        let mut any = false;
        let mut words = Vec::new();
        while let Some(piece) = pieces.next() {
            any = true;
            if !query.filter(&piece)? {
                words.push(piece);
            }
        }
        if !any {
            return Err(TextError("must say what to look for".to_owned()));
        }
        if words.len() > Self::MAX_WORDS {
            return Err(TextError(format!("must have at most {} words", Self::MAX_WORDS)));
        }
        let last = words.len().saturating_sub(1);
        for (index, piece) in words.iter().enumerate() {
            query.phrases.extend(Phrase::of(&piece.text, index == last && !piece.quoted));
        }
        Ok(query)
    }

    /// Whether it asks for no word: then everything that passes the filters fits.
    #[must_use]
    pub fn has_no_words(&self) -> bool {
        self.phrases.is_empty()
    }

    /// Whether nothing is left of it, as of `"?!"`: nothing fits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.has_no_words() && *self == Self::default()
    }

    /// What an index can say about it, each term once. A message without one of them does not fit.
    #[must_use]
    pub fn narrow(&self) -> Vec<Narrow<'_>> {
        let mut terms: BTreeMap<&str, bool> = BTreeMap::new();
        for part in self.phrases.iter().flat_map(|phrase| &phrase.parts) {
            // As a whole it is rarer.
            *terms.entry(&part.token).or_insert(true) &= part.fit != Fit::Whole;
        }
        terms.into_iter().map(|(term, begins)| Narrow { term, begins }).collect()
    }

    /// Takes a piece that is a filter.
    fn filter(&mut self, piece: &Piece) -> Result<bool, TextError> {
        let Some(name) = piece.name else { return Ok(false) };
        let value = piece.text.trim();
        match name {
            Name::From => self.from = Some(value.trim_start_matches('@').to_lowercase()),
            Name::In => {
                let name = value.trim_start_matches(['#', '@']);
                self.within = Some(name.parse().map_or_else(|_| Within::Name(name.to_owned()), Within::Id));
            }
            Name::Before => self.before = Some(day(value)?),
            Name::After => self.not_before = Some(day(value)?),
            Name::Has if value.eq_ignore_ascii_case("file") => self.has_file = true,
            Name::Has => return Err(TextError("knows has:file, and nothing else that a message can have".to_owned())),
        }
        Ok(true)
    }
}

impl Phrase {
    fn of(text: &str, may_go_on: bool) -> Option<Self> {
        let tokens = tokens(text);
        let mut parts: Vec<PhrasePart> = Vec::with_capacity(tokens.len());
        let last = tokens.len().checked_sub(1)?;
        let mut in_pair = false;
        for (offset, token) in tokens.iter().enumerate() {
            let fit = match token.kind {
                // The pair before it has it already.
                Kind::Single if in_pair => None,
                Kind::Single => Some(Fit::Begins),
                // A single letter begins too much of everything.
                Kind::Word if may_go_on && offset == last && token.text.chars().nth(1).is_some() => {
                    Some(Fit::Unfinished)
                }
                Kind::Word | Kind::Pair | Kind::Emoji => Some(Fit::Whole),
            };
            in_pair = token.kind == Kind::Pair;
            parts.extend(fit.map(|fit| PhrasePart { offset, token: token.text.clone(), fit }));
        }
        Some(Self { parts, span: tokens.len() })
    }
}

fn day(text: &str) -> Result<Timestamp, TextError> {
    let wrong = || TextError("must give before: and after: a day such as 2026-01-31".to_owned());
    let digits =
        |range: std::ops::Range<usize>| text.get(range).is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if text.len() != 10 || !(digits(0..4) && digits(5..7) && digits(8..10)) {
        return Err(wrong());
    }
    let moment = format!("{text}T00:00:00Z");
    let read = StrDeserializer::<NoTimestamp>::new(&moment);
    Timestamp::deserialize(read).map_err(|_| wrong())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    From,
    In,
    Before,
    After,
    Has,
}

const NAMES: [(&str, Name); 5] =
    [("from:", Name::From), ("in:", Name::In), ("before:", Name::Before), ("after:", Name::After), ("has:", Name::Has)];

struct Piece {
    name: Option<Name>,
    text: String,
    quoted: bool,
}

/// Splits at white space outside of quotes. What NUL and other control characters would do in a database nobody needs to know.
struct Pieces<'t> {
    rest: &'t str,
}

impl Pieces<'_> {
    fn next(&mut self) -> Option<Piece> {
        self.rest = self.rest.trim_start_matches(is_space);
        if self.rest.is_empty() {
            return None;
        }
        let named = NAMES.into_iter().find(|(key, _)| {
            let start = self.rest.get(..key.len());
            // A name with nothing behind it is a word.
            let goes_on = || self.rest[key.len()..].chars().next().is_some_and(|c| !is_space(c));
            start.is_some_and(|start| start.eq_ignore_ascii_case(key)) && goes_on()
        });
        if let Some((key, _)) = named {
            self.rest = &self.rest[key.len()..];
        }
        let (text, quoted) = self.value();
        Some(Piece { name: named.map(|(_, name)| name), text, quoted })
    }

    fn value(&mut self) -> (String, bool) {
        if let Some(opened) = self.rest.strip_prefix(is_quote) {
            let end = opened.find(is_quote).unwrap_or(opened.len());
            let (text, rest) = opened.split_at(end);
            self.rest = rest.strip_prefix(is_quote).unwrap_or(rest);
            return (text.replace(is_space, " "), true);
        }
        let end = self.rest.find(|c| is_space(c) || is_quote(c)).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        (text.to_owned(), false)
    }
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// Those of phones too.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»')
}
