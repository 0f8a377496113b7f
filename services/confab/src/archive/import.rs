//! `confab import`: the rows of an export into an empty store, in one transaction.
//!
//! The projections are written from the log, and before the commit all of it is looked at as `confab verify` does: a file that is
//! torn or changed, or that holds a log with a difference, leaves nothing behind.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context as _, bail};
use confab_runtime::config::Config;
use confab_store::{Batch, MemberLine, Rebuild, StoreError, StreamRow, key_of};

use super::format::{Counts, EVENTS, Header, Line, told};
use super::is_pipe;
use super::read::Lines;
use crate::output::say;
use crate::progress::Progress;
use crate::start;
use crate::verify::report::Findings;
use crate::verify::scan::scan;
use crate::verify::walk::Walk;

/// Rows that go in together.
const TOGETHER: usize = 500;
/// Bytes of `data` that go in together.
const TOGETHER_BYTES: usize = 4 << 20;

pub(crate) async fn import(file: &Path, config: &Config) -> anyhow::Result<()> {
    if is_pipe(file) {
        return read(std::io::stdin().lock(), config).await;
    }
    let shown = file.display();
    let opened = File::open(file).with_context(|| format!("cannot open {shown}"))?;
    read(BufReader::new(opened), config).await.with_context(|| format!("cannot import {shown}"))
}

async fn read(from: impl BufRead, config: &Config) -> anyhow::Result<()> {
    let mut lines = Lines::new(from);
    let header = lines.header()?;
    if !config.database.is_postgres() {
        start::migrate(config).await?;
    }
    let options = start::store_options(config, "import");
    let mut db = start::at_start(config, || confab_store::rebuild(&options)).await?;
    if !db.claim_if_empty().await? {
        bail!("the store is not empty: an import needs a new one, since two logs do not fit into one");
    }
    let counts = insert(&mut *db, &mut lines, &header).await?;
    project(&mut *db).await?;
    db.new_epoch().await?;
    prove(&mut *db).await?;
    let head = db.log_head().await?;
    db.commit().await?;
    say(&format!("read {}; all agrees, and epoch {} begins", told(counts), head.epoch));
    Ok(())
}

/// Rows that wait to go in together, of one table.
#[derive(Default)]
struct Waiting {
    lines: Vec<Line>,
    bytes: usize,
}

impl Waiting {
    fn is_full(&self, next: &Line) -> bool {
        let other_table = self.lines.last().is_some_and(|last| last.table() != next.table());
        other_table || self.lines.len() >= TOGETHER || self.bytes >= TOGETHER_BYTES
    }

    fn push(&mut self, line: Line) {
        self.bytes += if let Line::Events(event) = &line { event.data.len() } else { 0 };
        self.lines.push(line);
    }

    async fn insert(&mut self, db: &mut dyn Rebuild) -> Result<(), StoreError> {
        macro_rules! rows {
            ($kind:ident) => {
                self.lines.drain(..).filter_map(|line| if let Line::$kind(row) = line { Some(row) } else { None })
            };
        }
        self.bytes = 0;
        match self.lines.first() {
            None | Some(Line::End(_)) => Ok(()),
            Some(Line::Users(_)) => {
                let mut rows: Vec<_> = rows!(Users).collect();
                // As this version folds names.
                rows.iter_mut().for_each(|row| row.display_key = key_of(&row.display_name));
                db.insert(Batch::Accounts(&rows)).await
            }
            Some(Line::Credentials(_)) => db.insert(Batch::Credentials(&rows!(Credentials).collect::<Vec<_>>())).await,
            Some(Line::Sessions(_)) => db.insert(Batch::Sessions(&rows!(Sessions).collect::<Vec<_>>())).await,
            Some(Line::ReadMarks(_)) => db.insert(Batch::ReadMarks(&rows!(ReadMarks).collect::<Vec<_>>())).await,
            Some(Line::Preferences(_)) => db.insert(Batch::Preferences(&rows!(Preferences).collect::<Vec<_>>())).await,
            Some(Line::ThreadFollows(_)) => {
                db.insert(Batch::ThreadFollows(&rows!(ThreadFollows).collect::<Vec<_>>())).await
            }
            Some(Line::Invitations(_)) => db.insert(Batch::Invitations(&rows!(Invitations).collect::<Vec<_>>())).await,
            Some(Line::JoinRequests(_)) => {
                db.insert(Batch::JoinRequests(&rows!(JoinRequests).collect::<Vec<_>>())).await
            }
            Some(Line::PushKeys(_)) => db.insert(Batch::PushKeys(&rows!(PushKeys).collect::<Vec<_>>())).await,
            Some(Line::PushSubscriptions(_)) => {
                db.insert(Batch::PushSubscriptions(&rows!(PushSubscriptions).collect::<Vec<_>>())).await
            }
            Some(Line::Events(_)) => db.insert(Batch::Events(&rows!(Events).collect::<Vec<_>>())).await,
            Some(Line::Files(_)) => db.insert(Batch::Files(&rows!(Files).collect::<Vec<_>>())).await,
            Some(Line::FileUses(_)) => db.insert(Batch::FileUses(&rows!(FileUses).collect::<Vec<_>>())).await,
        }
    }
}

async fn insert(db: &mut dyn Rebuild, lines: &mut Lines<impl BufRead>, header: &Header) -> anyhow::Result<Counts> {
    let mut progress = Progress::new(usize::try_from(header.position.0)?);
    let mut waiting = Waiting::default();
    let mut first = lines.number() + 1;
    while let Some(line) = lines.next()? {
        if waiting.is_full(&line) {
            let last = lines.number() - 1;
            waiting.insert(db).await.with_context(|| format!("the store refused a row of lines {first} to {last}"))?;
            first = lines.number();
            progress.show(usize::try_from(lines.counts()[EVENTS])?, "events read");
        }
        waiting.push(line);
    }
    waiting.insert(db).await.with_context(|| format!("the store refused a row from line {first} on"))?;
    let counts = lines.counts();
    if counts[EVENTS] != header.position.0 {
        bail!("line 1 says that the log ends at {}, but {} events are in the file", header.position, counts[EVENTS]);
    }
    Ok(counts)
}

/// Writes `streams` and `members` as the log says them.
async fn project(db: &mut dyn Rebuild) -> anyhow::Result<()> {
    let mut walk = Walk::new();
    let (mut streams, mut members): (Vec<StreamRow>, Vec<MemberLine>) = (Vec::new(), Vec::new());
    while let Some(stream) = walk.next(db, || ()).await? {
        streams.extend(stream.fold.stream_row(stream.account.as_ref()));
        members.extend(stream.fold.member_rows());
        if streams.len() + members.len() >= TOGETHER {
            put(db, &mut streams, &mut members).await?;
        }
    }
    put(db, &mut streams, &mut members).await
}

async fn put(db: &mut dyn Rebuild, streams: &mut Vec<StreamRow>, members: &mut Vec<MemberLine>) -> anyhow::Result<()> {
    db.put_streams(streams).await.context("the rows of streams cannot be written")?;
    for some in members.chunks(TOGETHER) {
        db.put_members(some).await.context("the rows of members cannot be written")?;
    }
    streams.clear();
    members.clear();
    Ok(())
}

async fn prove(db: &mut dyn Rebuild) -> anyhow::Result<()> {
    let head = db.log_head().await?;
    let mut findings = Findings::default();
    scan(db, head, None, &mut findings).await?;
    match findings.told.first() {
        None => Ok(()),
        Some(first) => bail!(
            "the file holds a log with {} difference(s), the first being {}: {}",
            findings.total(),
            first.check.name(),
            first.line()
        ),
    }
}
