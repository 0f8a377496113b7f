//! The arrows of DESIGN.md, read from `cargo metadata`, and the size and shape of source files.
//!
//! A wrong dependency is cheap to add and dear to remove, so it fails here on the day it appears.
//! Only direct dependencies count: what a crate may name in its own source.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

const MAX_LINES: usize = 400;

/// Which crates of the workspace each of them may use; tests may use more. `confab-` is left out of the
/// names. The binary itself, `confab`, may use all but the simulator and the bench, which stand beside it.
const ARROWS: [(&str, &str); 9] = [
    ("proto", ""),
    ("domain", "proto"),
    ("runtime", "proto"),
    ("store", "proto domain"),
    ("api", "proto domain runtime store"),
    ("gateway", "proto domain runtime store"),
    ("confab", "proto domain runtime store api gateway"),
    // A client knows only what any other program can see.
    ("bench", "proto"),
    ("simulator", "proto domain runtime store api gateway"),
];

/// What the pure crates must not know: SQL, HTTP, sockets, NATS and the async runtime.
const OUTSIDE: &str = "async-nats axum http http-body-util hyper hyper-util rusqlite socketioxide \
                       sqlx tokio tokio-util tower tower-http";

/// What speaks SQL.
const SQL: &str = "sqlx sqlx-core sqlx-postgres sqlx-sqlite rusqlite libsqlite3-sys tokio-postgres";

/// A crate's name as the arrows spell it.
fn short(name: &str) -> &str {
    name.strip_prefix("confab-").unwrap_or(name)
}

fn lists(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|listed| listed == word)
}

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).no_deps().exec().unwrap()
}

/// Direct dependencies by crate; `tests_too` adds those that only tests have.
fn dependencies(tests_too: bool) -> BTreeMap<String, BTreeSet<String>> {
    metadata()
        .packages
        .iter()
        .map(|package| {
            let counts = |kind| tests_too || kind != DependencyKind::Development;
            let names = package.dependencies.iter().filter(|dependency| counts(dependency.kind));
            (package.name.to_string(), names.map(|dependency| dependency.name.clone()).collect())
        })
        .collect()
}

fn root() -> PathBuf {
    metadata().workspace_root.into_std_path_buf()
}

/// Every source file under `folder`, with its text: Rust, TypeScript and style sheets.
fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if opening(&path).is_some() {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

/// How a source file of this kind begins to say what it is for.
fn opening(path: &Path) -> Option<&'static str> {
    match path.extension()?.to_str()? {
        "rs" => Some("//! "),
        "ts" | "tsx" => Some("//"),
        "css" => Some("/* "),
        _ => None,
    }
}

/// The sources of all services, `services/*/src`, and `proto/src`.
fn all_sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    sources(&root().join("proto/src"), &mut found);
    for entry in fs::read_dir(root().join("services")).unwrap() {
        let folder = entry.unwrap().path().join("src");
        if folder.exists() {
            sources(&folder, &mut found);
        }
    }
    assert!(found.len() >= ARROWS.len(), "only {} source files were found", found.len());
    found
}

#[test]
fn crates_depend_on_each_other_along_the_arrows_only() {
    let all = dependencies(false);
    let arrows = BTreeMap::from(ARROWS);
    let members: BTreeSet<_> = all.keys().map(|name| short(name)).collect();
    let known: BTreeSet<_> = arrows.keys().copied().collect();
    assert_eq!(members, known, "each crate has its place among the arrows");
    for (name, uses) in &all {
        let own = uses.iter().filter(|used| all.contains_key(*used));
        let wrong: Vec<_> = own.filter(|used| !lists(arrows[short(name)], short(used))).collect();
        assert!(wrong.is_empty(), "{name} must not depend on {wrong:?}");
    }
}

#[test]
fn only_the_store_knows_sql() {
    for (name, uses) in dependencies(true) {
        let sql: Vec<_> = uses.iter().filter(|used| lists(SQL, used)).collect();
        let allowed = name == "confab-store";
        assert!(allowed || sql.is_empty(), "{name} depends on {sql:?}");
        assert!(!allowed || !sql.is_empty(), "the store has lost its SQL");
    }
}

#[test]
fn proto_and_domain_are_pure() {
    let all = dependencies(false);
    for name in ["confab-proto", "confab-domain"] {
        let wrong: Vec<_> = all[name].iter().filter(|used| lists(OUTSIDE, used)).collect();
        assert!(wrong.is_empty(), "{name} must not depend on {wrong:?}");
    }
}

#[test]
fn every_source_file_opens_with_what_it_is_for() {
    let says = |path: &Path, text: &str| opening(path).is_some_and(|opening| text.starts_with(opening));
    let wrong: Vec<_> =
        all_sources().into_iter().filter(|(path, text)| !says(path, text)).map(|(path, _)| path).collect();
    assert!(wrong.is_empty(), "these do not open with what they are for: {wrong:#?}");
}

#[test]
fn no_source_file_is_longer_than_the_limit() {
    let lengths = all_sources().into_iter().map(|(path, text)| (text.lines().count(), path));
    let wrong: Vec<_> = lengths.filter(|(lines, _)| *lines > MAX_LINES).collect();
    assert!(wrong.is_empty(), "these are longer than {MAX_LINES} lines: {wrong:#?}");
}

#[test]
fn only_proto_spells_subjects() {
    let spelled = ["\"confab.live.", "\"confab.signal.", "\"confab.log."];
    let here = root().join("proto/src");
    let wrong: Vec<_> = all_sources()
        .into_iter()
        .filter(|(path, text)| !path.starts_with(&here) && spelled.iter().any(|subject| text.contains(subject)))
        .map(|(path, _)| path)
        .collect();
    assert!(wrong.is_empty(), "a subject is spelled outside of proto: {wrong:#?}");
}
