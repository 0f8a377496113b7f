//! A text as a row of tokens, each at its place, with where it stands in the text.
//!
//! Letters that follow each other are one token, a word. Scripts that are written without spaces (Chinese, Japanese, Thai, …; Korean
//! too, whose words are glued together) have a token at each character: it and the one after it. So every part of such a text, one
//! character or many, is found, and a token is still rare enough to be worth an index. An emoji is a token. All else parts.
//! Everything is folded first: width and ligatures (NFKD), case, accents of Latin, Greek, Cyrillic, Hebrew and Arabic.

use std::collections::BTreeSet;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Longer words fit by their beginning. An index takes no key of any length.
const MAX_WORD_CHARS: usize = 64;
/// Of all terms of a text: `tsvector` ends at 1 MiB. No message at the default limit comes near.
const MAX_TERMS_BYTES: usize = 400_000;
/// Of one character with its marks.
const MAX_PIECE_CHARS: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// A character of a script without spaces, alone.
    Single,
    /// Such a character and the one after it.
    Pair,
    Emoji,
}

/// One place of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) kind: Kind,
    /// Bytes of the original text; of a pair its first character only.
    pub(super) range: Range<usize>,
}

/// What a text is found by, each once; of one of hundreds of kilobytes as far as an index takes it.
#[must_use]
pub fn terms(text: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    let mut bytes = 0;
    for token in tokens(text) {
        let length = token.text.len();
        if bytes + length > MAX_TERMS_BYTES {
            break;
        }
        if terms.insert(token.text) {
            bytes += length;
        }
    }
    terms
}

pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut reader = TokenReader::default();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, _)) = chars.next() {
        // A character and the marks upon it belong together.
        let end = chars.peek().map_or(text.len(), |(next, _)| *next);
        if chars.peek().is_some_and(|(_, next)| joins_the_one_before(*next)) {
            continue;
        }
        debug_assert!(start <= at);
        reader.character(&text[start..end], start..end);
        start = end;
    }
    reader.tokens
}

fn joins_the_one_before(c: char) -> bool {
    // Vowels and finals of decomposed Korean, voice marks of narrow Katakana.
    is_combining_mark(c) || matches!(c, '\u{1160}'..='\u{11ff}' | '\u{ff9e}' | '\u{ff9f}')
}

#[derive(Default)]
struct TokenReader {
    tokens: Vec<Token>,
    /// Whether the last token goes on with the next character.
    open: bool,
}

impl TokenReader {
    fn character(&mut self, text: &str, range: Range<usize>) {
        // Most of most texts.
        if let [byte] = text.as_bytes() {
            match byte.is_ascii_alphanumeric() {
                true => self.piece(Class::Letter, &char::from(byte.to_ascii_lowercase()).to_string(), range),
                false => self.open = false,
            }
            return;
        }
        let mut piece = String::new();
        let mut class = Class::Nothing;
        for c in fold(text) {
            if is_combining_mark(c) && !matches!(class, Class::Nothing | Class::Gap) {
                if piece.chars().count() < MAX_PIECE_CHARS {
                    piece.push(c);
                }
                continue;
            }
            self.piece(class, &piece, range.clone());
            piece.clear();
            class = Class::of(c);
            piece.push(c);
        }
        self.piece(class, &piece, range);
    }

    fn piece(&mut self, class: Class, piece: &str, range: Range<usize>) {
        match class {
            Class::Nothing => {}
            Class::Gap => self.open = false,
            Class::Emoji => {
                self.open = false;
                self.push(Kind::Emoji, piece, range);
            }
            Class::Letter => match self.last_open(Kind::Word) {
                Some(word) => {
                    word.range.end = range.end;
                    if word.text.chars().count() < MAX_WORD_CHARS {
                        word.text.push_str(piece);
                    }
                }
                None => {
                    self.push(Kind::Word, piece, range);
                    self.open = true;
                }
            },
            Class::Unspaced => {
                if let Some(before) = self.last_open(Kind::Single) {
                    before.text.push_str(piece);
                    before.kind = Kind::Pair;
                }
                self.push(Kind::Single, piece, range);
                self.open = true;
            }
        }
    }

    fn last_open(&mut self, kind: Kind) -> Option<&mut Token> {
        self.tokens.last_mut().filter(|last| self.open && last.kind == kind)
    }

    fn push(&mut self, kind: Kind, text: &str, range: Range<usize>) {
        self.tokens.push(Token { text: text.to_owned(), kind, range });
    }
}

/// Letters as they are compared.
fn fold(text: &str) -> impl Iterator<Item = char> + '_ {
    // By way of the upper case: `ς` and `σ` have one, and so have `ß` and `ss`.
    let one_case = text.nfkd().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    one_case.nfkd().filter(|c| !is_accent(*c) && !is_unseen(*c)).nfc()
}

