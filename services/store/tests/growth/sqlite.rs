//! On SQLite: the plan of each statement that the store ran, with statistics and without, and how often the file was read for it.
//!
//! SQLite tells no counts of rows. What a plan does not show, such as going through a whole conversation by its index, shows in the reads: pages
//! that are in no cache of a connection, and these are small.

use std::collections::BTreeSet;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Row};

use crate::asked::{Asked, ask_all, ask_by_name};
use crate::calls::Scene;
use crate::caught;
use crate::database::Database;
use crate::filling::{FULL, NEARLY_EMPTY, Size, analyze, fill, run};

/// All but those of one row, or of one per kind of task.
const GROWING: [&str; 15] = [
    "events",
    "streams",
    "members",
    "users",
    "credentials",
    "sessions",
    "read_marks",
    "mentions",
    "preferences",
    "thread_follows",
    "invitations",
    "join_requests",
    "files",
    "push_subscriptions",
    "search_messages",
];

/// Pages for each thing that is given: rows of several tables, by several indexes.
const READS_EACH: u64 = 20;
const READS_OF_A_CALL: u64 = 500;

/// A filled store without statistics, on which all was asked already when it was empty.
async fn filled(size: Size) -> (Database, Scene) {
    let alone = caught::ALONE.lock().await;
    let database = Database::sqlite().await;
    let scene = Scene::new(database.store.clone(), size);
    ask_all(&scene).await;
    drop(alone);
    fill(&database.options.url, &size).await;
    (database, scene)
}

/// How a statement names the tables that grow.
fn names_of_growing(statement: &str) -> BTreeSet<&str> {
    let words: Vec<&str> =
        statement.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty()).collect();
    let tables = words.iter().enumerate().filter(|(_, word)| GROWING.contains(word));
    // A keyword that follows is no name of anything that is scanned.
    tables.flat_map(|(place, table)| [Some(*table), words.get(place + 1).copied()]).flatten().collect()
}

/// What a statement scans from end to end.
async fn scans(url: &str, statement: &str) -> Vec<String> {
    let options = url.parse::<SqliteConnectOptions>().unwrap().disable_statement_logging();
    let explain = sqlx::query(AssertSqlSafe(format!("explain query plan {statement}")));
    let rows = explain.fetch_all(&mut options.connect().await.unwrap()).await.unwrap();
    let growing = names_of_growing(statement);
    let details = rows.iter().map(|row| row.get::<String, _>("detail"));
    let scanned = |detail: &String| {
        let what = detail.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
        what.is_some_and(|name| growing.contains(name)) && !detail.contains("VIRTUAL TABLE")
    };
    details.filter(scanned).map(|detail| format!("{detail} in: {statement}")).collect()
}

async fn problems_of(state: &str, url: &str, asked: &Asked, small: u64) -> Vec<String> {
    let mut problems: Vec<String> = asked.is_wrong(true).into_iter().collect();
    for statement in asked.caught.statements.iter().collect::<BTreeSet<_>>() {
        problems.extend(scans(url, statement).await);
    }
    if asked.caught.statements.is_empty() {
        problems.push("nobody told of its statements".to_owned());
    }
    let most = small + READS_OF_A_CALL + READS_EACH * asked.answers as u64;
    if let Some(reads) = asked.reads.filter(|reads| *reads > most) {
        problems.push(format!("{reads} reads of the file, more than {most}: {:?}", asked.caught.statements));
    }
    problems.into_iter().map(|problem| format!("{}, {state}: {problem}", asked.call.name)).collect()
}

async fn problems_of_all(state: &str, url: &str, asked: &[Asked], small: &[Asked]) -> Vec<String> {
    let mut problems = Vec::new();
    for (asked, small) in asked.iter().zip(small) {
        problems.extend(problems_of(state, url, asked, small.reads.unwrap_or_default()).await);
    }
    problems
}

/// The test would see what it looks for.
async fn a_missing_index_is_seen(url: &str, scene: &Scene) {
    run(url, "drop index events_message_no_key; drop index members_user_idx").await;
    let name = "gateway: conversations of a person";
    let problems = problems_of("without an index", url, &ask_by_name(scene, name).await, 0).await;
    let seen = |problem: &String| problem.contains("SCAN m") && problem.contains("from members m");
    assert!(problems.iter().any(seen), "{name}: {problems:#?}");
    let name = "page: the newest 50";
    let asked = ask_by_name(scene, name).await;
    let problems = problems_of("without an index", url, &asked, 0).await;
    let seen = |problem: &String| problem.contains("reads of the file");
    assert!(asked.reads.is_none() || problems.iter().any(seen), "{name}: {:?} {problems:#?}", asked.reads);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_hot_call_costs_the_same_at_a_million_events_on_sqlite() {
    caught::begin();
    let (small, nearly_empty) = filled(NEARLY_EMPTY).await;
    let (full, scene) = filled(FULL).await;
    let (small, full) = (&small.options.url, &full.options.url);
    let _alone = caught::ALONE.lock().await;
    let few = ask_all(&nearly_empty).await;
    let mut problems = problems_of_all("nearly empty", small, &few, &few).await;
    problems.extend(problems_of_all("full", full, &ask_all(&scene).await, &few).await);
    analyze(full).await;
    problems.extend(problems_of_all("full, with statistics", full, &ask_all(&scene).await, &few).await);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    a_missing_index_is_seen(full, &scene).await;
}
