//! Searching: what is found and by whom, pages that neither repeat nor omit, and queries of any kind.

use std::collections::BTreeSet;
use std::sync::Arc;

use confab_api::{IndexStep, Indexer};
use serde_json::Value;

use super::app::{Person, TestApp};

/// Nothing indexes but the test.
async fn app(more: &[(&str, &str)]) -> TestApp {
    let often = ["MESSAGES_BURST", "MESSAGES_PER_SECOND", "SEARCHES_BURST", "SEARCHES_PER_SECOND"];
    let often: Vec<String> = often.iter().map(|key| format!("CONFAB__LIMITS__{key}")).collect();
    let mut settings: Vec<(&str, &str)> = often.iter().map(|key| (key.as_str(), "100000")).collect();
    settings.push(("CONFAB__SEARCH__INDEXER", "off"));
    settings.extend(more);
    TestApp::with(&settings).await
}

async fn index(app: &TestApp) {
    let indexer = Indexer::new(Arc::clone(&app.store));
    while indexer.index_once().await.unwrap().step != IndexStep::Idle {}
}

/// As a part of a URL.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn search(who: &Person<'_>, q: &str, more: &str) -> Value {
    who.get(&format!("/api/search?q={}{more}", encoded(q))).await.ok(200)
}

/// The snippets, hits in brackets.
fn shown(page: &Value) -> Vec<String> {
    let part = |part: &Value| {
        let text = part["text"].as_str().unwrap();
        if part["hit"] == true { format!("[{text}]") } else { text.to_owned() }
    };
    let hits = page["hits"].as_array().unwrap().iter();
    hits.map(|hit| hit["snippet"].as_array().unwrap().iter().map(part).collect()).collect()
}

#[tokio::test]
async fn what_was_said_is_found_once_it_is_indexed() {
    let app = app(&[]).await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let room = ada.group("The Room").await;
    let private = ada.direct(&bob).await;
    ada.say(&room, "<b>Deployed</b> at noon").await.ok(201);
    let said = ada.say(&room, "the deploy is done, deploy on").await.ok(201);
    ada.say(&private, "secretly deployed").await.ok(201);
    assert_eq!(shown(&search(&ada, "deploy", "").await), [""; 0]);
    index(&app).await;
    let page = search(&ada, "DEPLOY", "").await;
    let expected = ["the [deploy] is done, [deploy] on", "secretly [deployed]", "<b>[Deployed]</b> at noon"];
    assert_eq!((shown(&page).as_slice(), &page["next"]), (expected.map(str::to_owned).as_slice(), &Value::Null));
    let hit = &page["hits"][0];
    assert_eq!((&hit["conversationId"], &hit["conversationName"]), (&Value::from(room), &Value::from("The Room")));
    assert_eq!((&hit["seq"], &hit["messageNo"], &hit["at"]), (&said["seq"], &said["messageNo"], &said["at"]));
    assert_eq!(
        (&hit["author"]["username"], &hit["threadSeq"], &hit["hasFile"]),
        (&"ada".into(), &Value::Null, &false.into())
    );
    assert_eq!(shown(&search(&bob, "deploy from:ada in:@ada", "").await), ["secretly [deployed]"]);
    assert_eq!(search(&eve, "secretly", "").await["hits"], Value::Array(vec![]));
    app.call("GET", "/api/search?q=deploy", None, None).await.is_problem(401, "unauthorized", None);
}

