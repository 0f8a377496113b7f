//! Creating, listing, joining, leaving; who sees what.

use serde_json::{Value, json};

use super::app::{Answer, Person, TestApp};

#[tokio::test]
async fn a_direct_conversation_is_there_once_and_carries_its_receiver() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let first = ada.post("/api/conversations", &json!({"kind": "direct", "userId": bob.id})).await.ok(201);
    let conversation = &first["conversation"];
    assert_eq!(conversation["name"], Value::Null);
    let shown = json!({"id": bob.id, "username": "bob", "displayName": "BOB", "statusText": "", "avatar": null, "deleted": false});
    assert_eq!(conversation["receivers"], json!([shown]));
    assert_eq!(conversation["role"], "member");
    let again = bob.post("/api/conversations", &json!({"kind": "direct", "userId": ada.id})).await.ok(200);
    assert_eq!(again["conversation"]["id"], conversation["id"]);
    assert_eq!(again["conversation"]["receivers"][0]["username"], "ada");
}

#[tokio::test]
async fn rejects_a_direct_conversation_with_oneself_or_nobody() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let with = async |id: Value| ada.post("/api/conversations", &json!({"kind": "direct", "userId": id})).await;
    with(json!(ada.id)).await.is_problem(422, "invalid", Some("userId"));
    with(json!("0198c0de-0000-7000-8000-000000000001")).await.is_problem(422, "invalid", Some("userId"));
    with(json!("nobody")).await.is_problem(400, "malformed", Some("userId"));
    with(json!(7)).await.is_problem(400, "malformed", Some("userId"));
    let named = json!({"kind": "direct", "userId": ada.id, "name": "x"});
    ada.post("/api/conversations", &named).await.is_problem(400, "malformed", Some("name"));
    ada.post("/api/conversations", &json!({"kind": "direct"})).await.is_problem(400, "malformed", Some("userId"));
    for kind in [json!("room"), json!({"direct": null}), json!(0), json!(null)] {
        let body = json!({"kind": kind, "userId": bob.id});
        ada.post("/api/conversations", &body).await.is_problem(400, "malformed", Some("kind"));
    }
}

#[tokio::test]
async fn a_group_is_made_once_per_client_id() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let client_id = "0198c0de-0000-7000-8000-00000000000a";
    let body = json!({"kind": "group", "name": " Rust ", "memberIds": [bob.id], "clientId": client_id});
    let first = ada.post("/api/conversations", &body).await.ok(201);
    assert_eq!(first["conversation"]["name"], "Rust");
    assert_eq!(first["conversation"]["role"], "owner");
    assert_eq!(first["conversation"]["receivers"], json!([]));
    assert_eq!(ada.post("/api/conversations", &body).await.ok(200), first);
    let other = json!({"kind": "group", "name": "Go", "memberIds": [bob.id], "clientId": client_id});
    ada.post("/api/conversations", &other).await.is_problem(409, "client_id_reused", None);
    let theirs = bob.post("/api/conversations", &other).await.ok(201);
    assert_ne!(theirs["conversation"]["id"], first["conversation"]["id"], "a clientId belongs to its actor");
}

#[tokio::test]
async fn rejects_groups_without_a_proper_name_or_members() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let make = async |body: Value| ada.post("/api/conversations", &body).await;
    make(json!({"kind": "group"})).await.is_problem(400, "malformed", Some("name"));
    make(json!({"kind": "group", "name": "  "})).await.is_problem(422, "invalid", Some("name"));
    make(json!({"kind": "group", "name": "x".repeat(101)})).await.is_problem(422, "invalid", Some("name"));
    let nobody = "0198c0de-0000-7000-8000-000000000001";
    make(json!({"kind": "group", "name": "x", "memberIds": [nobody]})).await.is_problem(
        422,
        "invalid",
        Some("memberIds"),
    );
    make(json!({"kind": "group", "name": "x", "memberIds": [1]})).await.is_problem(400, "malformed", Some("memberIds"));
    let many = vec![nobody; 101];
    make(json!({"kind": "group", "name": "x", "memberIds": many})).await.is_problem(422, "invalid", Some("memberIds"));
}

#[tokio::test]
async fn a_public_group_is_found_joined_and_left() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let id = ada.group("Rust friends").await;
    ada.group("Gardening").await;
    let found = bob.get("/api/conversations/public?query=FRIEND").await.ok(200);
    assert_eq!(found["conversations"].as_array().unwrap().len(), 1);
    assert_eq!(found["conversations"][0]["role"], Value::Null);
    assert_eq!(found["conversations"][0]["unread"], 0);
    assert_eq!(bob.get("/api/conversations").await.ok(200)["conversations"], json!([]));

    let members = format!("/api/conversations/{id}/members");
    bob.say(&id, "too early").await.is_problem(403, "forbidden", None);
    let read = bob.put(&format!("/api/conversations/{id}/read"), &json!({"seq": 1})).await;
    read.is_problem(403, "forbidden", None);
    let joined = bob.post(&members, &json!({})).await.ok(201);
    assert_eq!(joined["conversation"]["role"], "member");
    bob.post(&members, &json!({})).await.ok(200);
    bob.say(&id, "hello").await.ok(201);
    let roles = ada.get(&members).await.ok(200);
    assert_eq!(roles["members"].as_array().unwrap().len(), 2);
    assert_eq!(roles["next"], Value::Null);

    bob.delete(&format!("{members}/me")).await.ok(204);
    bob.delete(&format!("{members}/me")).await.ok(204);
    bob.say(&id, "too late").await.is_problem(403, "forbidden", None);
    bob.post(&members, &json!({})).await.ok(201);
}

