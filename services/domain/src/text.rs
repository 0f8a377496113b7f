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

/// What a message says, kept byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageBody(String);

impl MessageBody {
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
