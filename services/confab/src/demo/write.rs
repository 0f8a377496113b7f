//! The demo's way into the log: `domain::decide` and the store's append, as behind the API, in batches.
//!
//! A conflict is decided again on fresh rules, a database that is away is waited for. What stands in the log already is left
//! as it is, under whatever content it got in an earlier run.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use confab_domain::decide::{self, Asker, Change, Mentioned, PostMessage, Target};
use confab_domain::text::{GroupName, MessageBody, names_called};
use confab_domain::{Append, RuleError};
use confab_proto::{ClientId, ConversationId, Seq, UserId};
use confab_runtime::config::Config;
use confab_store::{KnownRules, Outcome, Store};

use super::corpus::What;
use super::plan::{Doing, Message};
use super::rooms::Room;
use crate::progress::Progress;
use crate::start::retry;

/// How often the ground may move under one command.
const ATTEMPTS: usize = 5;
/// Small enough that a server on the same SQLite file gets its turn.
const BATCH: usize = 32;

/// A message on its way.
#[derive(Clone, Copy)]
pub(super) struct Post {
    pub(super) room: ConversationId,
    pub(super) author: UserId,
    pub(super) client_id: ClientId,
    pub(super) reply_to: Option<Seq>,
    /// The root of the thread in which it stands.
    pub(super) thread: Option<Seq>,
}

pub(super) struct Writer<'w> {
    config: &'w Config,
    store: &'w Arc<dyn Store>,
    rules: HashMap<(ConversationId, UserId), KnownRules>,
    /// Where each message of the plan stands, by room and number.
    seqs: HashMap<(usize, usize), Seq>,
}

impl<'w> Writer<'w> {
    pub(super) fn new(config: &'w Config, store: &'w Arc<dyn Store>) -> Self {
        Self { config, store, rules: HashMap::new(), seqs: HashMap::new() }
    }

    /// Makes the conversation if it is not there.
    pub(super) async fn open(&mut self, room: &Room) -> anyhow::Result<()> {
        let creator = room.members[0].id;
        for _ in 0..ATTEMPTS {
            let epoch = retry(self.config, || self.store.log_head()).await?.epoch;
            let asker = Asker { actor: creator, client_id: room.client_id(), epoch };
            let append = match room.name {
                Some(name) => {
                    let members: Vec<_> = room.members.iter().map(|person| person.id).collect();
                    let name = GroupName::parse(name).context("a group of the demo has no proper name")?;
                    decide::create_group(asker, &name, &members)
                }
                None => decide::create_direct(asker, room.members[1].id)?,
            };
            let conflict = retry(self.config, || self.store.append_rule(&append)).await? == Outcome::Conflict;
            // A direct conversation may have been made by the other person.
            if !conflict || self.load(room.id, creator).await?.is_some() {
                return Ok(());
            }
        }
        bail!("a conversation of the demo could not be made: the store changed too often meanwhile")
    }

    /// Makes `user` a member; whether that was new.
    pub(super) async fn join(&mut self, room: ConversationId, user: UserId) -> anyhow::Result<bool> {
        let client_id = ClientId::new_v7();
        for _ in 0..ATTEMPTS {
            let Some(known) = self.load(room, user).await? else {
                bail!("a group of the demo is not there");
            };
            let asker = Asker { actor: user, client_id, epoch: known.epoch };
            let append = match decide::join(asker, &known.known()) {
                Ok(append) => append,
                Err(RuleError::AlreadyAMember) => return Ok(false),
                Err(error) => return Err(error).context("cannot join a group of the demo"),
            };
            self.rules.remove(&(room, user));
            if retry(self.config, || self.store.append_rule(&append)).await? != Outcome::Conflict {
                return Ok(true);
            }
        }
        bail!("a group of the demo could not be joined: it changed too often meanwhile")
    }

