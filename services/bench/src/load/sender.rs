//! Those who send: each message when it is due, over connections that stay open.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval, sleep};
use uuid::Uuid;

use super::spec::{Sender, Spec};
use super::tally::{Tally, text};

const TICK: Duration = Duration::from_millis(1);

/// A message to send.
#[derive(Clone, Copy)]
struct Job {
    room: usize,
    due_ns: u64,
}

/// What the senders of a run share.
pub(super) struct Sending {
    spec: Rc<Spec>,
    tally: Rc<RefCell<Tally>>,
    due: RefCell<VecDeque<Job>>,
    came: Notify,
    next_room: Cell<usize>,
    stopped: Cell<bool>,
    /// How many listen in each room.
    listeners: Vec<u64>,
    /// Deliveries that the messages sent so far make.
    expected: Cell<u64>,
    /// Of each room, answered as done.
    pub(super) done: RefCell<Vec<u64>>,
    /// Answers in the whole run, also refusals.
    pub(super) answers: Cell<u64>,
    /// In the measured time.
    pub(super) sent: Cell<u64>,
    pub(super) refused: Cell<u64>,
    /// Senders that have not ended.
    active: Cell<usize>,
}

impl Sending {
    #[must_use]
    pub(super) fn new(spec: Rc<Spec>, tally: Rc<RefCell<Tally>>) -> Rc<Self> {
        let rooms = spec.rooms.len();
        let mut listeners = vec![0; rooms];
        for room in spec.listeners.iter().flat_map(|listener| &listener.rooms) {
            listeners[*room] += 1;
        }
        Rc::new(Self {
            spec,
            tally,
            listeners,
            expected: Cell::new(0),
            answers: Cell::new(0),
            due: RefCell::default(),
            came: Notify::new(),
            next_room: Cell::new(0),
            stopped: Cell::new(false),
            done: RefCell::new(vec![0; rooms]),
            sent: Cell::new(0),
            refused: Cell::new(0),
            active: Cell::new(0),
        })
    }

    fn job(&self) -> Job {
        let room = self.next_room.get();
        self.next_room.set((room + 1) % self.spec.rooms.len());
        Job { room, due_ns: self.tally.borrow().now_ns() }
    }