#[tokio::test]
async fn pages_neither_repeat_nor_omit_while_others_write() {
    let app = app(&[]).await;
    let ada = app.person("ada").await;
    let room = ada.group("room").await;
    let mut expected = BTreeSet::new();
    for n in 0..430 {
        // Some whole, some unfinished, some not at all.
        let text = match n % 10 {
            0 => format!("nothing {n}"),
            1..5 => format!("apple {n}"),
            _ => format!("apples and much more than that, really very much {n}"),
        };
        let seq = ada.say(&room, &text).await.ok(201)["seq"].as_u64().unwrap();
        if n % 10 > 0 {
            expected.insert(seq);
        }
    }
    index(&app).await;
    let mut found = Vec::new();
    let (mut more, mut pages) = (String::new(), 0);
    loop {
        let page = search(&ada, "apple", &format!("&limit=30{more}")).await;
        let seqs = page["hits"].as_array().unwrap().iter().map(|hit| hit["seq"].as_u64().unwrap());
        found.extend(seqs);
        pages += 1;
        // What comes later moves nothing.
        ada.say(&room, "apple, the newest").await.ok(201);
        index(&app).await;
        let Some(next) = page["next"].as_str() else { break };
        more = format!("&cursor={next}");
    }
    assert_eq!(found.len(), expected.len(), "none twice");
    assert_eq!(found.iter().copied().collect::<BTreeSet<_>>(), expected, "none passed over");
    assert!(pages >= 13, "{pages}");
    let first: Vec<String> = shown(&search(&ada, "apple", "&limit=1").await);
    assert_eq!(first, ["[apple], the newest"], "a whole word before an unfinished one, the newest first");
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_and_names_its_parameter() {
    let app = app(&[("CONFAB__LIMITS__SEARCHES_BURST", "3"), ("CONFAB__LIMITS__SEARCHES_PER_SECOND", "1")]).await;
    let ada = app.person("ada").await;
    let long = "x".repeat(10_000);
    for q in ["", "%20", "before:soon", "after:2026-02-30", "has:wings", &long] {
        ada.get(&format!("/api/search?q={q}")).await.is_problem(422, "invalid", Some("q"));
    }
    ada.get("/api/search").await.is_problem(422, "invalid", Some("q"));
    ada.get("/api/search?q=a&q=b").await.is_problem(400, "malformed", Some("q"));
    ada.get("/api/search?q=a&cursor=1-2").await.is_problem(400, "malformed", Some("cursor"));
    ada.get("/api/search?q=a&limit=51").await.is_problem(422, "invalid", Some("limit"));
    ada.get("/api/search?q=a%00b").await.is_problem(400, "malformed", None);
    ada.get("/api/search?q=a&page=2").await.is_problem(400, "malformed", None);
    for _ in 0..3 {
        ada.get("/api/search?q=a").await.ok(200);
    }
    ada.get("/api/search?q=a").await.is_problem(429, "rate_limited", None);
}

#[tokio::test]
async fn no_string_of_operators_is_an_error() {
    let app = app(&[]).await;
    let ada = app.person("ada").await;
    let room = ada.group("room").await;
    let strings = [
        "*",
        "%",
        "_",
        "\\",
        "'",
        "''",
        "\"",
        "\"\"\"",
        "(",
        ")",
        "a:*",
        "a & b",
        "a | b",
        "!a",
        "a <-> b",
        "NEAR(a b)",
        "a AND",
        "OR b",
        "NOT",
        "^a",
        "-a",
        "{a}",
        "col:a",
        "terms:a",
        "search_terms:a",
        "in:",
        "in:'",
        "in:\"",
        "in:%",
        "from:'; drop table users; --",
        "$1",
        "?",
        "\u{7f}",
        "\u{202e}abc",
        "\u{fdfa}\u{fdfa}",
        "\u{e31}",
        "e\u{301}\u{301}",
        "👨‍👩‍👧",
        "🇩🇪",
        "東",
        "ไ",
        "한",
        "\u{10ffff}",
        "a\tb\nc",
        "\u{feff}",
        "before:2026-01-01 after:2026-01-01",
    ];
    for text in strings {
        ada.say(&room, &format!("{text} said")).await;
    }
    index(&app).await;
    for text in strings {
        let answer = ada.get(&format!("/api/search?q={}", encoded(text))).await;
        assert!([200, 400, 422].contains(&answer.status.as_u16()), "{text:?}: {}", answer.body);
        let answer = ada.get(&format!("/api/search?q={}", encoded(&format!("said {text}")))).await;
        assert!([200, 400, 422].contains(&answer.status.as_u16()), "{text:?}: {}", answer.body);
    }
}