    /// Writes the plan, with `per_second` at that pace.
    pub(super) async fn write(
        &mut self,
        rooms: &[Room],
        messages: &[Message],
        per_second: Option<u16>,
    ) -> anyhow::Result<()> {
        let begun = Instant::now();
        let mut progress = Progress::new(messages.len());
        let limit = per_second.map_or(BATCH, |rate| usize::from(rate / 5).clamp(1, BATCH));
        let mut done = 0;
        while done < messages.len() {
            let batch_begun = Instant::now();
            let batch = next_batch(&messages[done..], limit);
            progress.show(done, rooms[batch[0].room].name.unwrap_or("messages"));
            let posts: Vec<_> =
                batch.iter().map(|message| (self.post_of(rooms, message), message.text.as_str())).collect();
            let seqs = self.post(&posts).await?;
            for (message, seq) in batch.iter().zip(seqs) {
                self.seqs.extend(seq.map(|seq| ((message.room, message.number), seq)));
                for (nth, doing) in message.then.iter().enumerate() {
                    self.change(message.room, &rooms[message.room], message.number, nth, doing).await?;
                }
            }
            done += batch.len();
            match per_second {
                Some(rate) => {
                    let due = Duration::from_secs_f64(done as f64 / f64::from(rate));
                    tokio::time::sleep(due.saturating_sub(begun.elapsed())).await;
                }
                // SQLite's lock has no queue: who wants it too looks now and then, and finds it free.
                None => tokio::time::sleep(batch_begun.elapsed().max(Duration::from_millis(5))).await,
            }
        }
        Ok(())
    }

    fn post_of(&self, rooms: &[Room], message: &Message) -> Post {
        let room = &rooms[message.room];
        let seq = |number: Option<usize>| self.seqs.get(&(message.room, number?)).copied();
        Post {
            room: room.id,
            author: message.author.id,
            client_id: room.message_id_of("message", message.number),
            reply_to: seq(message.answers),
            thread: seq(message.thread),
        }
    }

    /// The `nth` change that is made after the message `number`, unless somebody has made it impossible.
    async fn change(
        &mut self,
        place: usize,
        room: &Room,
        number: usize,
        nth: usize,
        doing: &Doing,
    ) -> anyhow::Result<()> {
        let (room_id, actor) = (room.id, doing.actor.id);
        let client_id = room.message_id_of(&format!("change {nth} after"), number);
        let Some(seq) = self.seqs.get(&(place, doing.about)).copied() else { return Ok(()) };
        let Some(change) = self.change_of(room_id, actor, &doing.what).await? else { return Ok(()) };
        for _ in 0..ATTEMPTS {
            let known = self.known(room_id, actor).await?;
            let page = retry(self.config, || self.store.message(room_id, actor, seq)).await?;
            let message =
                page.as_ref().map(confab_store::HistoryPage::messages).transpose()?.and_then(|mut all| all.pop());
            let (Some(page), Some(message)) = (page, message) else { return Ok(()) };
            let target = Target::new(message, &page.events, actor);
            let asker = Asker { actor, client_id, epoch: known.epoch };
            let Ok(append) = decide::change_message(asker, &known.known(), &target, &change) else { return Ok(()) };
            let outcomes = retry(self.config, || self.store.append_plain(std::slice::from_ref(&append))).await?;
            if !outcomes.contains(&Outcome::Conflict) {
                return Ok(());
            }
            self.rules.remove(&(room_id, actor));
        }
        bail!("a conversation changed too often meanwhile; run this again")
    }

    /// `None` for a text that is longer than this store's settings allow.
    async fn change_of(&self, room: ConversationId, actor: UserId, what: &What) -> anyhow::Result<Option<Change>> {
        Ok(match what {
            What::React(emoji) => {
                let most = self.config.limits.reactions_per_message;
                Some(Change::React { emoji: emoji.clone(), most })
            }
            What::Edit(text) => match MessageBody::parse(text.clone(), self.config.limits.message_bytes) {
                Ok(body) => Some(Change::Edit { body, mentioned: self.mentioned(room, actor, text).await? }),
                Err(_) => None,
            },
            What::Pin => Some(Change::Pin),
        })
    }

