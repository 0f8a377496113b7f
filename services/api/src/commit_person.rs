//! The loop of `commit` for a command about somebody else, whose row is read together with the rules, each time afresh: such
//! commands are rare, and the cache holds only what people know of themselves.

use confab_domain::decide::{Asker, Known, Other};
use confab_domain::{Append, RequestHash, RuleError};
use confab_proto::{ConversationId, UserId};
use confab_runtime::chance;
use confab_store::Outcome;

use crate::commit::{ATTEMPTS, Command, reused};
use crate::error::ApiError;
use crate::state::Api;

impl Api {
    /// Does it once, under an id of its own: a repeat finds that there is nothing to change.
    pub(crate) async fn commit_person(
        &self,
        conversation: ConversationId,
        actor: UserId,
        user: UserId,
        decide: impl Fn(Asker, &Known, Other) -> Result<Append, RuleError>,
    ) -> Result<(), ApiError> {
        let client_id = chance::client_id();
        let request_hash = RequestHash::of("about", &(conversation, user));
        let command = Command { conversation, actor, client_id, request_hash };
        for _ in 0..ATTEMPTS {
            let (known, row) = self.store.known_about(conversation, actor, user).await?.ok_or(RuleError::NotThere)?;
            let asker = Asker { actor, client_id, epoch: known.epoch };
            let append = match decide(asker, &known.known(), Other { user, row }) {
                Ok(append) => Append { request_hash, ..append },
                Err(refusal) => return self.earlier_or(&command, refusal.into()).await.map(drop),
            };
            match self.append(append).await? {
                Outcome::Appended(_) => {
                    self.rules.forget(conversation, user);
                    return Ok(());
                }
                Outcome::Duplicate(_) => return Ok(()),
                Outcome::Reused => return Err(reused()),
                Outcome::Conflict => {}
            }
        }
        Err(ApiError::unavailable("the conversation changed too often meanwhile; try again"))
    }
}
