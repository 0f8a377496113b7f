//! Decide, append, and decide again when the ground moved: the loop around every command on an existing conversation.
//!
//! A yes is checked under the lock by its guards. A no is given only on rules that were read for it, and only if the
//! command does not stand in the log already: a repeat gets its first answer, whatever changed since.

use confab_domain::decide::{Asker, Known, Target};
use confab_domain::{Append, Expect, Placed, RequestHash, RuleError};
use confab_proto::{ClientId, ConversationId, ErrorCode, Seq, UserId};
use confab_runtime::mutants::{Mutant, planted};
use confab_store::{KnownRules, Outcome};

use crate::error::ApiError;
use crate::state::Api;

/// How often the ground may move before we give up.
pub(crate) const ATTEMPTS: usize = 5;

/// Who commands what, and how a repeat of it is recognised.
pub(crate) struct Command {
    pub(crate) conversation: ConversationId,
    pub(crate) actor: UserId,
    pub(crate) client_id: ClientId,
    pub(crate) request_hash: RequestHash,
}

/// The command stands in the log; `new` says whether it does since now.
pub(crate) struct Committed {
    /// Of its first event.
    pub(crate) placed: Placed,
    pub(crate) new: bool,
}

impl Api {
    pub(crate) async fn commit(
        &self,
        command: Command,
        decide: impl Fn(Asker, &Known) -> Result<Append, RuleError>,
    ) -> Result<Committed, ApiError> {
        self.commit_about(command, None, |asker, known, _| decide(asker, known)).await
    }

    /// The same for a command about a message, which is read afresh for each decision.
    pub(crate) async fn commit_change(
        &self,
        command: Command,
        target: Seq,
        decide: impl Fn(Asker, &Known, &Target) -> Result<Append, RuleError>,
    ) -> Result<Committed, ApiError> {
        let decide = |asker: Asker, known: &Known, target: Option<&Target>| {
            decide(asker, known, target.ok_or(RuleError::NoSuchMessage)?)
        };
        self.commit_about(command, Some(target), decide).await
    }

    async fn commit_about(
        &self,
        command: Command,
        target: Option<Seq>,
        decide: impl Fn(Asker, &Known, Option<&Target>) -> Result<Append, RuleError>,
    ) -> Result<Committed, ApiError> {
        let Command { conversation, actor, client_id, .. } = command;
        let mut cached = self.rules.get(conversation, actor);
        for _ in 0..ATTEMPTS {
            let fresh = cached.is_none();
            let known = match cached.take() {
                Some(known) => Some(known),
                None => self.load_rules(conversation, actor).await?,
            };
            let target = match target {
                Some(seq) => self.load_target(conversation, actor, seq).await?,
                None => Ok(None),
            };
            let decision = match (known, target) {
                (Some(known), Ok(target)) => {
                    decide(Asker { actor, client_id, epoch: known.epoch }, &known.known(), target.as_ref())
                }
                (None, _) => Err(RuleError::NotThere),
                (_, Err(refusal)) => Err(refusal),
            };
            match decision {
                Err(error) if fresh || planted(Mutant::RefusalOnStaleRules) => {
                    return self.earlier_or(&command, error.into()).await;
                }
                Err(_) => {}
                Ok(append) => match self.append(guarded(append)).await? {
                    Outcome::Appended(placed) => return Ok(Committed { placed: placed[0], new: true }),
                    Outcome::Duplicate(placed) => return Ok(Committed { placed, new: false }),
                    Outcome::Reused => return Err(reused()),
                    Outcome::Conflict if planted(Mutant::StaleRules) => cached = self.rules.get(conversation, actor),
                    Outcome::Conflict => self.rules.forget(conversation, actor),
                },
            }
        }
        Err(ApiError::unavailable("the conversation changed too often meanwhile; try again"))
    }

    /// Appends and, if that changed rules, forgets the actor's cached ones.
    pub(crate) async fn append(&self, append: Append) -> Result<Outcome, ApiError> {
        let touched = (!append.is_plain()).then(|| (append.first_stream().conversation(), append.actor));
        let outcome = self.writer.append(append).await?;
        if let Some((conversation, actor)) = touched {
            self.rules.forget(conversation, actor);
        }
        Ok(outcome)
    }

    async fn load_rules(&self, conversation: ConversationId, actor: UserId) -> Result<Option<KnownRules>, ApiError> {
        let known = self.store.known_rules(conversation, actor).await?;
        if let Some(known) = &known {
            self.rules.put(conversation, actor, known.clone());
        }
        Ok(known)
    }

    /// `None`: no message. A conversation that the actor may not see is refused like one that is not there.
    async fn load_target(
        &self,
        conversation: ConversationId,
        actor: UserId,
        seq: Seq,
    ) -> Result<Result<Option<Target>, RuleError>, ApiError> {
        let Some(page) = self.store.message(conversation, actor, seq).await? else {
            return Ok(Err(RuleError::NotThere));
        };
        let message = page.messages()?.pop();
        Ok(Ok(message.map(|message| Target::new(message, &page.events, actor))))
    }

    /// It is refused now; but perhaps it was done when it was not.
    pub(crate) async fn earlier_or(&self, command: &Command, refusal: ApiError) -> Result<Committed, ApiError> {
        let stream = command.conversation.into();
        match self.store.earlier(stream, command.actor, command.client_id).await? {
            None => Err(refusal),
            Some(earlier) if earlier.request_hash.is_some_and(|hash| hash != command.request_hash) => Err(reused()),
            Some(earlier) => Ok(Committed { placed: earlier.placed, new: false }),
        }
    }
}

/// As it is, unless the simulator plants the lack of guards.
fn guarded(mut append: Append) -> Append {
    if planted(Mutant::TargetUnguarded) {
        append.expect.retain(|expect| {
            !matches!(expect, Expect::Message { .. } | Expect::Changed { .. } | Expect::Reacted { .. })
        });
    }
    append
}

pub(crate) fn reused() -> ApiError {
    ApiError::new(ErrorCode::ClientIdReused, "this clientId was used before for another content")
}
