//! Commands about messages: say, edit, delete, pin, react.
//!
//! What a command about a message rests on is that it is still one, and the last event of the same kind about it: edits, deletions
//! and pins follow each other, and so do the reactions of one person; reactions of different people never conflict.

use confab_proto::event_data::{
    Forwarded, MessageDeleted, MessageEdited, MessagePosted, MessageRef, MessageReplied, Reaction,
};
use confab_proto::http::{Attachment, Message, MessageAddress};
use confab_proto::{ConversationId, EventType, Seq, UserId};
use serde_json::json;

use super::{Asker, Known};
use crate::append::{Append, Expect, NewEvent, RequestHash, Row};
use crate::event::LogEvent;
use crate::may::{self, Action};
use crate::rule_error::RuleError;
use crate::text::MessageBody;

/// Say something in a conversation.
#[derive(Clone, Debug)]
pub struct PostMessage {
    pub conversation: ConversationId,
    pub body: MessageBody,
    /// A message of this conversation; the caller has seen that it is there.
    pub reply_to: Option<Seq>,
    /// The message under which it is said, in its thread, and the root of that thread: a thread has no threads. The caller has
    /// seen that the root stands in the timeline.
    pub thread: Option<(Seq, Seq)>,
    /// Each once; the caller has seen that the actor may read them.
    pub attachments: Vec<Attachment>,
    pub mentioned: Mentioned,
    /// The message that it repeats, and whose words those are. Then `body` and `attachments` are that one's.
    pub forward: Option<(MessageAddress, Forwarded)>,
    /// The caller has seen that the pause of the slow mode is over.
    pub has_waited: bool,
}

/// Whom a text calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentioned {
    /// Members, each once.
    pub users: Vec<UserId>,
    /// Counts only from somebody who may.
    pub everyone: bool,
}

impl PostMessage {
    /// Nothing but a text.
    #[must_use]
    pub fn text(conversation: ConversationId, body: MessageBody) -> Self {
        let (attachments, mentioned) = (Vec::new(), Mentioned::default());
        Self {
            conversation,
            body,
            reply_to: None,
            thread: None,
            attachments,
            mentioned,
            forward: None,
            has_waited: false,
        }
    }

    /// What a repeat has to equal: what was asked for, not what became of it.
    #[must_use]
    pub fn request_hash(&self) -> RequestHash {
        let mut asked = match &self.forward {
            Some((source, _)) => json!({"forward": source}),
            None => json!({"body": self.body.as_str(), "replyTo": self.reply_to}),
        };
        if let Some((asked_under, _)) = self.thread {
            asked["threadSeq"] = json!(asked_under);
        }
        if self.forward.is_none() && !self.attachments.is_empty() {
            asked["attachments"] = self.attachments.iter().map(|file| json!(file.id)).collect();
        }
        RequestHash::of("message.posted", &asked)
    }
}

/// # Errors
/// The actor may not post here.
pub fn post_message(asker: Asker, known: &Known, command: &PostMessage) -> Result<Append, RuleError> {
    may::act(Action::Post, &known.rules, known.role())?;
    if !command.has_waited && may::slow_mode(&known.rules, known.role()) > 0 {
        return Err(RuleError::SlowMode);
    }
    let PostMessage { conversation, ref body, reply_to, thread, ref attachments, ref mentioned, forward, .. } =
        *command;
    let message = MessagePosted {
        body: body.as_str().to_owned(),
        reply_to,
        attachments: attachments.clone(),
        mentions: mentioned.users.clone(),
        everyone: calls_everyone(known, mentioned),
        forwarded: forward.map(|(_, forwarded)| forwarded),
    };
    let mut expect = known.expect(asker.actor);
    expect.extend(attachments.iter().map(|file| Expect::FileUsable { file: file.id, by: asker.actor }));
    let uses = attachments.iter().map(|file| Row::UseFile { file: file.id, stream: known.rules.stream, event: 0 });
    let event = match thread {
        None => NewEvent::new(conversation, EventType::MessagePosted, &message),
        Some((_, thread_seq)) => {
            expect.push(Expect::Message { stream: known.rules.stream, target: thread_seq });
            let reply = MessageReplied { thread_seq, message };
            NewEvent::new(conversation, EventType::MessageReplied, &reply).about(thread_seq)
        }
    };
    Ok(asker.append(command.request_hash(), expect, vec![event], uses.collect()))
}

fn calls_everyone(known: &Known, mentioned: &Mentioned) -> bool {
    mentioned.everyone && may::act(Action::MentionEveryone, &known.rules, known.role()).is_ok()
}

/// A message as a decision about it needs it.
#[derive(Clone, Debug)]
pub struct Target {
    pub message: Message,
    /// Its last edit, deletion, pin or unpin.
    last_change: Option<Seq>,
    /// The actor's last reaction to it.
    last_reaction: Option<Seq>,
}

impl Target {
    /// `events` are all about the message, but for the replies under it.
    #[must_use]
    pub fn new(message: Message, events: &[LogEvent], actor: UserId) -> Self {
        let last = |is_meant: &dyn Fn(&LogEvent) -> bool| {
            let about = events.iter().filter(|event| event.target_seq == Some(message.seq) && event.seq != message.seq);
            about.filter(|event| is_meant(event)).map(|event| event.seq).max()
        };
        let is_reaction =
            |event: &LogEvent| matches!(event.event_type, EventType::ReactionAdded | EventType::ReactionRemoved);
        let last_change = last(&|event| !is_reaction(event) && !event.event_type.is_message());
        let last_reaction = last(&|event| is_reaction(event) && event.actor == actor);
        Self { message, last_change, last_reaction }
    }