    /// Makes messages due at this many a second until it is stopped.
    pub(super) async fn pace(&self, rate: f64) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let (began, mut made) = (self.tally.borrow().now_ns(), 0_u64);
        while !self.stopped.get() {
            ticks.tick().await;
            let elapsed = self.tally.borrow().now_ns() - began;
            let wanted = (elapsed as f64 / 1e9 * rate) as u64;
            for _ in made..wanted {
                let job = self.job();
                self.due.borrow_mut().push_back(job);
                self.came.notify_one();
            }
            made = wanted;
        }
    }

    /// Nothing more becomes due.
    pub(super) fn stop(&self) {
        self.stopped.set(true);
        self.came.notify_waiters();
    }

    #[must_use]
    pub(super) fn is_over(&self) -> bool {
        self.active.get() == 0
    }

    /// The next message; `None` once it is stopped and all are taken.
    async fn next(&self) -> Option<Job> {
        if self.spec.rate.is_none() {
            while !self.stopped.get() && self.is_too_far_ahead() {
                sleep(TICK).await;
            }
            if self.stopped.get() {
                return None;
            }
            let job = self.job();
            self.expected.set(self.expected.get() + self.listeners[job.room]);
            return Some(job);
        }
        loop {
            let job = self.due.borrow_mut().pop_front();
            if job.is_some() || self.stopped.get() {
                return job;
            }
            self.came.notified().await;
        }
    }

    fn is_too_far_ahead(&self) -> bool {
        let outstanding = self.expected.get().saturating_sub(self.tally.borrow().heard);
        self.spec.deliveries_ahead.is_some_and(|most| outstanding > most)
    }

    fn ended(&self, job: Job, well: bool) {
        self.answers.set(self.answers.get() + 1);
        if !well {
            self.refused.set(self.refused.get() + 1);
            self.expected.set(self.expected.get().saturating_sub(self.listeners[job.room]));
            return;
        }
        self.done.borrow_mut()[job.room] += 1;
        if self.tally.borrow_mut().answered(job.due_ns) {
            self.sent.set(self.sent.get() + 1);
        }
    }

    /// One sender, until it is stopped.
    ///
    /// # Errors
    /// The connection broke.
    pub(super) async fn send(self: Rc<Self>, index: usize) -> anyhow::Result<()> {
        self.active.set(self.active.get() + 1);
        let done = match &self.spec.sender {
            Sender::Feed { server } => self.feed(*server).await,
            Sender::Http { servers, path, body, tokens, .. } => {
                self.post_all(servers[index % servers.len()], path, body, tokens).await
            }
        };
        self.active.set(self.active.get() - 1);
        done
    }

    async fn post_all(&self, server: SocketAddr, path: &str, body: &str, tokens: &[String]) -> anyhow::Result<()> {
        let mut line = Http::open(server).await?;
        while let Some(job) = self.next().await {
            let path = path.replace("{room}", &self.spec.rooms[job.room]);
            let said = text(job.room, job.due_ns, self.spec.body_bytes);
            let body = body.replace("{text}", &said).replace("{id}", &Uuid::new_v4().to_string());
            let status = line.post(&path, &tokens[job.room], &body).await?;
            self.ended(job, (200..300).contains(&status));
        }
        Ok(())
    }

    /// `ROOM LENGTH\n` and so many bytes: an event as Confab would have it.
    async fn feed(&self, server: SocketAddr) -> anyhow::Result<()> {
        let mut stream = TcpStream::connect(server).await.with_context(|| format!("cannot connect to {server}"))?;
        stream.set_nodelay(true)?;
        let (id, mut seqs) = (Uuid::new_v4(), vec![0_u64; self.spec.rooms.len()]);
        while let Some(job) = self.next().await {
            seqs[job.room] += 1;
            let (seq, said) = (seqs[job.room], text(job.room, job.due_ns, self.spec.body_bytes));
            let event = format!(
                r#"42["message.posted",{{"conversationId":"{id}","seq":{seq},"position":{seq},"messageNo":{seq},"type":"message.posted","actorId":"{id}","clientId":"{id}","at":"2026-01-01T00:00:00.000000Z","data":{{"body":"{said}","replyTo":null,"attachments":[]}}}}]"#
            );
            stream.write_all(format!("{} {}\n{event}", job.room, event.len()).as_bytes()).await?;
            self.ended(job, true);
        }
        Ok(())
    }
}

/// HTTP/1.1 on one connection, one request at a time.
struct Http {
    stream: TcpStream,
    kept: Vec<u8>,
    head: String,
}

impl Http {
    async fn open(server: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(server).await.with_context(|| format!("cannot connect to {server}"))?;
        stream.set_nodelay(true)?;
        let head = format!("Host: {server}\r\nContent-Type: application/json\r\n");
        Ok(Self { stream, kept: Vec::new(), head })
    }

    /// The status.
    async fn post(&mut self, path: &str, token: &str, body: &str) -> anyhow::Result<u16> {
        let (head, length) = (&self.head, body.len());
        let request = format!(
            "POST {path} HTTP/1.1\r\n{head}Authorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.stream.write_all(request.as_bytes()).await.context("the connection broke")?;
        loop {
            if let Some((status, length)) = answer(&self.kept)? {
                self.kept.drain(..length);
                return Ok(status);
            }
            if self.stream.read_buf(&mut self.kept).await.context("the connection broke")? == 0 {
                bail!("the server closed the connection");
            }
        }
    }
}

/// Status and bytes of a whole answer; `None` while some of it is missing.
fn answer(bytes: &[u8]) -> anyhow::Result<Option<(u16, usize)>> {
    let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&bytes[..end])?;
    let status = head.get(9..12).and_then(|code| code.parse().ok()).context("no status line")?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let whole = end + 4 + length.context("an answer without a length")?;
    Ok((bytes.len() >= whole).then_some((status, whole)))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::answer;

    #[test]
    fn an_answer_ends_where_its_length_says() {
        let text = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\nx: y\r\n\r\n{}HTTP";
        for end in [0, 20, 50] {
            assert_eq!(answer(&text[..end]).unwrap(), None);
        }
        assert_eq!(answer(text).unwrap(), Some((201, text.len() - 4)));
        assert!(answer(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