    async fn mentioned(&self, room: ConversationId, actor: UserId, text: &str) -> anyhow::Result<Mentioned> {
        let (names, everyone) = names_called(text);
        if names.is_empty() {
            return Ok(Mentioned::default());
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut users = retry(self.config, || self.store.named_members(room, &names)).await?;
        users.retain(|user| *user != actor);
        Ok(Mentioned { users, everyone })
    }

    /// Posts messages that do not answer each other; where each stands, `None` for one whose author may not write any more.
    pub(super) async fn post(&mut self, posts: &[(Post, &str)]) -> anyhow::Result<Vec<Option<Seq>>> {
        let mut seqs = vec![None; posts.len()];
        let mut open: Vec<usize> = (0..posts.len()).collect();
        for _ in 0..ATTEMPTS {
            let mut commands = Vec::new();
            for index in std::mem::take(&mut open) {
                let (post, text) = posts[index];
                commands.extend(self.command(post, text).await?.map(|append| (index, append)));
            }
            let batch: Vec<Append> = commands.iter().map(|(_, append)| append.clone()).collect();
            let outcomes = retry(self.config, || self.store.append_plain(&batch)).await?;
            for ((index, _), outcome) in commands.iter().zip(outcomes) {
                let Post { room, author, client_id, .. } = posts[*index].0;
                match outcome {
                    Outcome::Appended(placed) => seqs[*index] = placed.first().map(|placed| placed.seq),
                    Outcome::Duplicate(placed) => seqs[*index] = Some(placed.seq),
                    Outcome::Reused => {
                        let earlier = retry(self.config, || self.store.earlier(room.into(), author, client_id)).await?;
                        seqs[*index] = earlier.map(|earlier| earlier.placed.seq);
                    }
                    Outcome::Conflict => {
                        self.rules.remove(&(room, author));
                        open.push(*index);
                    }
                }
            }
            if open.is_empty() {
                return Ok(seqs);
            }
        }
        bail!("the conversations changed too often meanwhile; run this again")
    }

    async fn command(&mut self, post: Post, text: &str) -> anyhow::Result<Option<Append>> {
        let mut known = self.known(post.room, post.author).await?;
        let body = MessageBody::parse(text.to_owned(), self.config.limits.message_bytes);
        // Longer than this store's settings allow: then the demo does without it.
        let Ok(body) = body else { return Ok(None) };
        if known.own.is_none() {
            // Was not there in an earlier run with fewer people.
            self.join(post.room, post.author).await?;
            known = self.known(post.room, post.author).await?;
        }
        let asker = Asker { actor: post.author, client_id: post.client_id, epoch: known.epoch };
        let message = PostMessage {
            reply_to: post.reply_to,
            thread: post.thread.map(|root| (root, root)),
            mentioned: self.mentioned(post.room, post.author, text).await?,
            ..PostMessage::text(post.room, body)
        };
        Ok(decide::post_message(asker, &known.known(), &message).ok())
    }

    async fn known(&mut self, room: ConversationId, user: UserId) -> anyhow::Result<KnownRules> {
        if let Some(known) = self.rules.get(&(room, user)) {
            return Ok(known.clone());
        }
        let known = self.load(room, user).await?.context("a conversation of the demo is not there")?;
        self.rules.insert((room, user), known.clone());
        Ok(known)
    }

    async fn load(&self, room: ConversationId, user: UserId) -> anyhow::Result<Option<KnownRules>> {
        retry(self.config, || self.store.known_rules(room, user)).await
    }

    /// Everybody has read nearly all: a few unread messages here and there, as in life.
    pub(super) async fn mark_read(&self, index: usize, room: &Room) -> anyhow::Result<()> {
        let page = retry(self.config, || self.store.events_after(room.id.into(), Seq::ZERO, 1, 1)).await?;
        for (nth, person) in room.members.iter().enumerate() {
            let unread = ((index * 3 + nth * 5) % 7) as u64;
            let seq = Seq(page.head.0.saturating_sub(unread));
            retry(self.config, || self.store.mark_read(room.id, person.id, seq)).await?;
        }
        Ok(())
    }
}

/// The next messages, none of which needs another of them. Changes are made behind them, so only the last one has any.
fn next_batch(messages: &[Message], limit: usize) -> &[Message] {
    let fits = |end: &usize| {
        let message = &messages[*end];
        let needs = |number: usize| [message.answers, message.thread].contains(&Some(number));
        let needs_one = |earlier: &Message| earlier.room == message.room && needs(earlier.number);
        messages[*end - 1].then.is_empty() && !messages[..*end].iter().any(needs_one)
    };
    let end = (1..messages.len().min(limit)).find(|end| !fits(end)).unwrap_or_else(|| messages.len().min(limit));
    &messages[..end]
}
