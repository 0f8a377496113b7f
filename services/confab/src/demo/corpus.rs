//! The talk of the demo: scenes from the text files beside this one, told with other people and words each time.
//!
//! How a scene is written stands at the top of `corpus/lunch.txt`, what `{food}` may be in `corpus/words.txt`.

use std::borrow::Cow;
use std::collections::HashMap;

use super::people::Person;

const WORDS: &str = include_str!("corpus/words.txt");

/// One message of a scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// 0 for A, 1 for B, …
    pub(super) role: usize,
    pub(super) text: String,
    /// How many messages of the scene before this one the answered one stands.
    pub(super) answers: Option<usize>,
    /// The same of the message in whose thread this one stands.
    pub(super) under: Option<usize>,
    /// What is done once it is said.
    pub(super) then: Vec<Deed>,
}

/// A change of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deed {
    pub(super) role: usize,
    /// How many messages of the scene before the last one the changed one stands.
    pub(super) back: usize,
    pub(super) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    React(String),
    Edit(String),
    Pin,
}

/// A few messages that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scene {
    pub(super) lines: Vec<Line>,
}

impl Scene {
    /// How many people talk.
    pub(super) fn roles(&self) -> usize {
        let roles = self.lines.iter().flat_map(|line| line.then.iter().map(|deed| deed.role).chain([line.role]));
        roles.max().map_or(0, |last| last + 1)
    }
}

/// The scenes of a text file. It is part of the program, so a line that cannot be read ends it, in a test.
pub(super) fn scenes(file: &str) -> Vec<Scene> {
    let mut scenes = Vec::new();
    let mut lines: Vec<Line> = Vec::new();
    let mut blank = 0;
    for text in file.lines().filter(|text| !text.starts_with('#')) {
        if text.trim().is_empty() {
            blank += 1;
            continue;
        }
        if let Some(more) = text.strip_prefix("  ") {
            let line = lines.last_mut().expect("something goes on that began");
            let gap = if line.text.is_empty() { "" } else { "\n" };
            line.text.push_str(&gap.repeat(blank + 1));
            line.text.push_str(more);
        } else {
            if blank > 0 && !lines.is_empty() {
                scenes.push(Scene { lines: std::mem::take(&mut lines) });
            }
            match read(text) {
                Read::Line(line) => lines.push(line),
                Read::Deeds(deeds) => lines.last_mut().expect("what is changed was said").then.extend(deeds),
            }
        }
        blank = 0;
    }
    scenes.push(Scene { lines });
    scenes
}

enum Read {
    Line(Line),
    Deeds(Vec<Deed>),
}

/// `A: text`, or a sign, perhaps a number, and a text: how it is written stands at the top of `corpus/lunch.txt`.
fn read(text: &str) -> Read {
    let role = usize::from(text.as_bytes()[0].checked_sub(b'A').expect("a line begins with who speaks"));
    let (sign, rest) = text[1..].split_at(1);
    let (number, said) = rest.split_once(' ').unwrap_or((rest, ""));
    let number = if number.is_empty() { 1 } else { number.parse().expect("after the sign stands a number") };
    let text = said.trim_start().to_owned();
    let line = Line { role, text: text.clone(), answers: None, under: None, then: Vec::new() };
    let deed = |what| Deed { role, back: number - 1, what };
    match sign {
        ":" => Read::Line(line),
        ">" => Read::Line(Line { answers: Some(number), ..line }),
        "^" => Read::Line(Line { under: Some(number), ..line }),
        "+" => Read::Deeds(text.split(' ').map(|emoji| deed(What::React(emoji.to_owned()))).collect()),
        "~" => Read::Deeds(vec![deed(What::Edit(text))]),
        "!" => Read::Deeds(vec![deed(What::Pin)]),
        _ => panic!("who speaks is followed by a sign, not by {sign}"),
    }
}

/// What can stand for each word.
pub(super) struct Words(HashMap<&'static str, Vec<&'static str>>);

impl Words {
    pub(super) fn new() -> Self {
        let lines = WORDS.lines().filter(|line| !line.starts_with('#'));
        Self(
            lines
                .filter_map(|line| line.split_once(": "))
                .map(|(word, all)| (word, all.split(" | ").collect()))
                .collect(),
        )
    }