    fn has_reacted(&self, actor: UserId, emoji: &str) -> bool {
        let of_emoji = |reaction: &&confab_proto::http::ReactionCount| reaction.emoji == emoji;
        self.message.reactions.iter().find(of_emoji).is_some_and(|reaction| reaction.user_ids.contains(&actor))
    }
}

/// What to do about a message.
#[derive(Clone, Debug)]
pub enum Change {
    Edit { body: MessageBody, mentioned: Mentioned },
    Delete,
    Pin,
    Unpin,
    React { emoji: String, most: usize },
    Unreact { emoji: String },
}

impl Change {
    /// What a repeat has to equal.
    #[must_use]
    pub fn request_hash(&self, target: Seq) -> RequestHash {
        let target = ("targetSeq", target);
        match self {
            Self::Edit { body, .. } => RequestHash::of("message.edited", &(target, body.as_str())),
            Self::Delete => RequestHash::of("message.deleted", &target),
            Self::Pin => RequestHash::of("message.pinned", &target),
            Self::Unpin => RequestHash::of("message.unpinned", &target),
            Self::React { emoji, .. } => RequestHash::of("reaction.added", &(target, emoji)),
            Self::Unreact { emoji } => RequestHash::of("reaction.removed", &(target, emoji)),
        }
    }

    fn is_allowed(&self, asker: Asker, known: &Known, message: &Message) -> Result<(), RuleError> {
        let act = |action| may::act(action, &known.rules, known.role());
        let is_own = message.actor_id == asker.actor;
        match self {
            // The right to see comes first, so that nobody learns whose message it is.
            Self::Edit { .. } if !is_own => act(Action::React).and(Err(RuleError::NotYours)),
            Self::Edit { .. } => act(Action::Edit),
            Self::Delete if is_own => act(Action::DeleteOwn),
            Self::Delete => act(Action::DeleteAny),
            Self::Pin | Self::Unpin => act(Action::Pin),
            Self::React { .. } | Self::Unreact { .. } => act(Action::React),
        }
    }
}

/// A change of a message.
///
/// # Errors
/// The rule that forbids it; `Unchanged` if it is so already.
pub fn change_message(asker: Asker, known: &Known, target: &Target, change: &Change) -> Result<Append, RuleError> {
    let message = &target.message;
    change.is_allowed(asker, known, message)?;
    if message.deleted {
        return if matches!(change, Change::Delete) {
            Err(RuleError::Unchanged)
        } else {
            Err(RuleError::NoSuchMessage)
        };
    }
    let (seq, thread_seq) = (message.seq, message.thread_seq);
    let conversation = known.rules.stream;
    let of_ref = |event_type| NewEvent::new(conversation, event_type, &MessageRef { target_seq: seq });
    let event = match change {
        Change::Edit { body, .. } if body.as_str() == message.body => return Err(RuleError::Unchanged),
        Change::Edit { body, mentioned } => {
            let (body, mentions) = (body.as_str().to_owned(), mentioned.users.clone());
            let edited = MessageEdited { target_seq: seq, body, mentions, everyone: calls_everyone(known, mentioned) };
            NewEvent::new(conversation, EventType::MessageEdited, &edited)
        }
        Change::Delete => {
            NewEvent::new(conversation, EventType::MessageDeleted, &MessageDeleted { target_seq: seq, thread_seq })
        }
        Change::Pin if message.pinned => return Err(RuleError::Unchanged),
        Change::Unpin if !message.pinned => return Err(RuleError::Unchanged),
        // What nobody finds in the timeline is not pinned above it.
        Change::Pin if thread_seq.is_some() => return Err(RuleError::NotInTimeline),
        Change::Pin => of_ref(EventType::MessagePinned),
        Change::Unpin => of_ref(EventType::MessageUnpinned),
        Change::React { emoji, .. } if target.has_reacted(asker.actor, emoji) => return Err(RuleError::Unchanged),
        Change::React { emoji, most } => {
            let is_new = message.reactions.iter().all(|reaction| reaction.emoji != *emoji);
            if is_new && message.reactions.len() >= *most {
                return Err(RuleError::TooManyReactions);
            }
            let data = Reaction { target_seq: seq, emoji: emoji.clone() };
            NewEvent::new(conversation, EventType::ReactionAdded, &data)
        }
        Change::Unreact { emoji } if !target.has_reacted(asker.actor, emoji) => return Err(RuleError::Unchanged),
        Change::Unreact { emoji } => {
            let data = Reaction { target_seq: seq, emoji: emoji.clone() };
            NewEvent::new(conversation, EventType::ReactionRemoved, &data)
        }
    };
    Ok(append(asker, known, target, change, event.about(seq)))
}

fn append(asker: Asker, known: &Known, target: &Target, change: &Change, event: NewEvent) -> Append {
    let (stream, seq) = (known.rules.stream, target.message.seq);
    let mut expect = known.expect(asker.actor);
    expect.push(Expect::Message { stream, target: seq });
    expect.push(match change {
        Change::React { .. } | Change::Unreact { .. } => {
            Expect::Reacted { stream, target: seq, user: asker.actor, last: target.last_reaction }
        }
        _ => Expect::Changed { stream, target: seq, last: target.last_change },
    });
    let rows = match change {
        Change::Delete => vec![Row::Blank { stream, target: seq }],
        _ => Vec::new(),
    };
    asker.append(change.request_hash(seq), expect, vec![event], rows)
}
