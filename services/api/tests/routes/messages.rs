//! Posting, repeating, replying, reading history and the log.

use serde_json::{Value, json};

use super::app::TestApp;

const CLIENT_ID: &str = "0198c0de-0000-7000-8000-00000000000a";

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_another_content_is_refused() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let id = ada.group("g").await;
    let path = format!("/api/conversations/{id}/messages");
    let message = json!({"body": "hello", "clientId": CLIENT_ID});
    let first = ada.post(&path, &message).await.ok(201);
    ada.say(&id, "between").await.ok(201);
    assert_eq!(ada.post(&path, &message).await.ok(200), first);
    let other = json!({"body": "other", "clientId": CLIENT_ID});
    ada.post(&path, &other).await.is_problem(409, "client_id_reused", None);
    let page = ada.get(&path).await.ok(200);
    let bodies: Vec<_> = page["messages"].as_array().unwrap().iter().map(|m| m["body"].as_str().unwrap()).collect();
    assert_eq!(bodies, ["hello", "between"]);
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_also_after_the_right_was_lost() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let id = ada.group("g").await;
    bob.post(&format!("/api/conversations/{id}/members"), &json!({})).await.ok(201);
    let path = format!("/api/conversations/{id}/messages");
    let message = json!({"body": "hello", "clientId": CLIENT_ID});
    let first = bob.post(&path, &message).await.ok(201);
    bob.delete(&format!("/api/conversations/{id}/members/me")).await.ok(204);
    assert_eq!(bob.post(&path, &message).await.ok(200), first);
    bob.post(&path, &json!({"body": "x", "clientId": CLIENT_ID})).await.is_problem(409, "client_id_reused", None);
}

#[tokio::test]
async fn many_at_once_stand_in_one_gapless_order() {
    let app = TestApp::with(&[("CONFAB__LIMITS__MESSAGES_BURST", "1000")]).await;
    let ada = app.person("ada").await;
    let id = ada.group("g").await;
    let texts: Vec<String> = (0..200).map(|n| format!("message {n}")).collect();
    let posts = texts.iter().map(|text| ada.say(&id, text));
    let mut seqs: Vec<u64> = Vec::new();
    for answer in futures_util::future::join_all(posts).await {
        seqs.push(answer.ok(201)["seq"].as_u64().unwrap());
    }
    seqs.sort_unstable();
    assert_eq!(seqs, (3..=202).collect::<Vec<_>>(), "after conversation.created and member.added");
}

#[tokio::test]
async fn history_pages_both_ways_by_seq() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let id = ada.group("g").await;
    for n in 1..=7 {
        ada.say(&id, &n.to_string()).await.ok(201);
    }
    let page = async |query: &str| {
        let page = ada.get(&format!("/api/conversations/{id}/messages{query}")).await.ok(200);
        let bodies: String = page["messages"].as_array().unwrap().iter().map(|m| m["body"].as_str().unwrap()).collect();
        assert_eq!(page["seq"], 9, "the head of the snapshot");
        assert_eq!(page["epoch"].as_str().unwrap().len(), 16);
        (bodies, page["hasMore"].as_bool().unwrap())
    };
    assert_eq!(page("").await, ("1234567".to_owned(), false));
    assert_eq!(page("?limit=3").await, ("567".to_owned(), true));
    assert_eq!(page("?limit=3&before=7").await, ("234".to_owned(), true));
    assert_eq!(page("?limit=3&before=4").await, ("1".to_owned(), false));
    assert_eq!(page("?limit=3&after=0").await, ("123".to_owned(), true));
    assert_eq!(page("?limit=3&after=6").await, ("567".to_owned(), false));
    assert_eq!(page("?after=9007199254740991").await, (String::new(), false));
    let both = ada.get(&format!("/api/conversations/{id}/messages?before=3&after=1")).await;
    both.is_problem(422, "invalid", Some("before"));
    for bad in ["before=-1", "after=x", "before=9223372036854775808"] {
        let field = bad.split('=').next();
        ada.get(&format!("/api/conversations/{id}/messages?{bad}")).await.is_problem(400, "malformed", field);
    }
}

