//! What the clients of this process saw and did, one JSON object a line, in the order in which it happened.
//!
//! Nothing is judged here. `t` is microseconds since the Unix epoch and never goes back within a process.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use confab_proto::{ConversationId, Epoch, Seq, UserId};
use serde::Serialize;

use crate::spec::Transport;

const BUFFER_BYTES: usize = 1 << 16;

/// What can stand in a line. `client` and `socket` are names of the spec and of this process.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "k", rename_all = "camelCase")]
pub enum Line {
    /// CONNECT was answered.
    Connect {
        client: Arc<str>,
        user: UserId,
        socket: Arc<str>,
        gateway: Arc<str>,
        transport: Transport,
    },
    Disconnect {
        client: Arc<str>,
        socket: Arc<str>,
        why: &'static str,
    },
    /// A join goes out.
    Join {
        client: Arc<str>,
        socket: Arc<str>,
        join: String,
        conversation: ConversationId,
        after: Option<Seq>,
        epoch: Option<Epoch>,
    },
    Joined {
        client: Arc<str>,
        socket: Arc<str>,
        join: String,
        conversation: ConversationId,
        ok: bool,
        #[serde(flatten)]
        answer: JoinAnswer,
    },
    /// A live event.
    Event {
        client: Arc<str>,
        socket: Arc<str>,
        conversation: Option<ConversationId>,
        seq: Seq,
        h: String,
    },
    /// `leaveConversation` was answered.
    Left {
        client: Arc<str>,
        socket: Arc<str>,
        conversation: ConversationId,
    },
    Reset {
        client: Arc<str>,
        socket: Arc<str>,
        epoch: Option<Epoch>,
    },
    /// An event `error` came: the name of what was refused, and why.
    Refused {
        client: Arc<str>,
        socket: Arc<str>,
        name: Option<String>,
        code: Option<String>,
    },
}

/// The rest of an answered join.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum JoinAnswer {
    Granted {
        seq: Seq,
        epoch: Epoch,
        more: bool,
        events: Vec<(Seq, String)>,
    },
    Refused {
        code: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        seq: Option<Seq>,
        #[serde(skip_serializing_if = "Option::is_none")]
        epoch: Option<Epoch>,
    },
}

#[derive(Serialize)]
struct Stamped<'a> {
    t: u64,
    #[serde(flatten)]
    line: &'a Line,
}

/// One file of one process; all its clients write to it.
#[derive(Debug)]
pub struct History {
    began: (SystemTime, Instant),
    file: Mutex<BufWriter<File>>,
}

impl History {
    /// Begins the file anew.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = Mutex::new(BufWriter::with_capacity(BUFFER_BYTES, File::create(path)?));
        Ok(Self { began: (SystemTime::now(), Instant::now()), file })
    }

    /// Adds a line with the time of now.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, line: &Line) -> io::Result<()> {
        // A writer that panicked left whole lines: one is written in one call.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = serde_json::to_vec(&Stamped { t: self.now(), line })?;
        text.push(b'\n');
        file.write_all(&text)
    }

    /// # Errors
    /// The file cannot be written.
    pub fn flush(&self) -> io::Result<()> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }

    fn now(&self) -> u64 {
        let (wall, instant) = self.began;
        let since = wall.duration_since(SystemTime::UNIX_EPOCH).expect("it is after 1970") + instant.elapsed();
        u64::try_from(since.as_micros()).expect("2^64 microseconds are 584,000 years")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn text(answer: JoinAnswer, ok: bool) -> String {
        let conversation = "0198c0de-0000-7000-8000-00000000000a".parse().unwrap();
        let line = Line::Joined {
            client: "c7".into(),
            socket: "c7.3".into(),
            join: "c7.3.1".into(),
            conversation,
            ok,
            answer,
        };
        serde_json::to_string(&Stamped { t: 5, line: &line }).unwrap()
    }

    #[test]
    fn a_line_is_spelled_as_the_checker_reads_it() {
        let granted =
            JoinAnswer::Granted { seq: Seq(2), epoch: Epoch(255), more: false, events: vec![(Seq(2), "ab".into())] };
        let head = r#"{"t":5,"k":"joined","client":"c7","socket":"c7.3","join":"c7.3.1","conversation":"0198c0de-0000-7000-8000-00000000000a""#;
        assert_eq!(
            text(granted, true),
            format!(r#"{head},"ok":true,"seq":2,"epoch":"00000000000000ff","more":false,"events":[[2,"ab"]]}}"#)
        );
        let refused = JoinAnswer::Refused { code: "not_found".into(), seq: None, epoch: None };
        assert_eq!(text(refused, false), format!(r#"{head},"ok":false,"code":"not_found"}}"#));
    }
}