/// Marks that are left out as often as they are written. Those of other scripts are letters of their own.
fn is_accent(c: char) -> bool {
    is_combining_mark(c)
        && matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
            | '\u{6d6}'..='\u{6ed}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}')
}

/// Neither letter nor gap: joiners, selectors, soft hyphens, skin tones.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{640}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}')
}

#[derive(Clone, Copy)]
enum Class {
    Letter,
    Unspaced,
    Emoji,
    Gap,
    /// Of no character at all.
    Nothing,
}

impl Class {
    fn of(c: char) -> Self {
        match c {
            _ if is_combining_mark(c) || c.is_alphanumeric() => {
                if is_unspaced(c) {
                    Self::Unspaced
                } else {
                    Self::Letter
                }
            }
            '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' => Self::Emoji,
            _ => Self::Gap,
        }
    }
}

fn is_unspaced(c: char) -> bool {
    matches!(c,
        // Thai, Lao; Myanmar; Korean letters; Khmer.
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        // Kana, Bopomofo, Han, Yi, Korean, and their extensions.
        | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3040}'..='\u{318f}'
        | '\u{31a0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{a4cf}' | '\u{a960}'..='\u{a97f}'
        | '\u{aa60}'..='\u{aa7f}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{1aff0}'..='\u{1b16f}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_are_folded_and_parted_by_all_else() {
        assert_eq!(texts("Hello, WORLD! it's foo_bar-7"), ["hello", "world", "it", "s", "foo", "bar", "7"]);
        assert_eq!(texts("Crème BRÛLÉE straße İstanbul ﬁx"), ["creme", "brulee", "strasse", "istanbul", "fix"]);
        assert_eq!(texts("ΟΔΟΣ οδός Ёлка"), ["οδοσ", "οδοσ", "елка"]);
        assert_eq!(texts("ＦＵＬＬ width soft\u{ad}hyphen"), ["full", "width", "softhyphen"]);
        assert_eq!(texts("cafe\u{301}"), texts("café"));
        assert_eq!(texts("مَرْحَبًا"), texts("مرحبا"));
        assert_eq!(texts("हिन्दी पाठ"), ["हिन्दी", "पाठ"], "vowel signs and conjuncts stay within the word");
        assert!(texts(" …!?()\"'*:^~ \u{200b}").is_empty());
    }

    #[test]
    fn scripts_without_spaces_are_found_by_pairs() {
        assert_eq!(texts("東京都"), ["東京", "京都", "都"]);
        assert_eq!(texts("猫"), ["猫"]);
        assert_eq!(texts("iPhone手机, 壳"), ["iphone", "手机", "机", "壳"]);
        assert_eq!(texts("한국어를"), ["한국", "국어", "어를", "를"]);
        let decomposed: String = "한국어".nfd().collect();
        assert_eq!(texts(&decomposed), texts("한국어"));
        assert_eq!(texts("ｶﾞｷﾞ"), texts("ガギ"), "narrow kana are the wide ones");
        assert_eq!(texts("ภาษาไทย").len(), 7);
    }

    #[test]
    fn an_emoji_is_a_token_whatever_its_skin() {
        assert_eq!(texts("done🎉🎉 👍🏽!"), ["done", "🎉", "🎉", "👍"]);
        assert_eq!(texts("❤️"), ["❤"]);
        assert_eq!(texts("🇩🇪").len(), 2);
    }

    #[test]
    fn tokens_know_where_they_stand() {
        let text = "ein Café, 東京!";
        let shown: Vec<_> = tokens(text).into_iter().map(|token| text[token.range].to_owned()).collect();
        assert_eq!(shown, ["ein", "Café", "東", "京"]);
    }

    #[test]
    fn a_text_of_any_length_has_terms_that_an_index_takes() {
        let long: String = ('\u{4e00}'..='\u{9fff}').flat_map(|c| ['\u{4e00}', c, c, ' ']).collect();
        let longer = format!("{long}{}", long.replace('\u{4e00}', "\u{4e01}"));
        let bytes: usize = terms(&longer).iter().map(String::len).sum();
        assert!((300_000..=MAX_TERMS_BYTES).contains(&bytes), "{bytes}");
    }

    #[test]
    fn no_token_is_longer_than_an_index_takes() {
        let marks = "\u{93f}".repeat(500);
        for text in ["x".repeat(9000), format!("क{marks}"), format!("ก{}", "\u{e31}".repeat(500))] {
            assert!(tokens(&text).iter().all(|token| token.text.len() <= 300), "{}", text.len());
        }
    }
}
