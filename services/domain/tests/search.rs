//! What is found by which query, and properties of all texts and queries: nothing breaks, and the index never hides what fits.
#![expect(clippy::unwrap_used, reason = "tests")]

use confab_domain::search::{Query, Within, excerpt, terms};
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::{collection, sample};

fn query(text: &str) -> Query {
    Query::parse(text).unwrap()
}

fn finds(text: &str, body: &str) -> bool {
    query(text).find(body).is_some()
}

/// What of `body` is marked.
fn marked<'b>(text: &str, body: &'b str) -> Vec<&'b str> {
    let hit = query(text).find(body).unwrap();
    hit.ranges.into_iter().map(|range| &body[range]).collect()
}

#[test]
fn all_words_must_be_there_and_the_last_may_be_unfinished() {
    let body = "The deploy of Confab went well";
    for found in ["deploy", "DEPLOY confab", "well the", "deploy con", "confab wel", "déploy"] {
        assert!(finds(found, body), "{found}");
    }
    for not in ["deploys", "dep confab", "deploy later", "\"con\"", "loy", "w"] {
        assert!(!finds(not, body), "{not}");
    }
    assert!(finds("t", "T is a letter"), "one letter is found as a word");
}

#[test]
fn a_phrase_stands_as_it_is() {
    assert!(finds("\"went well\"", "it went, well, so so"));
    assert!(!finds("\"well went\"", "it went well"));
    assert!(!finds("“went wel”", "it went well"), "a phrase is whole");
    assert!(finds("foo-bar", "see foo_bar") && !finds("foo-bar", "bar foo"), "so is what hangs together");
    assert!(finds("https://confab.example/x", "at https://confab.example/x?y"));
}

#[test]
fn any_part_of_a_text_without_spaces_is_found() {
    let body = "昨日は東京タワーへ行った";
    for found in ["東京", "京", "タワー", "東京タワーへ", "行っ", "昨日 東京", "\"東京タワー\""]
    {
        assert!(finds(found, body), "{found}");
    }
    for not in ["京東", "東タ", "大阪", "\"東京 行っ\""] {
        assert!(!finds(not, body), "{not}");
    }
    assert_eq!(marked("東京タワー", body), ["東京タワー"]);
    assert!(finds("국어", "한국어를 배워요") && finds("ไทย", "ภาษาไทย"));
}

#[test]
fn hits_are_marked_where_they_stand() {
    assert_eq!(marked("cafe ecl", "Un CAFÉ et un éclair, un café"), ["CAFÉ", "éclair", "café"]);
    assert_eq!(marked("\"un cafe\"", "Un café"), ["Un", "café"]);
    assert_eq!(marked("株", "㈱です"), ["㈱"]);
    assert_eq!(marked("🎉", "ja 🎉!"), ["🎉"]);
}

#[test]
fn better_fits_score_higher() {
    let score = |text: &str, body: &str| query(text).find(body).unwrap().score;
    let long = "and so on and so on and so on and so on";
    assert!(score("deploy", "deploy") > score("deploy", &format!("deploy {long}")));
    assert!(score("deploy", &format!("deploy {long}")) > score("deploy", "deployed"));
    assert!(score("red car", &format!("red car {long}")) > score("red car", &format!("car red {long}")));
}

