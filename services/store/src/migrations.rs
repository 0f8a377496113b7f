//! The embedded migrations, and whether a store has had them all.

use std::collections::BTreeMap;

use sqlx::migrate::{Migrate, MigrateError, Migrator};

use crate::error::StoreError;

pub(crate) static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");
pub(crate) static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// Refuses a store that another version of Confab has or has not migrated.
pub(crate) async fn check<C: Migrate>(migrations: &Migrator, connection: &mut C) -> Result<(), StoreError> {
    let applied = match connection.list_applied_migrations(&migrations.table_name).await {
        Ok(applied) => applied,
        Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => return Err(no_table(error)),
        Err(error) => return Err(StoreError::Migration(error.to_string())),
    };
    let applied: BTreeMap<i64, _> = applied.into_iter().map(|one| (one.version, one.checksum)).collect();
    for migration in migrations.iter() {
        match applied.get(&migration.version) {
            None => {
                let (version, what) = (migration.version, &migration.description);
                return Err(lacks(&format!("the store lacks migration {version} ({what})")));
            }
            Some(checksum) if *checksum != migration.checksum => {
                let version = migration.version;
                return Err(StoreError::Migration(format!(
                    "migration {version} of the store is not the one that this version of Confab has"
                )));
            }
            Some(_) => {}
        }
    }
    match applied.keys().find(|version| !migrations.version_exists(**version)) {
        None => Ok(()),
        Some(version) => Err(StoreError::Migration(format!(
            "the store has migration {version}, which this version of Confab does not know: it is older than the store"
        ))),
    }
}

/// A store that was never migrated has no table of migrations.
fn no_table(error: sqlx::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Damaged(_) => lacks("the store has no migrations"),
        other => other,
    }
}

fn lacks(what: &str) -> StoreError {
    StoreError::Migration(format!("{what}: run `confab migrate`"))
}

/// What a migration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// Number of the last migration that the store had before; `None` for a new store.
    pub from: Option<i64>,
    /// Number of the last one that it has now.
    pub to: i64,
    /// What was applied, as `0001 log`, in order.
    pub applied: Vec<String>,
}

/// Applies what is missing.
pub(crate) async fn apply<C: Migrate>(migrations: &Migrator, connection: &mut C) -> Result<Migrated, StoreError> {
    let before: Vec<i64> = match connection.list_applied_migrations(&migrations.table_name).await {
        Ok(applied) => applied.iter().map(|one| one.version).collect(),
        Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => match StoreError::from(error) {
            // No such table: a new store.
            StoreError::Damaged(_) => Vec::new(),
            other => return Err(other),
        },
        Err(error) => return Err(StoreError::Migration(error.to_string())),
    };
    run(migrations, connection).await?;
    let new = migrations.iter().filter(|migration| !before.contains(&migration.version));
    Ok(Migrated {
        from: before.iter().max().copied(),
        to: migrations.iter().map(|migration| migration.version).max().unwrap_or_default(),
        applied: new.map(|migration| format!("{:04} {}", migration.version, migration.description)).collect(),
    })
}

async fn run<C: Migrate>(migrations: &Migrator, connection: &mut C) -> Result<(), StoreError> {
    // Not `run`: its future is not `Send` (its bound on `Acquire` is not general enough), and this is what it calls.
    match migrations.run_direct(None, connection, false).await {
        Ok(()) => Ok(()),
        Err(MigrateError::Execute(error)) => Err(error.into()),
        Err(MigrateError::ExecuteMigration(error, version)) => match StoreError::from(error) {
            StoreError::Unavailable(error) => Err(StoreError::Unavailable(error)),
            StoreError::Refused(error) => {
                Err(StoreError::Migration(format!("migration {version} was refused: {error}")))
            }
            StoreError::Damaged(error) | StoreError::Migration(error) => {
                Err(StoreError::Migration(format!("migration {version} failed: {error}")))
            }
        },
        Err(error) => Err(StoreError::Migration(error.to_string())),
    }
}
