//! `confab reindex`: empties the index of messages and fills it from the log, beside servers that run and index too.

use anyhow::Context as _;
use confab_api::{IndexStep, Indexer};
use confab_runtime::config::Config;

use crate::output::say;
use crate::progress::Progress;
use crate::start;

pub(crate) async fn reindex(config: &Config) -> anyhow::Result<()> {
    let store = start::open_store(config, "reindex").await?;
    let indexer = Indexer::new(store.clone());
    indexer.empty().await.context("cannot empty the index")?;
    let total = store.log_head().await.context("cannot read the log")?.position.0;
    let mut progress = Progress::new(usize::try_from(total)?);
    let position = loop {
        let now = indexer.index_once().await.context("cannot index the log; the servers go on with it")?;
        if now.step == IndexStep::Idle {
            break now.position;
        }
        progress.show(usize::try_from(now.position.0)?, "events indexed");
    };
    drop(progress);
    store.close().await;
    say(&format!("the index of messages was made again, up to position {position}"));
    Ok(())
}
