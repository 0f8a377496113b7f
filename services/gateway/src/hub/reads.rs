//! Reads of the store for one channel, with patience: each has a time limit and a growing pause before it is repeated.

use std::sync::Arc;
use std::time::Duration;

use confab_store::{EventPage, Snapshot, StoreError};

use super::{Hub, backoff};
use crate::channel::{Answer, ChannelEvent, Opened, Page, Source, Wanted};

/// A connection that died without a word must not hold a channel for ever.
const LIMIT: Duration = Duration::from_secs(10);

/// Answers `Failed` rather than never; the channel then asks again with a higher `attempt`.
pub(super) async fn read(hub: Arc<Hub>, source: Source, wanted: Wanted, attempt: u32) -> Answer {
    // Even a sleep of nothing takes until the next tick.
    if attempt > 0 {
        tokio::time::sleep(backoff(attempt)).await;
    }
    if wanted == Wanted::Snapshot {
        hub.gate.pass(source).await;
    }
    match tokio::time::timeout(LIMIT, ask(&hub, source, wanted)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            log(source, attempt, &error);
            Answer::Failed
        }
        Err(_) => {
            tracing::debug!(stream.id = %source.stream(), "a read of the store takes too long");
            Answer::Failed
        }
    }
}

async fn ask(hub: &Hub, source: Source, wanted: Wanted) -> Result<Answer, StoreError> {
    let limits = &hub.settings.limits;
    match wanted {
        Wanted::Snapshot => Ok(Answer::Snapshot(hub.reader.snapshot(source.stream()).await?.map(opened))),
        Wanted::EventsAfter(after) => {
            let read = hub.reader.events_after(source.stream(), after, limits.page_events, limits.page_bytes);
            Ok(Answer::Page(page(read.await?)?))
        }
    }
}

fn opened(snapshot: Snapshot) -> Opened {
    let Snapshot { log, head, conversation } = snapshot;
    Opened { epoch: log.epoch, position: log.position, head: head.seq, conversation }
}

fn page(page: EventPage) -> Result<Page, StoreError> {
    let read = |row| ChannelEvent::from_log(row).map(Arc::new);
    let events = page.events.iter().map(read).collect::<Result<_, _>>();
    let events = events.map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(Page { epoch: page.log.epoch, position: page.log.position, head: page.head, events })
}

/// A store that is away is said once for all channels, by the sweep. Anything else needs somebody to look at.
fn log(source: Source, attempt: u32, error: &StoreError) {
    let error_text = error as &dyn std::error::Error;
    if attempt == 0 && !matches!(error, StoreError::Unavailable(_)) {
        tracing::error!(stream.id = %source.stream(), error = error_text, "cannot read a stream");
    } else {
        tracing::debug!(stream.id = %source.stream(), error = error_text, "cannot read a stream");
    }
}
