//! What kind of world a seed is: how many of everything, how narrow the limits, how bad the weather.

use std::time::Duration;

use confab_gateway::channel::Limits;
use confab_gateway::hub::HubSettings;

use crate::dice::Dice;

#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) apis: usize,
    pub(crate) gateways: usize,
    pub(crate) users: usize,
    pub(crate) rooms: usize,
    pub(crate) clients: usize,
    /// Length of the bad weather, in virtual milliseconds.
    pub(crate) millis: u64,
    pub(crate) steps: usize,
    pub(crate) weather: Weather,
    pub(crate) hub: HubSettings,
    /// Bytes on their way to a socket before it takes no more.
    pub(crate) socket_bytes: usize,
    /// Messages that wait in one subscription.
    pub(crate) subscription: usize,
    /// Times the usual delay of the store.
    pub(crate) latency: u64,
    /// Of a gateway's own view: no random faults of the store, so that delays can be bounded.
    pub(crate) prompt_store: bool,
    /// The sweep is so slow that only the live path's own repair brings things in time.
    pub(crate) slow_sweep: bool,
}

/// How often things go wrong, of a thousand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weather {
    pub(crate) bus_lost: u64,
    pub(crate) bus_late: u64,
    pub(crate) bus_twice: u64,
    pub(crate) store_fails: u64,
    pub(crate) store_slow: u64,
    pub(crate) stream_fails: u64,
}

impl Profile {
    #[must_use]
    pub(crate) fn of(seed: u64) -> Self {
        let mut dice = Dice::of(seed, &[0]);
        let slow_sweep = dice.permille(250);
        let prompt_store = slow_sweep || dice.permille(400);
        let store = |dice: &mut Dice, most| if prompt_store { 0 } else { dice.within(0..most) };
        let weather = Weather {
            bus_lost: dice.within(0..301),
            bus_late: dice.within(0..301),
            bus_twice: dice.within(0..301),
            store_fails: store(&mut dice, 120),
            store_slow: store(&mut dice, 200),
            stream_fails: dice.within(0..150),
        };
        let tight = dice.permille(300);
        let hub = hub(&mut dice, slow_sweep);
        // With small pages many reads follow each other, and a bound on the whole needs quick ones.
        let wide = hub.limits.page_events >= 8 && hub.limits.page_bytes > 3_000;
        Self {
            apis: 1 + dice.index(3),
            gateways: 1 + dice.index(3),
            users: 3 + dice.index(3),
            rooms: 1 + dice.index(3),
            clients: 3 + dice.index(4),
            millis: dice.within(3_000..9_000),
            steps: 30 + dice.index(60),
            weather,
            hub,
            socket_bytes: if tight { dice.index(3_000) + 400 } else { 1 << 20 },
            subscription: if dice.permille(200) { 2 + dice.index(8) } else { 4_096 },
            latency: if wide { [1, 2, 5, 12][dice.index(4)] } else { 1 },
            prompt_store,
            slow_sweep,
        }
    }
}

fn hub(dice: &mut Dice, slow_sweep: bool) -> HubSettings {
    HubSettings {
        sweep: Duration::from_millis(if slow_sweep { 20_000 } else { 250 }),
        repair_wait: Duration::from_millis(25),
        join_wait: Duration::from_secs(5),
        idle_close: dice.millis(50..3_000),
        presence_beat: std::time::Duration::from_secs(20),
        limits: Limits {
            tail_events: 1 + dice.index(30),
            tail_bytes: 256 * 1024,
            pending_events: 1 + dice.index(12),
            page_events: 2 + dice.index(20),
            page_bytes: if dice.permille(400) { 600 + dice.index(3_000) } else { 256 * 1024 },
        },
    }
}