#[test]
fn filters_are_read() {
    let all = query("from:@Ada in:#general before:2026-02-01 after:2026-01-01 has:FILE report");
    assert_eq!((all.from.as_deref(), all.has_file), (Some("ada"), true));
    assert_eq!(all.within, Some(Within::Name("general".to_owned())));
    assert_eq!(all.before.unwrap().to_string(), "2026-02-01T00:00:00.000000Z");
    assert_eq!(all.not_before.unwrap().to_string(), "2026-01-01T00:00:00.000000Z");
    let id = "0198c0de-0000-7000-8000-00000000000a";
    assert_eq!(query(&format!("in:{id}")).within, Some(Within::Id(id.parse().unwrap())));
    assert_eq!(query("in:\"General chat\" x").within, Some(Within::Name("General chat".to_owned())));
    assert!(query("from: bob").from.is_none(), "a name with nothing behind it is a word");
    assert!(query("http://x.example foo:bar").within.is_none());
    assert!(query("has:file").has_no_words() && !query("has:file").is_empty() && query("?! \"\"").is_empty());
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let too_many = "a ".repeat(Query::MAX_WORDS + 1);
    let too_long = "x".repeat(10_000);
    for text in
        ["", " \t\n", "before:yesterday", "after:2026-13-01", "before:2026-1-1", "has:wings", &too_many, &too_long]
    {
        assert!(Query::parse(text).is_err(), "{text:.40}");
    }
    let error = Query::parse("before:hunter2").unwrap_err().to_string();
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn an_excerpt_shows_the_first_hit() {
    let body = format!("{} needle {}", "hay ".repeat(200), "hay ".repeat(200));
    let parts = excerpt(&body, &query("needle").find(&body).unwrap().ranges);
    let texts: Vec<_> = parts.iter().map(|part| (part.text.trim(), part.hit)).collect();
    assert_eq!((texts.len(), texts[1]), (3, ("needle", true)));
    assert!(texts[0].0.starts_with('…') && texts[2].0.ends_with('…'));
    let shown: usize = parts.iter().map(|part| part.text.chars().count()).sum();
    assert!(shown <= 242, "{shown}");
    let short = excerpt("all of it", &[]);
    assert_eq!(short.iter().map(|part| part.text.as_str()).collect::<Vec<_>>(), ["all of it"]);
}

/// Text of all scripts, operators of every query language, and what people write.
fn anything() -> impl Strategy<Value = String> {
    let words = [
        "deploy",
        "Deploy",
        "東京タワー",
        "한국어",
        "ไทย",
        "हिन्दी",
        "café",
        "cafe\u{301}",
        "🎉",
        "👍🏽",
        "ﬁ",
        "㈱",
        "½",
        "\u{fdfa}",
        "from:",
        "in:",
        "before:",
        "has:file",
        "\"",
        "”",
        "*",
        "%",
        "_",
        "\\",
        "'",
        "(",
        ")",
        "AND",
        "OR",
        "NOT",
        "NEAR(",
        "^",
        "-",
        ":*",
        "<->",
        "&",
        "|",
        "!",
        "--",
        ";",
        "\0",
        "\u{feff}",
        "\u{202e}",
        " ",
        " ",
        " ",
        "\n",
        "$1",
        "{}",
        "\u{e31}",
        "\u{93f}",
        "\u{1160}",
    ];
    let piece = prop_oneof![
        sample::select(words.to_vec()).prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
        "[a-z]{1,4}",
    ];
    collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_query_meets_any_text(wanted in anything(), body in anything()) {
        let Ok(query) = Query::parse(&wanted) else { return Ok(()) };
        let terms = terms(&body);
        for term in &terms {
            // Both tokenizers of the databases leave such a term as it is.
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || !c.is_ascii();
            prop_assert!(!term.is_empty() && term.len() <= 300 && term.chars().all(plain), "{:?}", term);
        }
        if let Some(hit) = query.find(&body) {
            let narrow = query.narrow();
            let fits = |term: &String, narrow: &confab_domain::search::Narrow<'_>| match narrow.begins {
                true => term.starts_with(narrow.term),
                false => term == narrow.term,
            };
            prop_assert!(narrow.iter().all(|one| terms.iter().any(|term| fits(term, one))), "{:?} hides {:?}", narrow, terms);
            let apart = hit.ranges.windows(2).all(|pair| pair[0].end < pair[1].start || pair[0].end <= pair[1].start);
            prop_assert!(apart && hit.ranges.iter().all(|range| body.get(range.clone()).is_some_and(|text| !text.is_empty())));
            let shown: String = excerpt(&body, &hit.ranges).into_iter().map(|part| part.text).collect();
            prop_assert!(body.chars().count() > 240 || shown == body);
        }
    }

    #[test]
    fn a_text_is_found_by_each_of_its_words(body in anything()) {
        for word in body.split_whitespace().filter(|word| !word.contains([':', '"', '“', '”', '„', '‟', '«', '»', '\0'])) {
            if let Ok(query) = Query::parse(word) {
                prop_assert!(query.is_empty() || query.find(&body).is_some(), "{:?} in {:?}", word, body);
            }
        }
    }

    #[test]
    fn terms_are_those_of_the_text_written_otherwise(body in "[a-zA-Z0-9äöüßéèñçøåΑ-Ωα-ω東京タワ가-힣 .,-]{0,60}") {
        prop_assert_eq!(terms(&body), terms(&body.to_uppercase()));
    }
}