#[tokio::test]
async fn joining_or_leaving_many_times_at_once_happens_once() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let id = ada.group("g").await;
    let members = format!("/api/conversations/{id}/members");
    let types = async || {
        let page = ada.get(&format!("/api/conversations/{id}/events?after=2")).await.ok(200);
        let events = page["events"].as_array().unwrap();
        events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let nothing = json!({});
    let joins = futures_util::future::join_all((0..10).map(|_| bob.post(&members, &nothing))).await;
    let mut statuses: Vec<u16> = joins.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 200, 200, 201]);
    assert!(joins.iter().all(|answer| answer.body["conversation"]["role"] == "member"));
    assert_eq!(types().await, ["member.added"]);

    let me = format!("{members}/me");
    for answer in futures_util::future::join_all((0..10).map(|_| bob.delete(&me))).await {
        answer.ok(204);
    }
    assert_eq!(types().await, ["member.added", "member.left"]);
}

#[tokio::test]
async fn what_is_created_many_times_at_once_is_there_once() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let create = async |requests: [(&Person<'_>, Value); 4]| {
        let posts = requests.iter().map(|(person, body)| person.post("/api/conversations", body));
        let mut answers = futures_util::future::join_all(posts).await;
        answers.sort_by_key(|answer| answer.status);
        let id = |answer: &Answer| answer.body["conversation"]["id"].as_str().map(str::to_owned);
        answers.iter().map(|answer| (answer.status.as_u16(), id(answer))).collect::<Vec<_>>()
    };
    let (with_ada, with_bob) =
        (json!({"kind": "direct", "userId": ada.id}), json!({"kind": "direct", "userId": bob.id}));
    let made = create([(&ada, with_bob.clone()), (&bob, with_ada.clone()), (&ada, with_bob), (&bob, with_ada)]).await;
    assert_eq!(made.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [200, 200, 200, 201]);
    assert!(made.iter().all(|(_, id)| *id == made[0].1));

    let client_id = "0198c0de-0000-7000-8000-00000000000a";
    let group = |name: &str| (&ada, json!({"kind": "group", "name": name, "clientId": client_id}));
    let made = create([group("g"), group("g"), group("g"), group("g")]).await;
    assert_eq!(made.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [200, 200, 200, 201]);
    assert!(made.iter().all(|(_, id)| *id == made[0].1));
    assert_eq!(bob.get("/api/conversations/public").await.ok(200)["conversations"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_strangers_direct_conversation_is_not_there() {
    let app = TestApp::new().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let id = ada.direct(&bob).await;
    let nothing = "0198c0de-0000-7000-8000-000000000001";
    for tail in ["", "/messages", "/events", "/members"] {
        let theirs = eve.get(&format!("/api/conversations/{id}{tail}")).await;
        theirs.is_problem(404, "not_found", None);
        let absent = eve.get(&format!("/api/conversations/{nothing}{tail}")).await;
        assert_eq!(theirs.body, absent.body, "not yours and not there are one");
    }
    eve.say(&id, "hi").await.is_problem(404, "not_found", None);
    eve.post(&format!("/api/conversations/{id}/members"), &json!({})).await.is_problem(404, "not_found", None);
    eve.put(&format!("/api/conversations/{id}/read"), &json!({"seq": 1})).await.is_problem(404, "not_found", None);
    bob.delete(&format!("/api/conversations/{id}/members/me")).await.is_problem(403, "forbidden", None);
}

#[tokio::test]
async fn the_list_has_latest_activity_first_and_counts_unread() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let direct = ada.direct(&bob).await;
    let group = ada.group("Rust").await;
    for text in ["one", "two"] {
        bob.say(&direct, text).await.ok(201);
    }
    let list = ada.get("/api/conversations").await.ok(200);
    let ids: Vec<_> = list["conversations"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [&direct, &group]);
    let first = &list["conversations"][0];
    assert_eq!((first["unread"].as_u64(), first["head"]["messageNo"].as_u64()), (Some(2), Some(2)));
    assert_eq!(first["lastMessage"]["body"], "two");
    assert_eq!(list["conversations"][1]["lastMessage"], Value::Null);

    let page = ada.get("/api/conversations?limit=1").await.ok(200);
    let next = page["next"].as_str().unwrap();
    let rest = ada.get(&format!("/api/conversations?limit=1&cursor={next}")).await.ok(200);
    assert_eq!(rest["conversations"][0]["id"], group.as_str());
    assert_eq!(rest["next"], Value::Null);
    ada.get("/api/conversations?cursor=*").await.is_problem(400, "malformed", Some("cursor"));
}

#[tokio::test]
async fn the_read_mark_moves_forward_only() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let id = ada.direct(&bob).await;
    let mut seqs = Vec::new();
    for text in ["one", "two", "three"] {
        seqs.push(bob.say(&id, text).await.ok(201)["seq"].as_u64().unwrap());
    }
    let unread = async || ada.get(&format!("/api/conversations/{id}")).await.ok(200)["conversation"]["unread"].as_u64();
    let read = format!("/api/conversations/{id}/read");
    ada.put(&read, &json!({"seq": seqs[1]})).await.ok(204);
    assert_eq!(unread().await, Some(1));
    ada.put(&read, &json!({"seq": seqs[0]})).await.ok(204);
    assert_eq!(unread().await, Some(1));
    ada.put(&read, &json!({"seq": seqs[2] + 1})).await.is_problem(422, "invalid", Some("seq"));
    ada.put(&read, &json!({"seq": u64::MAX})).await.is_problem(400, "malformed", Some("seq"));
    ada.put(&read, &json!({"seq": "3"})).await.is_problem(400, "malformed", Some("seq"));
}
