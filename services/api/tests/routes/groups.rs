//! Settings, roles, removals and bans: who may, who may not, and what everybody sees afterwards.

use serde_json::{Value, json};

use super::app::{Answer, Person, TestApp};

const NOBODY: &str = "0198c0de-0000-7000-8000-000000000001";

fn path(group: &str, rest: &str) -> String {
    format!("/api/conversations/{group}{rest}")
}

/// An owner, an admin, a member, a reader and a stranger with a private group.
struct Scene<'a> {
    owner: Person<'a>,
    admin: Person<'a>,
    member: Person<'a>,
    reader: Person<'a>,
    stranger: Person<'a>,
    group: String,
}

impl<'a> Scene<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let owner = app.person("owner").await;
        let (admin, member, reader) =
            (app.person("admin").await, app.person("member").await, app.person("reader").await);
        let body = json!({"kind": "group", "name": "Den", "visibility": "private", "topic": "us"});
        let made = owner.post("/api/conversations", &body).await.ok(201);
        let group = made["conversation"]["id"].as_str().unwrap().to_owned();
        for (person, role) in [(&admin, "admin"), (&member, "member"), (&reader, "reader")] {
            owner.post(&path(&group, "/members"), &json!({"userId": person.id, "role": role})).await.ok(201);
        }
        Self { owner, admin, member, reader, stranger: app.person("stranger").await, group }
    }

    fn at(&self, rest: &str) -> String {
        path(&self.group, rest)
    }

    fn about(&self, what: &str, person: &Person<'_>) -> String {
        self.at(&format!("/{what}/{}", person.id))
    }

    async fn role_of(&self, person: &Person<'_>) -> Value {
        person.get(&self.at("")).await.ok(200)["conversation"]["role"].clone()
    }
}

fn names(page: &Value, list: &str) -> Vec<String> {
    let name = |one: &Value| one["user"]["username"].as_str().or(one["username"].as_str()).unwrap().to_owned();
    page[list].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn a_group_begins_private_with_a_topic_once_per_client_id() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let client_id = "0198c0de-0000-7000-8000-00000000000a";
    let body =
        json!({"kind": "group", "name": "Den", "visibility": "private", "topic": " cats ", "clientId": client_id});
    let made = ada.post("/api/conversations", &body).await.ok(201);
    let shown = &made["conversation"];
    assert_eq!((&shown["visibility"], &shown["topic"]), (&json!("private"), &json!("cats")));
    assert_eq!(ada.post("/api/conversations", &body).await.ok(200), made);
    let public = json!({"kind": "group", "name": "Den", "clientId": client_id});
    ada.post("/api/conversations", &public).await.is_problem(409, "client_id_reused", None);
    bob.get(&path(shown["id"].as_str().unwrap(), "")).await.is_problem(404, "not_found", None);
    let long = json!({"kind": "group", "name": "Den", "topic": "x".repeat(251)});
    ada.post("/api/conversations", &long).await.is_problem(422, "invalid", Some("topic"));
    let direct = json!({"kind": "direct", "userId": bob.id, "visibility": "public"});
    ada.post("/api/conversations", &direct).await.is_problem(400, "malformed", Some("visibility"));
}

#[tokio::test]
async fn settings_change_together_or_not_at_all() {
    let app = TestApp::new().await;
    let scene = Scene::new(&app).await;
    let change = async |person: &Person<'_>, body: Value| person.patch(&scene.at(""), &body).await;
    let client_id = "0198c0de-0000-7000-8000-00000000000b";
    let body = json!({"name": "Cave", "topic": "", "posting": "admins", "slowModeSeconds": 60, "clientId": client_id});
    let after = change(&scene.admin, body.clone()).await.ok(200)["conversation"].clone();
    let shown = [&after["name"], &after["topic"], &after["posting"], &after["slowModeSeconds"]];
    assert_eq!(shown, [&json!("Cave"), &json!(""), &json!("admins"), &json!(60)]);
    let again = change(&scene.admin, body).await.ok(200);
    assert_eq!(again["conversation"]["head"], after["head"], "a repeat writes nothing");
    let other = json!({"name": "Hole", "clientId": client_id});
    change(&scene.admin, other).await.is_problem(409, "client_id_reused", None);
    assert_eq!(change(&scene.admin, json!({"name": "Cave"})).await.ok(200)["conversation"]["head"], after["head"]);

    change(&scene.admin, json!({"name": "x", "visibility": "public"})).await.is_problem(403, "forbidden", None);
    change(&scene.admin, json!({"archived": true})).await.is_problem(403, "forbidden", None);
    change(&scene.member, json!({"name": "x"})).await.is_problem(403, "forbidden", None);
    change(&scene.reader, json!({"topic": "x"})).await.is_problem(403, "forbidden", None);
    change(&scene.stranger, json!({"name": "x"})).await.is_problem(404, "not_found", None);
    assert_eq!(scene.owner.get(&scene.at("")).await.ok(200)["conversation"]["name"], "Cave");

    change(&scene.owner, json!({})).await.is_problem(422, "invalid", None);
    change(&scene.owner, json!({"name": " "})).await.is_problem(422, "invalid", Some("name"));
    change(&scene.owner, json!({"slowModeSeconds": 21_601})).await.is_problem(422, "invalid", Some("slowModeSeconds"));
    change(&scene.owner, json!({"posting": "nobody"})).await.is_problem(400, "malformed", Some("posting"));
    let direct = scene.owner.direct(&scene.admin).await;
    scene.owner.patch(&path(&direct, ""), &json!({"name": "x"})).await.is_problem(403, "forbidden", None);
}