    /// The text with every `{word}`, `{A}` and `{@A}` filled in. `shift` chooses, the same one within a scene.
    pub(super) fn fill(&self, text: &str, cast: &[Person], shift: usize) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let word = rest[open + 1..].split_once('}').map(|(word, _)| word);
            filled.push_str(&rest[..open]);
            match word.and_then(|word| self.stands_for(word, cast, shift).map(|value| (word, value))) {
                Some((word, value)) => {
                    filled.push_str(&value);
                    rest = &rest[open + word.len() + 2..];
                }
                // A brace of a piece of code.
                None => {
                    filled.push('{');
                    rest = &rest[open + 1..];
                }
            }
        }
        filled + rest
    }

    fn stands_for<'n>(&self, word: &str, cast: &'n [Person], shift: usize) -> Option<Cow<'n, str>> {
        let person = |role: &u8| cast.get(usize::from(role - b'A'));
        match word.as_bytes() {
            [role @ b'A'..=b'Z'] => return person(role).map(|person| person.first_name().into()),
            [b'@', role @ b'A'..=b'Z'] => return person(role).map(|person| format!("@{}", person.username).into()),
            _ => {}
        }
        let base = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let nth: usize = word[base.len()..].parse().unwrap_or(1);
        let choices = self.0.get(base)?;
        Some(choices[(shift + nth - 1) % choices.len()].into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::people::people;
    use super::*;

    #[test]
    fn scenes_are_read_with_answers_and_long_messages() {
        let read = scenes("# a remark\nA: hello\nB> you\nA:\n  one\n\n    two\n\nB: next\nA>2 no\nA^ below\n");
        let said = |role, text: &str, answers| Line { role, text: text.to_owned(), answers, under: None, then: vec![] };
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].lines, [said(0, "hello", None), said(1, "you", Some(1)), said(0, "one\n\n  two", None)]);
        let below = Line { under: Some(1), ..said(0, "below", None) };
        assert_eq!(read[1].lines, [said(1, "next", None), said(0, "no", Some(2)), below]);
        assert_eq!(read[0].roles(), 2);
    }

    #[test]
    fn changes_stand_behind_the_message_after_which_they_are_made() {
        let read = scenes("A: helo\nA~ hello\nB+ 🎉 🚀\nB: yes\nC!2\n");
        let then: Vec<_> = read[0].lines.iter().map(|line| line.then.clone()).collect();
        let react = |emoji: &str| Deed { role: 1, back: 0, what: What::React(emoji.to_owned()) };
        let edit = Deed { role: 0, back: 0, what: What::Edit("hello".to_owned()) };
        assert_eq!(then, [vec![edit, react("🎉"), react("🚀")], vec![Deed { role: 2, back: 1, what: What::Pin }]]);
        assert_eq!(read[0].roles(), 3);
    }

    #[test]
    fn words_and_names_are_filled_in_and_code_is_left_alone() {
        let words = Words::new();
        let filled = words.fill("{A} likes {food}, {B} likes {food2}, fn f() { {food} } {@B}", &people(2), 0);
        assert_eq!(filled, "Ada likes ramen, Ben likes falafel, fn f() { ramen } @ben.lindqvist");
        assert_eq!(words.fill("{food}{nothing", &[], 1), "falafel{nothing");
    }

    fn is_told(text: &str, words: &Words, cast: &[Person]) {
        for shift in 0..20 {
            let told = words.fill(text, cast, shift);
            assert!(!told.trim().is_empty() && told.len() < 4096, "{text}");
            let is_code = told.contains("```");
            assert!(is_code || !told.contains('{'), "a word that nobody knows: {told}");
        }
    }

    #[test]
    fn every_scene_of_the_corpus_can_be_told() {
        let words = Words::new();
        let cast = people(4);
        for file in super::super::rooms::FILES {
            for scene in scenes(file) {
                assert!(scene.roles() <= cast.len() && !scene.lines.is_empty());
                for (index, line) in scene.lines.iter().enumerate() {
                    for back in [line.answers, line.under].into_iter().flatten() {
                        assert!((1..=index).contains(&back), "{line:?}");
                    }
                    let edited = line.then.iter().filter_map(|deed| match &deed.what {
                        What::Edit(text) => Some(text),
                        _ => None,
                    });
                    for text in edited.chain([&line.text]) {
                        is_told(text, &words, &cast);
                    }
                    for Deed { role, back, what } in &line.then {
                        let changed = &scene.lines[index - back];
                        match what {
                            What::React(emoji) => {
                                assert_eq!(emojis::get(emoji).map(emojis::Emoji::as_str), Some(emoji.as_str()))
                            }
                            What::Edit(_) => assert_eq!(*role, changed.role, "one's own: {line:?}"),
                            What::Pin => assert_eq!(changed.under, None, "in the timeline: {line:?}"),
                        }
                    }
                }
            }
        }
    }
}
