//! The plan of a seed: what clients, senders and faults do, and when. Made before anything runs; each step has chance of its own,
//! so that leaving some out changes nothing about the others.

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Add,
    Remove,
    Ban,
    Private,
    Public,
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
    Rules {
        user: usize,
        room: usize,
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
        5..34 => Act::Post { user, room, api, count: if dice.permille(250) { 2 + dice.index(25) } else { 1 } },
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
            let rule = [Rule::Add, Rule::Add, Rule::Remove, Rule::Remove, Rule::Ban, Rule::Private, Rule::Public];
            Act::Rules { user, room, rule: rule[dice.index(rule.len())] }
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

fn fault(dice: &mut Dice) -> Fault {
    [Fault::Crash, Fault::Crash, Fault::Drain, Fault::Pause, Fault::Pause, Fault::Cut][dice.index(6)]
}