#[tokio::test]
async fn an_archived_group_is_read_and_left_only() {
    let app = TestApp::new().await;
    let scene = Scene::new(&app).await;
    scene.owner.patch(&scene.at(""), &json!({"archived": true})).await.ok(200);
    scene.owner.say(&scene.group, "x").await.is_problem(403, "forbidden", None);
    scene.owner.patch(&scene.at(""), &json!({"name": "x"})).await.is_problem(403, "forbidden", None);
    scene.owner.delete(&scene.about("members", &scene.reader)).await.is_problem(403, "forbidden", None);
    scene.member.get(&scene.at("/messages")).await.ok(200);
    scene.reader.delete(&scene.at("/members/me")).await.ok(204);
    scene.owner.patch(&scene.at(""), &json!({"archived": false, "name": "Open"})).await.ok(200);
    scene.owner.say(&scene.group, "x").await.ok(201);
}

#[tokio::test]
async fn announcements_are_written_by_admins_and_a_reader_writes_nothing() {
    let app = TestApp::new().await;
    let scene = Scene::new(&app).await;
    scene.reader.say(&scene.group, "x").await.is_problem(403, "forbidden", None);
    scene.member.say(&scene.group, "x").await.ok(201);
    scene.admin.patch(&scene.at(""), &json!({"posting": "admins"})).await.ok(200);
    scene.member.say(&scene.group, "x").await.is_problem(403, "forbidden", None);
    scene.admin.say(&scene.group, "x").await.ok(201);
}

#[tokio::test]
async fn people_are_let_in_by_those_above_them() {
    let app = TestApp::new().await;
    let scene = Scene::new(&app).await;
    let (members, stranger) = (scene.at("/members"), &scene.stranger.id);
    let add = async |person: &Person<'_>, body: Value| -> Answer { person.post(&members, &body).await };
    add(&scene.member, json!({"userId": stranger})).await.is_problem(403, "forbidden", None);
    add(&scene.stranger, json!({"userId": stranger})).await.is_problem(404, "not_found", None);
    add(&scene.admin, json!({"userId": stranger, "role": "admin"})).await.is_problem(403, "forbidden", None);
    add(&scene.admin, json!({"userId": stranger, "role": "banned"})).await.is_problem(422, "invalid", Some("role"));
    add(&scene.admin, json!({"userId": NOBODY})).await.is_problem(422, "invalid", Some("userId"));
    add(&scene.member, json!({"userId": NOBODY})).await.is_problem(403, "forbidden", None);
    add(&scene.admin, json!({"role": "member"})).await.is_problem(422, "invalid", Some("role"));
    add(&scene.admin, json!({"userId": 7})).await.is_problem(400, "malformed", Some("userId"));
    add(&scene.admin, json!({"userId": stranger, "role": "reader"})).await.ok(201);
    add(&scene.admin, json!({"userId": stranger})).await.ok(200);
    assert_eq!(scene.role_of(&scene.stranger).await, "reader", "who is in keeps the role");
    add(&scene.stranger, json!({})).await.ok(200);
}

