//! The talk of the demo: scenes from the text files beside this one, told with other people and words each time.
//!
//! How a scene is written stands at the top of `corpus/lunch.txt`, what `{food}` may be in `corpus/words.txt`.

use std::collections::HashMap;

const WORDS: &str = include_str!("corpus/words.txt");

/// One message of a scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// 0 for A, 1 for B, …
    pub(super) role: usize,
    pub(super) text: String,
    /// How many messages of the scene before this one the answered one stands.
    pub(super) answers: Option<usize>,
}

/// A few messages that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scene {
    pub(super) lines: Vec<Line>,
}

impl Scene {
    /// How many people talk.
    pub(super) fn roles(&self) -> usize {
        self.lines.iter().map(|line| line.role + 1).max().unwrap_or_default()
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
            lines.push(line(text));
        }
        blank = 0;
    }
    scenes.push(Scene { lines });
    scenes
}

/// `A: text`, `A> answer` or `A>3 answer to the third before`.
fn line(text: &str) -> Line {
    let role = usize::from(text.as_bytes()[0].checked_sub(b'A').expect("a line begins with who speaks"));
    let rest = &text[1..];
    if let Some(said) = rest.strip_prefix(':') {
        return Line { role, text: said.trim_start().to_owned(), answers: None };
    }
    let rest = rest.strip_prefix('>').expect("who speaks is followed by : or >");
    let (number, said) = rest.split_once(' ').expect("an answer has a text");
    let answers = if number.is_empty() { 1 } else { number.parse().expect("after > stands a number") };
    Line { role, text: said.to_owned(), answers: Some(answers) }
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

    /// The text with every `{word}` and `{A}` filled in. `shift` chooses, the same one within a scene.
    pub(super) fn fill(&self, text: &str, names: &[&str], shift: usize) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let word = rest[open + 1..].split_once('}').map(|(word, _)| word);
            filled.push_str(&rest[..open]);
            match word.and_then(|word| self.stands_for(word, names, shift).map(|value| (word, value))) {
                Some((word, value)) => {
                    filled.push_str(value);
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

    fn stands_for<'n>(&self, word: &str, names: &[&'n str], shift: usize) -> Option<&'n str> {
        if let [role @ b'A'..=b'Z'] = word.as_bytes() {
            return names.get(usize::from(role - b'A')).copied();
        }
        let base = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let nth: usize = word[base.len()..].parse().unwrap_or(1);
        let choices = self.0.get(base)?;
        Some(choices[(shift + nth - 1) % choices.len()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenes_are_read_with_answers_and_long_messages() {
        let read = scenes("# a remark\nA: hello\nB>  you\nA:\n  one\n\n    two\n\nB: next\nA>2 no\n");
        let said = |role, text: &str, answers| Line { role, text: text.to_owned(), answers };
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].lines, [said(0, "hello", None), said(1, " you", Some(1)), said(0, "one\n\n  two", None)]);
        assert_eq!(read[1].lines, [said(1, "next", None), said(0, "no", Some(2))]);
        assert_eq!(read[0].roles(), 2);
    }

    #[test]
    fn words_and_names_are_filled_in_and_code_is_left_alone() {
        let words = Words::new();
        let filled = words.fill("{A} likes {food}, {B} likes {food2}, fn f() { {food} }", &["Ada", "Ben"], 0);
        assert_eq!(filled, "Ada likes ramen, Ben likes falafel, fn f() { ramen }");
        assert_eq!(words.fill("{food}{nothing", &[], 1), "falafel{nothing");
    }

    #[test]
    fn every_scene_of_the_corpus_can_be_told() {
        let words = Words::new();
        let names = ["Ada", "Ben", "Carmen", "Dmitri"];
        for file in super::super::rooms::FILES {
            for scene in scenes(file) {
                assert!(scene.roles() <= names.len() && !scene.lines.is_empty());
                for (index, line) in scene.lines.iter().enumerate() {
                    assert!(line.answers.is_none_or(|back| (1..=index).contains(&back)), "{line:?}");
                    for shift in 0..20 {
                        let told = words.fill(&line.text, &names, shift);
                        assert!(!told.trim().is_empty() && told.len() < 4096, "{line:?}");
                        let is_code = told.contains("```");
                        assert!(is_code || !told.contains('{'), "a word that nobody knows: {told}");
                    }
                }
            }
        }
    }
}
