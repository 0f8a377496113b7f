//! On Postgres: plans and counts as `auto_explain` tells them of the store's own connections, within functions too.
//!
//! Plans are kept as long as a connection lives. So they are looked at in three states of a full store: with plans that were made when it was empty,
//! with the same connections after statistics were gathered, and with new ones.

use confab_store::{migrate, open};

use crate::asked::{Asked, ask_all, ask_by_name};
use crate::calls::Scene;
use crate::caught;
use crate::database::{options, with_database};
use crate::filling::{FULL, NEARLY_EMPTY, Size, analyze, fill, run};
use crate::plans::Cost;

/// For every connection that is opened from here on. Only a superuser may.
async fn explain_everything(url: &str) {
    let database = url.rsplit_once('/').expect("a URL ends with the name of a database").1;
    let settings = [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_nested_statements", "on"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_buffers", "on"),
        ("auto_explain.log_timing", "off"),
        ("auto_explain.log_format", "json"),
        ("auto_explain.log_level", "notice"),
    ];
    let set = |(name, value)| format!("alter database {database} set {name} = '{value}';");
    run(url, settings.map(set).concat()).await;
}

/// A filled store without statistics, on which all was asked already when it was empty.
async fn filled(url: &str, size: Size) -> Scene {
    let scene = {
        let _alone = caught::ALONE.lock().await;
        let options = options(url.to_owned());
        migrate(&options).await.unwrap();
        explain_everything(url).await;
        let scene = Scene::new(open(&options).await.unwrap(), size);
        ask_all(&scene).await;
        scene
    };
    fill(url, &size).await;
    scene
}

fn costs(asked: &[Asked]) -> Vec<Cost> {
    asked.iter().map(|asked| Cost::of(&asked.caught)).collect()
}

/// What is wrong with a call, beside what it cost when the store was nearly empty.
fn problems_of(state: &str, asked: &Asked, small: &Cost) -> Vec<String> {
    let cost = Cost::of(&asked.caught);
    let mut problems = cost.scans.clone();
    problems.extend(asked.is_wrong(false));
    if asked.caught.plans.is_empty() {
        problems.push("nobody told of its plans".to_owned());
    }
    if cost.rows > small.rows * 13 / 10 + 20 {
        problems.push(format!("{} rows instead of {}, most of them {}", cost.rows, small.rows, cost.dearest()));
    }
    // An index of a million has a level or two more.
    if cost.pages > small.pages * 2 + 20 {
        problems.push(format!("{} pages instead of {}, most rows {}", cost.pages, small.pages, cost.dearest()));
    }
    problems.into_iter().map(|problem| format!("{}, {state}: {problem}", asked.call.name)).collect()
}

fn problems_of_all(state: &str, asked: &[Asked], small: &[Cost]) -> Vec<String> {
    asked.iter().zip(small).flat_map(|(asked, small)| problems_of(state, asked, small)).collect()
}

fn show(small: &[Cost], full: &[Asked]) {
    for (small, full) in small.iter().zip(full) {
        let cost = Cost::of(&full.caught);
        let (name, statements) = (full.call.name, full.caught.statements.len());
        let (rows, pages) = (format!("{} -> {}", small.rows, cost.rows), format!("{} -> {}", small.pages, cost.pages));
        eprintln!("{name:45} {statements:2} statements, rows {rows:>12}, pages {pages:>14}");
    }
}

/// The test would see what it looks for.
async fn a_missing_index_is_seen(url: &str, scene: &Scene, small: &[Cost]) {
    let cost_of = |asked: &Asked| {
        let index = crate::calls::CALLS.iter().position(|call| call.name == asked.call.name);
        &small[index.expect("it is one of them")]
    };
    run(url, "drop index events_message_no_key; alter table sessions drop constraint sessions_token_hash_key").await;
    for (name, seen) in [
        ("page: the newest 50", "rows of events by events_"),
        ("gateway: session", "reads the whole table sessions in: select id, user_id, expires_at from sessions"),
    ] {
        let asked = ask_by_name(scene, name).await;
        let problems = problems_of("without an index", &asked, cost_of(&asked));
        assert!(problems.iter().any(|problem| problem.contains(seen)), "{name}: {problems:#?}");
    }
}

async fn compare(small: String, full: String) {
    let nearly_empty = filled(&small, NEARLY_EMPTY).await;
    let scene = filled(&full, FULL).await;
    let _alone = caught::ALONE.lock().await;
    analyze(&small).await;
    let asked = ask_all(&nearly_empty).await;
    let small = costs(&asked);
    let mut problems = problems_of_all("nearly empty", &asked, &small);
    problems.extend(problems_of_all("full, with plans from when it was empty", &ask_all(&scene).await, &small));
    analyze(&full).await;
    let asked = ask_all(&scene).await;
    show(&small, &asked);
    problems.extend(problems_of_all("full", &asked, &small));
    let new = scene.through(open(&options(full.clone())).await.unwrap());
    problems.extend(problems_of_all("full, with new connections", &ask_all(&new).await, &small));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    a_missing_index_is_seen(&full, &scene, &small).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_hot_call_costs_the_same_at_a_million_events_on_postgres() {
    caught::begin();
    with_database(|small| with_database(move |full| compare(small, full))).await;
}
