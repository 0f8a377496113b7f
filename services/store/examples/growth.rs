//! What the hot calls of the store take at a million events beside nearly none, and what a message takes of the disk.
//!
//! `.ci/with-servers cargo run --release --locked -p confab-store --example growth [rounds]`, by default and at the most 80 rounds, since each
//! changes messages of its own; some minutes, most of them for building and filling. Both stores are asked in turn, round by round, so that a busy
//! machine slows both; the table has the medians of each call and of the ratio in a round. The stores and the calls are those of `tests/growth`,
//! which counts what this measures: an answer has the same size in both stores.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement for people to read")]

use std::time::{Duration, Instant};

use confab_store::{migrate, open};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use calls::{CALLS, Call, Scene};
use database::{Database, options, with_database};
use filling::{FULL, NEARLY_EMPTY, Size, analyze, fill};

#[path = "../tests/growth/calls.rs"]
#[expect(dead_code, reason = "the test counts statements")]
mod calls;
#[path = "../tests/conformance/database.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod database;
#[path = "../tests/growth/filling.rs"]
mod filling;

/// So much more may a call take.
const GOAL: f64 = 1.3;

/// The nearly empty store has no more messages to change, with those of the warm-up.
const MOST_ROUNDS: usize = 80;

const MESSAGES: &str = "select count(*) from events where type in ('message.posted', 'message.replied')";
/// The log with its indexes.
const LOG_BYTES: &str = "select pg_total_relation_size('events')";
const POSTGRES_BYTES: &str = "select pg_database_size(current_database())";
const SQLITE_BYTES: &str = "select page_count * page_size from pragma_page_count(), pragma_page_size()";

async fn filled(url: &str, size: Size) -> Scene {
    let options = options(url.to_owned());
    migrate(&options).await.unwrap();
    fill(url, &size).await;
    analyze(url).await;
    Scene::new(open(&options).await.unwrap(), size)
}

async fn timed(scene: &Scene, call: &Call) -> Duration {
    let start = Instant::now();
    let answers = (call.ask)(scene).await;
    assert_eq!(answers, call.answers, "{}", call.name);
    start.elapsed()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Of each store in microseconds, and of what the second took beside the first in the same round.
async fn medians(scenes: [&Scene; 2], call: &Call, rounds: usize) -> [f64; 3] {
    // Plans are made, and what a call needs is read, before it counts.
    for scene in scenes {
        for _ in 0..10 {
            timed(scene, call).await;
        }
    }
    let mut seen = [Vec::new(), Vec::new(), Vec::new()];
    for round in 0..rounds {
        let mut times = [0.0; 2];
        // Neither always comes second.
        for turn in [round % 2, 1 - round % 2] {
            times[turn] = timed(scenes[turn], call).await.as_secs_f64() * 1e6;
        }
        seen[0].push(times[0]);
        seen[1].push(times[1]);
        seen[2].push(times[1] / times[0]);
    }
    seen.map(median)
}

async fn compare(dialect: &str, small: &Scene, full: &Scene, rounds: usize) {
    println!("| {dialect} | nearly empty, µs | a million events, µs | ratio | |\n|---|---:|---:|---:|---|");
    for call in CALLS {
        let [few, many, ratio] = medians([small, full], call, rounds).await;
        let miss = if ratio > GOAL { "above 1.3" } else { "" };
        println!("| {} | {few:.0} | {many:.0} | {ratio:.2} | {miss} |", call.name);
    }
}

async fn number(url: &str, sql: &'static str) -> f64 {
    let sql = AssertSqlSafe(sql);
    let number: i64 = if url.starts_with("postgres") {
        sqlx::query_scalar(sql).fetch_one(&mut PgConnection::connect(url).await.unwrap()).await.unwrap()
    } else {
        sqlx::query_scalar(sql).fetch_one(&mut SqliteConnection::connect(url).await.unwrap()).await.unwrap()
    };
    number as f64
}

/// All there is, by message: edits, reactions, people and what they have read are in it.
async fn show_storage(url: &str) {
    let messages = number(url, MESSAGES).await;
    if url.starts_with("postgres") {
        let (log, all) = (number(url, LOG_BYTES).await, number(url, POSTGRES_BYTES).await);
        println!(
            "\nBytes per message: {:.0} of the log and its indexes, {:.0} of all.\n",
            log / messages,
            all / messages
        );
    } else {
        println!("\nBytes per message: {:.0} of all.\n", number(url, SQLITE_BYTES).await / messages);
    }
}

async fn on_postgres(small: String, full: String, rounds: usize) {
    let scenes = [filled(&small, NEARLY_EMPTY).await, filled(&full, FULL).await];
    show_storage(&full).await;
    compare("Postgres", &scenes[0], &scenes[1], rounds).await;
}

async fn on_sqlite(rounds: usize) {
    let (small, full) = (Database::sqlite().await, Database::sqlite().await);
    let urls = [&small, &full].map(|database| database.options.url.as_str());
    let scenes = [filled(urls[0], NEARLY_EMPTY).await, filled(urls[1], FULL).await];
    show_storage(urls[1]).await;
    compare("SQLite", &scenes[0], &scenes[1], rounds).await;
}

#[tokio::main]
async fn main() {
    let rounds = std::env::args().nth(1).map_or(MOST_ROUNDS, |text| text.parse().unwrap());
    assert!((1..=MOST_ROUNDS).contains(&rounds), "1 to {MOST_ROUNDS} rounds");
    with_database(move |small| with_database(move |full| on_postgres(small, full, rounds))).await;
    on_sqlite(rounds).await;
}
