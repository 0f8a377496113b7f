//! `confab migrate` and `confab restored`: the shape and the epoch of the store.

use anyhow::Context as _;
use confab_runtime::config::Config;
use confab_store::Migrated;

use crate::output::say;
use crate::start;

pub(crate) async fn migrate(config: &Config) -> anyhow::Result<()> {
    let Migrated { from, to, applied } = start::migrate(config).await?;
    for migration in &applied {
        say(&format!("applied {migration}"));
    }
    say(&match (applied.len(), from) {
        (0, _) => format!("the store is at version {to} already: nothing to do"),
        (count, None) => format!("a new store at version {to} ({})", migrations(count)),
        (count, Some(from)) => format!("the store went from version {from} to {to} ({})", migrations(count)),
    });
    Ok(())
}

fn migrations(count: usize) -> String {
    if count == 1 { "1 migration".to_owned() } else { format!("{count} migrations") }
}

pub(crate) async fn restored(config: &Config) -> anyhow::Result<()> {
    let store = start::open_store(config, "restored").await?;
    let head = store.restored().await.context("cannot begin a new epoch")?;
    store.close().await;
    say(&format!("epoch {} begins at position {}; clients start afresh", head.epoch, head.position));
    Ok(())
}
