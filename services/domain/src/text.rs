//! Limited text: each kind parses once, here, and is trusted afterwards.
//!
//! Lengths of names are in characters, of messages in bytes, since that is what storage and frames cost.

use std::fmt;

/// Why a text was refused; a sentence that begins with the rule, and never repeats the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError(pub String);

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TextError {}

/// What somebody signs in with: 2-32 of `a-z 0-9 . _ -`, stored in lower case, so that two people cannot differ by case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// # Errors
    /// Too short, too long, or another character.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = text.trim().to_ascii_lowercase();
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
        if !(2..=32).contains(&text.chars().count()) || !text.chars().all(allowed) {
            return Err(TextError("must be 2 to 32 characters out of a-z, 0-9, dot, underscore and hyphen".to_owned()));
        }
        Ok(Self(text))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A one-line name shown to others: 1-`MAX` characters after trimming, no control characters.
fn parse_line(text: &str, max: usize) -> Result<String, TextError> {
    let text = text.trim();
    let count = text.chars().count();
    if count == 0 || !text.chars().any(is_visible) {
        return Err(TextError("must not be blank".to_owned()));
    }
    if count > max {
        return Err(TextError(format!("must have at most {max} characters")));
    }
    if text.chars().any(|c| c.is_control() || is_bidi_control(c) || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(TextError("must be one line without control characters".to_owned()));
    }
    Ok(text.to_owned())
}

/// Characters that take no room; a text of nothing else looks empty.
fn is_visible(c: char) -> bool {
    !c.is_whitespace()
        && !c.is_control()
        && !is_bidi_control(c)
        && !matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// They would turn the text around a name as well.
const fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// How a person is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    pub const MAX: usize = 64;

    /// # Errors
    /// Blank, longer than [`Self::MAX`], or not one line.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        parse_line(text, Self::MAX).map(Self)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a person says of the day: one line, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusText(String);

impl StatusText {
    pub const MAX: usize = 140;

    /// # Errors
    /// Longer than [`Self::MAX`], or not one line.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        if text.trim().is_empty() {
            return Ok(Self(String::new()));
        }
        parse_line(text, Self::MAX).map(Self)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a group is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupName(String);

impl GroupName {
    pub const MAX: usize = 100;

    /// # Errors
    /// Blank, longer than [`Self::MAX`], or not one line.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        parse_line(text, Self::MAX).map(Self)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a group is about; empty if nobody said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupTopic(String);

impl GroupTopic {
    pub const MAX: usize = 250;

    /// # Errors
    /// Longer than [`Self::MAX`], or not one line.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        if text.trim().is_empty() { Ok(Self::default()) } else { parse_line(text, Self::MAX).map(Self) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a file is called. Never a path: a name, and nothing that would turn the text around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    pub const MAX: usize = 255;

    /// # Errors
    /// Blank, longer than [`Self::MAX`], not one line, or a path.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let name = parse_line(text, Self::MAX)?;
        if name.contains(['/', '\\']) || name.chars().all(|c| c == '.') {
            return Err(TextError("must be the name of a file, not a path".to_owned()));
        }
        Ok(Self(name))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// What a message says, kept byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageBody(String);

impl MessageBody {
    /// Of a message that carries files and says nothing.
    #[must_use]
    pub const fn empty() -> Self {
        Self(String::new())
    }

    /// `max` is the setting `limits.message_bytes`.
    ///
    /// # Errors
    /// Blank, longer than `max` bytes, or with a NUL character, which PostgreSQL cannot store.
    pub fn parse(text: String, max: usize) -> Result<Self, TextError> {
        if !text.chars().any(is_visible) {
            return Err(TextError("must not be blank".to_owned()));
        }
        if text.len() > max {
            return Err(TextError(format!("must have at most {max} bytes")));
        }
        if text.contains('\0') {
            return Err(TextError("must not contain the NUL character".to_owned()));
        }
        Ok(Self(text))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a text calls by `@`: names that could be usernames, each once and at most [`MAX_NAMES`], and whether it calls everyone.
///
/// A name ends where no username goes on; `@ada.` may mean `ada` as well as `ada.`, so both are given.
#[must_use]
pub fn names_called(text: &str) -> (Vec<String>, bool) {
    let mut names: Vec<String> = Vec::new();
    let mut everyone = false;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let follows_a_word = before.is_some_and(|c: char| c.is_alphanumeric() || matches!(c, '_' | '@' | '/'));
        before = Some(c);
        if c != '@' || follows_a_word {
            continue;
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let rest = &text[at + 1..];
        let called = &rest[..rest.find(|c| !allowed(c)).unwrap_or(rest.len())];
        let bare = called.trim_end_matches(['.', '_', '-']);
        everyone |= bare.eq_ignore_ascii_case("everyone");
        for name in [called, bare] {
            let name = name.to_ascii_lowercase();
            if names.len() < MAX_NAMES && (2..=32).contains(&name.len()) && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    (names, everyone)
}

/// Names that one text may call.
pub const MAX_NAMES: usize = 50;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn usernames_are_lower_case_and_plain() {
        assert_eq!(Username::parse(" Ada.L ").unwrap().as_str(), "ada.l");
        for bad in ["", "a", "ada lovelace", "ädä", &"a".repeat(33), "a\nb"] {
            assert!(Username::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn names_are_one_visible_line() {
        assert_eq!(GroupName::parse("  Rust 🦀 ").unwrap().as_str(), "Rust 🦀");
        assert!(GroupName::parse(&"é".repeat(100)).is_ok());
        for bad in ["", " \t ", "\u{200b}\u{200b}", "\u{2800}", "a\nb", "a\u{2028}b", "a\u{202e}b", &"é".repeat(101)] {
            assert!(GroupName::parse(bad).is_err(), "{bad:?}");
        }
        assert!(DisplayName::parse(&"x".repeat(65)).is_err());
        assert_eq!(GroupTopic::parse(" \t").unwrap().as_str(), "");
        assert!(GroupTopic::parse(&"é".repeat(250)).is_ok());
        for bad in ["\u{200b}", "a\nb", &"é".repeat(251)] {
            assert!(GroupTopic::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn names_are_called_by_an_at() {
        let called = |text| names_called(text);
        assert_eq!(called("hi @Ada, and @bob-2."), (vec!["ada".into(), "bob-2.".into(), "bob-2".into()], false));
        assert_eq!(called("@everyone look"), (vec!["everyone".into()], true));
        let long = format!("@{}", "a".repeat(33));
        for none in ["", "a@b.example", "@", "@ ada", "@@ada", "//@x", "@a", "\u{e9}@ada", long.as_str()] {
            assert_eq!(called(none), (Vec::new(), false), "{none:?}");
        }
        let many: String = (0..80).map(|n| format!("@name{n} ")).collect();
        assert_eq!(called(&many).0.len(), MAX_NAMES);
    }

    #[test]
    fn bodies_keep_every_byte() {
        let text = "  two\n  lines\t";
        assert_eq!(MessageBody::parse(text.to_owned(), 100).unwrap().as_str(), text);
        assert!(MessageBody::parse("é".repeat(50), 100).is_ok());
        for bad in ["".to_owned(), " \n".to_owned(), "\u{fe0f}\u{115f}".to_owned(), "a\0b".to_owned(), "é".repeat(51)]
        {
            assert!(MessageBody::parse(bad, 100).is_err());
        }
    }
}
