//! The plan of a seed: what clients, senders and faults do, and when. Made before anything runs; each step has chance of its own,
//! so that leaving some out changes nothing about the others.

use confab_proto::event_data::{Role, Visibility};

use crate::dice::Dice;
use crate::profile::Profile;

#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) number: u64,
    pub(crate) at: u64,
    pub(crate) act: Act,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Go on after what the client has.
    After,
    /// Live from now.
    Bare,
    /// From the beginning, without an epoch.
    Anew,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Crash,
    Drain,
    Pause,
    /// Its way to the store is cut.
    Cut,
}

/// What somebody does about a person or a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Add,
    Remove,
    Ban,
    Unban,
    Give(Role),
    Show(Visibility),
}

/// What somebody does about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Edit,
    Delete,
    Pin,
    Unpin,
    React,
    Unreact,
}

#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// So many messages all at once, so that the writer has batches to make.
    Burst {
        user: usize,
        room: usize,
        api: usize,
        count: usize,
    },
    /// So many messages one after the other, by the API given or, when that fails, by the others.
    Post {
        user: usize,
        room: usize,
        api: usize,
        count: usize,
    },
    /// A page of events or messages over HTTP, with the session of a client.
    Read {
        client: usize,
        room: usize,
        api: usize,
    },
    /// Joins or leaves as a member, over HTTP.
    Membership {
        user: usize,
        room: usize,
        api: usize,
        joins: bool,
    },
    Join {
        client: usize,
        room: usize,
        how: How,
        times: usize,
    },
    Leave {
        client: usize,
        room: usize,
    },
    /// The connection ends without a word; the client comes back after a while, on another gateway.
    Vanish {
        client: usize,
        millis: u64,
    },
    /// The client reads nothing for a while.
    Stall {
        client: usize,
        millis: u64,
    },
    /// A change of one of the last messages, or several at once by different people.
    Change {
        user: usize,
        room: usize,
        api: usize,
        change: Change,
        rivals: usize,
    },
    /// By `user` about `other`.
    Rules {
        user: usize,
        other: usize,
        room: usize,
        api: usize,
        rule: Rule,
    },
    Revoke {
        client: usize,
        api: usize,
    },
    Api {
        api: usize,
        fault: Fault,
        millis: u64,
    },
    Gateway {
        gateway: usize,
        fault: Fault,
        millis: u64,
    },
    BusAway {
        millis: u64,
    },
    StreamAway {
        millis: u64,
    },
    StreamLost,
    Restore {
        back: usize,
    },
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub(crate) profile: Profile,
    pub(crate) steps: Vec<Step>,
}

impl Plan {
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let profile = Profile::of(seed);
        let mut steps: Vec<Step> = (0..profile.steps as u64).map(|number| step(seed, number, &profile)).collect();
        for client in 0..profile.clients {
            for room in 0..profile.rooms {
                let number = (10_000 + client * 100 + room) as u64;
                let mut dice = Dice::of(seed, &[2, number]);
                let how = if dice.permille(200) { How::Bare } else { How::After };
                let act = Act::Join { client, room, how, times: 1 };
                steps.push(Step { number, at: dice.within(0..400), act });
            }
        }
        steps.sort_by_key(|step| (step.at, step.number));
        Self { seed, profile, steps }
    }

    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps.len()
    }

    /// The same without some steps.
    #[must_use]
    pub(crate) fn keeping(&self, keep: impl Fn(usize) -> bool) -> Self {
        let kept = self.steps.iter().enumerate().filter(|(index, _)| keep(*index));
        Self { steps: kept.map(|(_, step)| step.clone()).collect(), ..self.clone() }
    }
}

fn step(seed: u64, number: u64, profile: &Profile) -> Step {
    let mut dice = Dice::of(seed, &[1, number]);
    let at = dice.within(0..profile.millis);
    Step { number, at, act: act(&mut dice, profile) }
}

fn act(dice: &mut Dice, profile: &Profile) -> Act {
    let (user, room) = (dice.index(profile.users), dice.index(profile.rooms));
    let (client, api) = (dice.index(profile.clients), dice.index(profile.apis));
    match dice.within(0..100) {
        0..5 => Act::Burst { user, room, api, count: 2 + dice.index(25) },
        5..24 => Act::Post { user, room, api, count: if dice.permille(250) { 2 + dice.index(25) } else { 1 } },
        24..34 => Act::Change {
            user,
            room,
            api,
            change: change(dice),
            rivals: if dice.permille(400) { 1 + dice.index(4) } else { 0 },
        },
        34..40 => Act::Read { client, room, api },
        40..44 => Act::Membership { user, room, api, joins: dice.permille(500) },
        44..55 => {
            let how = [How::After, How::After, How::After, How::Bare, How::Anew][dice.index(5)];
            Act::Join { client, room, how, times: 1 + usize::from(dice.permille(250)) * 2 }
        }
        55..58 => Act::Leave { client, room },
        58..65 => Act::Vanish { client, millis: dice.within(0..2_500) },
        65..70 => Act::Stall { client, millis: dice.within(50..2_000) },
        70..80 => {
            // Mostly by somebody who may.
            let other = dice.index(profile.users);
            Act::Rules { user: if dice.permille(750) { 0 } else { user }, other, room, api, rule: rule(dice) }
        }
        80..82 => Act::Revoke { client, api },
        82..87 => Act::Api { api, fault: fault(dice), millis: dice.within(20..4_000) },
        87..93 => {
            Act::Gateway { gateway: dice.index(profile.gateways), fault: fault(dice), millis: dice.within(20..4_000) }
        }
        93..95 => Act::BusAway { millis: dice.within(50..3_000) },
        95..96 => Act::StreamAway { millis: dice.within(50..3_000) },
        96..97 => Act::StreamLost,
        _ => Act::Restore { back: dice.index(12) },
    }
}

fn change(dice: &mut Dice) -> Change {
    use Change::{Delete, Edit, Pin, React, Unpin, Unreact};
    [Edit, Edit, Edit, Delete, Delete, Pin, Unpin, React, React, Unreact][dice.index(10)]
}

fn rule(dice: &mut Dice) -> Rule {
    use Rule::{Add, Ban, Give, Remove, Show, Unban};
    let rules = [
        Add,
        Add,
        Add,
        Remove,
        Remove,
        Remove,
        Ban,
        Ban,
        Unban,
        Give(Role::Admin),
        Give(Role::Member),
        Give(Role::Reader),
        Show(Visibility::Private),
        Show(Visibility::Private),
        Show(Visibility::Public),
        Show(Visibility::Public),
    ];
    rules[dice.index(rules.len())]
}

fn fault(dice: &mut Dice) -> Fault {
    [Fault::Crash, Fault::Crash, Fault::Drain, Fault::Pause, Fault::Pause, Fault::Cut][dice.index(6)]
}
