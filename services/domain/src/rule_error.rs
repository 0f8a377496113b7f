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
    #[error("a direct conversation has no settings and is joined and left by nobody")]
    DirectIsFixed,
    #[error("a direct conversation needs another person")]
    DirectWithOneself,
    /// What is asked for is so already; most routes take it for an answer.
    #[error("there is nothing to change")]
    Unchanged,
    /// The person that the command is about.
    #[error("this person is no member")]
    NoSuchMember,
    #[error("names a person who does not exist")]
    NoSuchPerson,
    #[error("this person does not ask to join")]
    NoSuchRequest,
    #[error("this person is banned here")]
    IsBanned,
    #[error("nobody does this to themselves")]
    NotToOneself,
    #[error("the last owner has to make somebody else an owner first")]
    LastOwner,
    #[error("only who wrote a message may edit it")]
    NotYours,
    /// None, or one that was taken back.
    #[error("there is no such message")]
    NoSuchMessage,
    #[error("only messages of the timeline can be pinned, and have a thread")]
    NotInTimeline,
    #[error("the message has as many different reactions as it may have")]
    TooManyReactions,
    #[error("the group is in slow mode: wait before the next message")]
    SlowMode,
}