#[tokio::test]
async fn events_are_the_log_envelope_by_envelope() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let id = ada.group("g").await;
    let message = json!({"body": "hello", "clientId": CLIENT_ID});
    let receipt = ada.post(&format!("/api/conversations/{id}/messages"), &message).await.ok(201);
    let page = ada.get(&format!("/api/conversations/{id}/events")).await.ok(200);
    let types: Vec<_> = page["events"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["conversation.created", "member.added", "message.posted"]);
    assert_eq!((page["seq"].as_u64(), page["more"].as_bool()), (Some(3), Some(false)));
    let posted = &page["events"][2];
    assert_eq!(posted["conversationId"], id.as_str());
    assert_eq!(posted["position"], receipt["position"]);
    assert_eq!(posted["at"], receipt["at"]);
    assert_eq!(posted["clientId"], CLIENT_ID);
    assert_eq!(posted["data"], json!({"body": "hello", "replyTo": null, "attachments": []}));

    let first = ada.get(&format!("/api/conversations/{id}/events?limit=2")).await.ok(200);
    assert_eq!((first["seq"].as_u64(), first["more"].as_bool()), (Some(2), Some(true)));
    let rest = ada.get(&format!("/api/conversations/{id}/events?after=2")).await.ok(200);
    assert_eq!(rest["events"].as_array().unwrap().len(), 1);
    let beyond = ada.get(&format!("/api/conversations/{id}/events?after=99")).await.ok(200);
    assert_eq!((beyond["seq"].as_u64(), beyond["more"].as_bool()), (Some(99), Some(false)));
}

#[tokio::test]
async fn a_reply_answers_a_message_of_its_conversation() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let id = ada.group("g").await;
    let path = format!("/api/conversations/{id}/messages");
    let seq = ada.say(&id, "question").await.ok(201)["seq"].clone();
    ada.post(&path, &json!({"body": "answer", "replyTo": seq})).await.ok(201);
    assert_eq!(ada.get(&path).await.ok(200)["messages"][1]["replyTo"], seq);
    for (bad, status, code) in [(json!(1), 422, "invalid"), (json!(99), 422, "invalid"), (json!("3"), 400, "malformed")]
    {
        ada.post(&path, &json!({"body": "x", "replyTo": bad})).await.is_problem(status, code, Some("replyTo"));
    }
}

#[tokio::test]
async fn rejects_bodies_that_say_nothing_or_too_much() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let id = ada.group("g").await;
    let cases = [
        (json!({"body": " \n"}), 422, "invalid", Some("body")),
        (json!({"body": "x".repeat(16_385)}), 422, "invalid", Some("body")),
        (json!({"body": "a\u{0}b"}), 422, "invalid", Some("body")),
        (json!({"body": "x".repeat(70_000)}), 413, "body_too_large", None),
        (json!({"body": "x", "clientId": "1"}), 400, "malformed", Some("clientId")),
        (json!({"body": null}), 422, "invalid", Some("body")),
        (json!({}), 422, "invalid", Some("body")),
        (Value::Null, 400, "malformed", None),
        (json!(["hello"]), 400, "malformed", None),
        (json!("hello"), 400, "malformed", None),
    ];
    for (body, status, code, field) in cases {
        let answer = ada.post(&format!("/api/conversations/{id}/messages"), &body).await;
        answer.is_problem(status, code, field);
    }
    ada.say(&id, &"x".repeat(16_384)).await.ok(201);
    let odd = "emoji 🦀, \"quotes\", \\ and \u{2028}\ttabs";
    ada.say(&id, odd).await.ok(201);
    let page = ada.get(&format!("/api/conversations/{id}/messages")).await.ok(200);
    assert_eq!(page["messages"][1]["body"], odd);
}

#[tokio::test]
async fn the_rate_limit_says_when_to_come_back() {
    let settings = [("CONFAB__LIMITS__MESSAGES_BURST", "2"), ("CONFAB__LIMITS__MESSAGES_PER_SECOND", "1")];
    let app = TestApp::with(&settings).await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let id = ada.group("g").await;
    ada.say(&id, "1").await.ok(201);
    ada.say(&id, "2").await.ok(201);
    let answer = ada.say(&id, "3").await;
    answer.is_problem(429, "rate_limited", None);
    let seconds: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=2).contains(&seconds));
    bob.say(&id, "mine is another bucket").await.is_problem(403, "forbidden", None);
}

#[tokio::test]
async fn a_message_of_others_is_changed_like_one_of_no_conversation() {
    let app = TestApp::new().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let direct = ada.direct(&bob).await;
    let seq = ada.say(&direct, "between us").await.ok(201)["seq"].as_u64().unwrap();
    let nowhere = "0198c0de-0000-7000-8000-00000000000f".to_owned();
    for (method, behind) in [
        ("PATCH", ""),
        ("DELETE", ""),
        ("PUT", "/pin"),
        ("DELETE", "/pin"),
        ("PUT", "/reactions/%F0%9F%91%8D"),
        ("DELETE", "/reactions/%F0%9F%91%8D"),
    ] {
        let text = json!({"body": "mine now"});
        let mut answers = Vec::new();
        // Asked twice, as rules are kept after the first time.
        for id in [&direct, &direct, &nowhere] {
            let path = format!("/api/conversations/{id}/messages/{seq}{behind}");
            let answer = app.call(method, &path, Some(&eve.token), (method == "PATCH").then_some(&text)).await;
            answer.is_problem(404, "not_found", None);
            answers.push(answer.body);
        }
        assert!(answers.iter().all(|answer| *answer == answers[2]), "{method} {behind}: {answers:?}");
    }
}
