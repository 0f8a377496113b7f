//! Bugs that the simulator plants into production code to see whether it finds them. Each is one condition at the place where
//! the real one would be.
//!
//! Without the feature `simulation` nothing can be planted and the conditions are constants. The binary asserts at compile time
//! that it is built so.

/// Whether bugs can be planted in this build, and chance and clock are simulated.
pub const POSSIBLE: bool = cfg!(feature = "simulation");

macro_rules! mutants {
    ($($(#[doc = $doc:literal])+ $name:ident,)*) => {
        /// A bug to plant.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Mutant {
            $($(#[doc = $doc])+ $name,)*
        }

        impl Mutant {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// What it does wrong.
            #[must_use]
            pub const fn says(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc),+).trim_ascii(),)*
                }
            }
        }
    };
}

mutants! {
    /// A hole in the live path is not repaired after a while.
    NoGapTimer,
    /// Who loses the right is dropped one event late.
    RemovalLate,
    /// The page of a join goes beyond the channel's head.
    PageBeyondHead,
    /// The sweep tells channels nothing.
    NoSweep,
    /// An event that came before is sent again.
    DedupeOff,
    /// A join leaves the socket's old listener.
    ListenerKept,
    /// What does not fit on a socket is left out.
    SkipOnFull,
    /// An event that finds no room to wait is not heard of.
    OverflowForgotten,
    /// The log stream takes a message whatever stands before it.
    FenceOff,
    /// The relay goes on where the log ends, not where the stream does.
    CursorAhead,
    /// The sweep passes over the newest event.
    SweepSkips,
    /// A join at the head counts as one above it.
    GreaterOrEqual,
    /// The API decides on cached rules again after a conflict.
    StaleRules,
    /// A channel does not notice who went.
    StaleMembers,
    /// The API refuses on cached rules.
    RefusalOnStaleRules,
    /// A channel refuses before it has asked the store.
    RefusalOnStaleHead,
    /// The sweep does not look at the epoch.
    EpochIgnored,
    /// A channel takes live events of another epoch.
    LiveEpochIgnored,
    /// What comes by the live path while a channel opens is forgotten.
    EarlyForgotten,
    /// A revoked session's sockets stay open.
    SessionOutlives,
    /// The session is not read again once the user's stream is live.
    SessionReadOnce,
    /// A write whose outcome is unknown is sent again as another one.
    RepeatedAsNew,
    /// What a deletion takes back stays in the tails of the gateways.
    TailKeepsDeleted,
    /// A change of a message rests on nothing that happened to it meanwhile.
    TargetUnguarded,
    /// The relay does not look for what another epoch left in the stream.
    ForeignUnseen,
}

#[cfg(feature = "simulation")]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Mutant>> = const { std::cell::Cell::new(None) };
}

/// Whether this bug is there.
#[cfg(feature = "simulation")]
#[must_use]
pub fn planted(mutant: Mutant) -> bool {
    PLANTED.get() == Some(mutant)
}

/// Whether this bug is there: never.
#[cfg(not(feature = "simulation"))]
#[must_use]
pub const fn planted(_: Mutant) -> bool {
    false
}

/// Plants a bug in what this thread runs from now on, or none.
#[cfg(feature = "simulation")]
pub fn plant(mutant: Option<Mutant>) {
    PLANTED.set(mutant);
}
