//! `confab export`: one snapshot of the store, row after row, into a file or a pipe.
//!
//! Guarantees: what others write meanwhile is not in it; memory does not grow with the store; only its owner may read the file; a
//! file that was broken off has no last line, so nobody takes it for a whole one.

use std::fs::OpenOptions;
use std::io::{BufWriter, IsTerminal as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use confab_runtime::config::Config;
use confab_store::Audit;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::format::{Counts, EVENTS, End, Header, KIND, Line, TABLES, VERSION, told};
use super::is_pipe;
use crate::output::{say, say_aside};
use crate::progress::Progress;
use crate::start;

pub(crate) async fn export(file: &Path, config: &Config) -> anyhow::Result<()> {
    let options = start::store_options(config, "export");
    if is_pipe(file) {
        if std::io::stdout().is_terminal() {
            bail!("an export is not for reading: name a file, or pipe it into a program");
        }
        let mut db = start::at_start(config, || confab_store::snapshot(&options)).await?;
        let counts = write(&mut *db, std::io::stdout().lock()).await?;
        db.close().await?;
        say_aside(&format!("wrote {}", told(counts)));
        return Ok(());
    }
    let shown = file.display();
    let mut db = start::at_start(config, || confab_store::snapshot(&options)).await?;
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let made = made.with_context(|| format!("cannot make the file {shown}"))?;
    let written = match write(&mut *db, &made).await {
        Ok(counts) => made.sync_all().map(|()| counts).with_context(|| format!("cannot write {shown} to the disk")),
        Err(error) => Err(error),
    };
    if written.is_err() {
        // A part of an export is of no use; and if it cannot be removed, it still has no last line.
        std::fs::remove_file(file).ok();
    }
    db.close().await?;
    let bytes = made.metadata().map(|data| data.len()).unwrap_or_default();
    say(&format!("wrote {} to {shown} ({bytes} bytes); it holds every message, keep it safe", told(written?)));
    Ok(())
}

/// Where the lines go, and what has gone there.
struct Sink<W: Write> {
    to: BufWriter<W>,
    sum: Sha256,
    counts: Counts,
    progress: Progress,
}

impl<W: Write> Sink<W> {
    fn line(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(value).context("a row cannot be written as JSON")?;
        line.push(b'\n');
        self.sum.update(&line);
        self.to.write_all(&line).context("cannot write the export")
    }

    fn row(&mut self, row: &Line) -> anyhow::Result<()> {
        self.counts[row.table()] += 1;
        self.progress.show(usize::try_from(self.counts[EVENTS])?, "events written");
        self.line(row)
    }
}

/// Writes the rows of one table, page by page.
macro_rules! rows {
    ($db:ident, $sink:ident, $method:ident, $line:ident, |$row:ident| $key:expr) => {
        let mut after = None;
        loop {
            let page = $db.$method(after).await?;
            let Some($row) = page.last() else { break };
            after = Some($key);
            for row in page {
                $sink.row(&Line::$line(row))?;
            }
        }
    };
}

async fn write(db: &mut dyn Audit, to: impl Write) -> anyhow::Result<Counts> {
    let head = db.log_head().await?;
    let progress = Progress::new(usize::try_from(head.position.0)?);
    let mut sink = Sink { to: BufWriter::new(to), sum: Sha256::new(), counts: [0; TABLES], progress };
    let (epoch, position) = (head.epoch, head.position);
    sink.line(&Header { confab: KIND.to_owned(), version: VERSION, epoch, position })?;
    rows!(db, sink, accounts, Users, |row| row.id);
    rows!(db, sink, credentials, Credentials, |row| row.user_id);
    rows!(db, sink, sessions, Sessions, |row| (row.user_id, row.id));
    rows!(db, sink, read_marks, ReadMarks, |row| (row.stream_id, row.user_id));
    rows!(db, sink, preferences, Preferences, |row| (row.user_id, row.stream_id));
    rows!(db, sink, thread_follows, ThreadFollows, |row| (row.stream_id, row.root_seq, row.user_id));
    rows!(db, sink, invitations, Invitations, |row| row.id);
    rows!(db, sink, join_requests, JoinRequests, |row| (row.stream_id, row.user_id));
    rows!(db, sink, push_keys, PushKeys, |row| row.id);
    rows!(db, sink, push_subscriptions, PushSubscriptions, |row| row.session_id);
    rows!(db, sink, events, Events, |row| row.position);
    rows!(db, sink, files, Files, |row| row.id);
    rows!(db, sink, file_uses, FileUses, |row| (row.file_id, row.stream_id, row.seq));
    let counts = sink.counts;
    if counts[EVENTS] != position.0 {
        bail!("the log has {} events up to position {position}: it is damaged, see `confab verify`", counts[EVENTS]);
    }
    let sha256 = super::hex(&sink.sum.clone().finalize());
    sink.line(&Line::End(End::new(counts, sha256)))?;
    sink.to.flush().context("cannot write the export")?;
    Ok(counts)
}