#[tokio::test]
async fn a_removed_member_is_out_at_once_and_may_be_let_in_again() {
    let app = TestApp::new().await;
    let scene = Scene::new(&app).await;
    let remove = async |person: &Person<'_>, whom: &Person<'_>| person.delete(&scene.about("members", whom)).await;
    remove(&scene.admin, &scene.owner).await.is_problem(403, "forbidden", None);
    remove(&scene.member, &scene.reader).await.is_problem(403, "forbidden", None);
    remove(&scene.stranger, &scene.reader).await.is_problem(404, "not_found", None);
    remove(&scene.admin, &scene.member).await.ok(204);
    remove(&scene.admin, &scene.member).await.ok(204);
    for read in ["", "/messages", "/events", "/members"] {
        scene.member.get(&scene.at(read)).await.is_problem(404, "not_found", None);
    }
    scene.member.say(&scene.group, "x").await.is_problem(404, "not_found", None);
    scene.owner.post(&scene.at("/members"), &json!({"userId": scene.member.id})).await.ok(201);
    scene.member.say(&scene.group, "x").await.ok(201);
    remove(&scene.member, &scene.member).await.ok(204);
    assert_eq!(names(&scene.owner.get(&scene.at("/members")).await.ok(200), "members"), ["owner", "admin", "reader"]);
    scene.owner.delete(&scene.at("/members/nobody")).await.is_problem(400, "malformed", Some("userId"));
    scene.owner.delete(&path("nothing", &format!("/members/{NOBODY}"))).await.is_problem(400, "malformed", Some("id"));
}

#[tokio::test]
async fn a_banned_person_is_kept_out_of_a_public_group_too() {
    let app = TestApp::new().await;
    let scene = Scene::new(&app).await;
    scene.owner.patch(&scene.at(""), &json!({"visibility": "public"})).await.ok(200);
    let nothing = json!({});
    let ban = async |person: &Person<'_>, whom: &Person<'_>| person.put(&scene.about("bans", whom), &nothing).await;
    ban(&scene.member, &scene.reader).await.is_problem(403, "forbidden", None);
    ban(&scene.admin, &scene.owner).await.is_problem(403, "forbidden", None);
    ban(&scene.owner, &scene.owner).await.is_problem(422, "invalid", Some("userId"));
    scene.owner.put(&scene.at(&format!("/bans/{NOBODY}")), &nothing).await.is_problem(422, "invalid", Some("userId"));
    for whom in [&scene.member, &scene.stranger] {
        ban(&scene.admin, whom).await.ok(204);
        ban(&scene.admin, whom).await.ok(204);
        whom.get(&scene.at("")).await.is_problem(404, "not_found", None);
        whom.join(&scene.group).await.is_problem(404, "not_found", None);
    }
    assert_eq!(names(&scene.admin.get(&scene.at("/bans")).await.ok(200), "users"), ["member", "stranger"]);
    scene.reader.get(&scene.at("/bans")).await.is_problem(403, "forbidden", None);
    scene.stranger.get(&scene.at("/bans")).await.is_problem(404, "not_found", None);
    let add = scene.owner.post(&scene.at("/members"), &json!({"userId": scene.member.id})).await;
    add.is_problem(409, "conflict", None);
    scene.reader.delete(&scene.about("bans", &scene.member)).await.is_problem(403, "forbidden", None);
    for _ in 0..2 {
        scene.admin.delete(&scene.about("bans", &scene.member)).await.ok(204);
    }
    scene.member.join(&scene.group).await.ok(201);
    assert_eq!(scene.role_of(&scene.member).await, "member");
}

#[tokio::test]
async fn roles_are_changed_and_the_group_always_has_an_owner() {
    let app = TestApp::new().await;
    let scene = Scene::new(&app).await;
    let set = async |person: &Person<'_>, whom: &Person<'_>, role: &str| {
        person.patch(&scene.about("members", whom), &json!({"role": role})).await
    };
    set(&scene.admin, &scene.member, "reader").await.ok(204);
    set(&scene.admin, &scene.member, "reader").await.ok(204);
    set(&scene.admin, &scene.reader, "member").await.ok(204);
    set(&scene.admin, &scene.reader, "admin").await.is_problem(403, "forbidden", None);
    set(&scene.member, &scene.reader, "reader").await.is_problem(403, "forbidden", None);
    set(&scene.owner, &scene.stranger, "member").await.is_problem(404, "not_found", None);
    set(&scene.stranger, &scene.member, "member").await.is_problem(404, "not_found", None);
    set(&scene.owner, &scene.member, "banned").await.is_problem(422, "invalid", Some("role"));
    set(&scene.owner, &scene.member, "king").await.is_problem(400, "malformed", Some("role"));

    set(&scene.owner, &scene.owner, "member").await.is_problem(409, "conflict", None);
    scene.owner.delete(&scene.at("/members/me")).await.is_problem(409, "conflict", None);
    set(&scene.owner, &scene.admin, "owner").await.ok(204);
    scene.owner.delete(&scene.at("/members/me")).await.ok(204);
    assert_eq!(scene.role_of(&scene.admin).await, "owner");
    scene.admin.delete(&scene.at("/members/me")).await.is_problem(409, "conflict", None);
}
