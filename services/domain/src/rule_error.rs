//! Which rule a command broke. Knows no HTTP; the API maps each to a code.

use thiserror::Error;

/// The broken rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RuleError {
    /// Not there, or not for this person to see: the two are one.
    #[error("there is no such conversation")]
    NotThere,
    #[error("only members may do this")]
    NotAMember,
    #[error("you are a member already")]
    AlreadyAMember,
    #[error("your role does not allow this")]
    RoleTooLow,
    #[error("the conversation is archived")]
    Archived,
    #[error("a direct conversation is joined and left by nobody")]
    DirectIsFixed,
    #[error("a direct conversation needs another person")]
    DirectWithOneself,
}
