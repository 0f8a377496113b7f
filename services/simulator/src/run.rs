//! One run: a plan carried out in virtual time until something breaks, or until after the storm all is as it should be.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Once;
use std::time::Duration;

use confab_proto::{EventType, StreamId};
use confab_runtime::mutants::{self, Mutant};
use confab_runtime::{chance, clock};
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::time::{Instant, sleep, sleep_until};

use crate::asks::Asker;
use crate::audit;
use crate::client::{Client, Order};
use crate::dice::Dice;
use crate::genesis;
use crate::messages;
use crate::nodes::{Nodes, Standing};
use crate::plan::{Act, Plan, Step};
use crate::rights::{may_post, may_read};
use crate::stats::Stats;
use crate::world::{Breach, Node, Shared, World, spawn};

/// What became of a run.
pub struct Outcome {
    pub breach: Option<Breach>,
    pub stats: Stats,
    /// Line by line, if it was asked for.
    pub trace: Vec<String>,
}

thread_local! {
    static RUNNING: Cell<bool> = const { Cell::new(false) };
    static PANICKED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Production code catches panics; here each is a breach.
fn hear_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !RUNNING.get() {
                return before(info);
            }
            PANICKED.with_borrow_mut(|panicked| match panicked {
                Some(_) => {}
                None => *panicked = Some(info.to_string()),
            });
        }));
    });
}

/// # Panics
/// The runtime cannot be built.
#[must_use]
pub fn run(plan: &Plan, mutant: Option<Mutant>, traced: bool) -> Outcome {
    hear_panics();
    PANICKED.set(None);
    RUNNING.set(true);
    chance::seed(plan.seed);
    mutants::plant(mutant);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime without input and output can be built");
    let world = runtime.block_on(async {
        clock::begin(genesis::BEGUN);
        let (cast, truth) = genesis::cast(plan.seed, &plan.profile);
        let world = World::new(plan.seed, plan.profile.clone(), cast, truth, traced);
        tokio::select! {
            biased;
            () = world.breached() => {}
            () = all(&world, plan) => {}
        }
        world
    });
    drop(runtime);
    RUNNING.set(false);
    if let Some(panicked) = PANICKED.take() {
        world.breach("no panic", panicked);
    }
    let trace = world.take_trace();
    let mut inner = world.lock();
    let stats = std::mem::take(&mut inner.stats);
    Outcome { breach: inner.breach.take(), stats, trace }
}

async fn all(world: &Shared, plan: &Plan) {
    let nodes = Nodes::start(world);
    let mut clients = Vec::new();
    for index in 0..world.profile.clients {
        let (tell, orders) = mpsc::unbounded_channel();
        clients.push(tell);
        let (world, nodes, dice) = (world.clone(), nodes.clone(), Dice::of(plan.seed, &[7, index as u64]));
        let rooms = (0..world.profile.rooms).map(|room| (room, crate::client::Room::default())).collect();
        spawn(Client { world, nodes, index, orders, dice, rooms, joins: 0, last_gateway: None }.run());
    }
    let begun = Instant::now();
    for step in &plan.steps {
        sleep_until(begun + Duration::from_millis(step.at)).await;
        carry_out(world, &nodes, &clients, step);
    }
    sleep_until(begun + Duration::from_millis(world.profile.millis)).await;
    world.heal();
    nodes.undisturbed().await;
    // Backing off, asking in vain and running leases may take so long.
    sleep(Duration::from_secs(if world.profile.slow_sweep { 26 } else { 9 })).await;
    say_something_everywhere(world, &nodes).await;
    sleep(Duration::from_secs(5)).await;
    for client in &clients {
        order(client, Order::Settle);
    }
    sleep(Duration::from_millis(20)).await;
    converged(world, &nodes);
    let now = world.now();
    world.lock().stats.add("virtual milliseconds", now);
}

fn order(client: &UnboundedSender<Order>, order: Order) {
    // A client that is signed out hears nothing.
    client.send(order).ok();
}

fn carry_out(world: &Shared, nodes: &Arc<Nodes>, clients: &[UnboundedSender<Order>], step: &Step) {
    let mut dice = Dice::of(world.seed, &[8, step.number]);
    let millis = Duration::from_millis;
    match step.act.clone() {
        Act::Join { client, room, how, times } => order(&clients[client], Order::Join { room, how, times }),
        Act::Leave { client, room } => order(&clients[client], Order::Leave { room }),
        Act::Vanish { client, millis: length } => order(&clients[client], Order::Vanish(millis(length))),
        Act::Stall { client, millis: length } => order(&clients[client], Order::Stall(millis(length))),
        Act::Api { api, fault, millis: length } => nodes.disturb(Node::Api(api), fault, millis(length)),
        Act::Gateway { gateway, fault, millis: length } => {
            nodes.disturb(Node::Gateway(gateway), fault, millis(length));
        }
        Act::BusAway { millis: length } => away(world, "the bus", length, |inner| &mut inner.bus_away),
        Act::StreamAway { millis: length } => away(world, "the log stream", length, |inner| &mut inner.stream_away),
        Act::StreamLost => {
            world.trace(|| "the log stream is deleted".to_owned());
            world.lock().stream.lose();
        }
        Act::Restore { back } => restore(world, back),
        Act::Revoke { client, api } => {
            if step.number.is_multiple_of(2) {
                // Just when it comes back.
                order(&clients[client], Order::Vanish(dice.millis(0..60)));
            }
            ask(world, nodes, step.number, Act::Revoke { client, api }, dice);
        }
        Act::Burst { user, room, api, count } => {
            for index in 0..count {
                let (world, nodes, number) = (world.clone(), nodes.clone(), step.number);
                let mut asker = Asker { world, nodes, dice: Dice::of(dice.draw(), &[index as u64]) };
                spawn(async move {
                    asker.post(user, room, api, format!("{number}.{index}"), 6).await;
                });
            }
        }
        Act::Change { user, room, api, change, rivals } => {
            let target = messages::one_of_the_last(world, (user, room), change, &mut dice);
            for rival in 0..=rivals {
                let user = (user + rival) % world.people.len();
                let (world, nodes) = (world.clone(), nodes.clone());
                let mut asker = Asker { world, nodes, dice: Dice::of(dice.draw(), &[rival as u64]) };
                spawn(async move {
                    asker.change((user, room), target, api, change, 6).await;
                });
            }
        }
        act => ask(world, nodes, step.number, act, dice),
    }
}

/// What takes its time.
fn ask(world: &Shared, nodes: &Arc<Nodes>, number: u64, act: Act, dice: Dice) {
    let mut asker = Asker { world: world.clone(), nodes: nodes.clone(), dice };
    spawn(async move {
        match act {
            Act::Post { user, room, api, count } => {
                for index in 0..count {
                    asker.post(user, room, api, format!("{number}.{index}"), 6).await;
                }
            }
            Act::Read { client, room, api } => asker.read(client, room, api).await,
            Act::Membership { user, room, api, joins } => asker.membership(user, room, api, joins).await,
            Act::Rules { user, other, room, api, rule } => asker.rule((user, other), room, api, rule, 6).await,
            Act::Revoke { client, api } => asker.revoke(client, api).await,
            _ => {}
        }
    });
}

fn away(world: &Shared, what: &'static str, length: u64, count: fn(&mut crate::world::Inner) -> &mut u32) {
    world.trace(|| format!("{what} goes away"));
    *count(&mut world.lock()) += 1;
    let world = world.clone();
    spawn(async move {
        world.storm_for(Duration::from_millis(length)).await;
        world.trace(|| format!("{what} is back"));
        let mut inner = world.lock();
        *count(&mut inner) = count(&mut inner).saturating_sub(1);
    });
}

/// Never back to before the rooms were made.
fn restore(world: &Shared, back: usize) {
    let now = world.now();
    let mut inner = world.lock();
    let life = inner.truth.life();
    let made = life.log.iter().rposition(|event| event.event_type == EventType::ConversationCreated);
    let at_least = made.map_or(0, |made| made + 1 + 2 * world.people.len());
    let at_least = at_least.min(life.log.len());
    inner.truth.restore(back, at_least);
    inner.restored_at = Some(now);
    inner.stats.count("fault: restore");
    let position = inner.truth.life().position();
    drop(inner);
    world.trace(|| format!("the store is restored to position {position}"));
}

/// Whatever was cached and believed: everybody who may post can do so, by every API.
async fn say_something_everywhere(world: &Shared, nodes: &Arc<Nodes>) {
    let mut asker = Asker { world: world.clone(), nodes: nodes.clone(), dice: Dice::of(world.seed, &[9]) };
    for room in 0..world.profile.rooms {
        let Some(user) = somebody_of(world, room) else { continue };
        for api in 0..world.profile.apis {
            let text = format!("after {room}.{api}");
            if !asker.post(user, room, api, text, 1).await {
                world.breach("L1", format!("room{} takes no message by api{} after the storm", room + 1, api + 1));
            }
        }
    }
}

/// Who may post there.
fn somebody_of(world: &Shared, room: usize) -> Option<usize> {
    let inner = world.lock();
    let rules = inner.truth.life().rules(world.rooms[room].into());
    world.people.iter().position(|person| may_post(rules, person.user))
}

/// L4 and L8 after the storm, and that nothing was said twice.
fn converged(world: &Shared, nodes: &Nodes) {
    let settled = nodes.take_settled();
    let inner = world.lock();
    let mut found = inner.stream.is_the_log(&inner.truth);
    for (client, session) in world.sessions.iter().enumerate() {
        let user = world.people[client % world.people.len()].user;
        if inner.truth.life().has_ended(session.id) || inner.ended_at.contains_key(&session.id) {
            continue;
        }
        let name = world.people[client % world.people.len()].name;
        match settled.get(&client).filter(|standing| standing.connected) {
            None => found = found.and(Err(("L4", format!("client {client} of {name} is not connected")))),
            Some(standing) => found = found.and(stands_right(world, &inner, (name, user), standing)),
        }
    }
    for (index, room) in world.rooms.iter().enumerate() {
        found = found.and(audit::room(inner.truth.life(), (*room).into(), index + 1));
    }
    let is_said = |event: &&confab_domain::LogEvent| event.event_type == EventType::MessagePosted && !event.redacted;
    let said = inner.truth.life().log.iter().filter(is_said);
    let mut once = BTreeSet::new();
    for event in said {
        if !once.insert(event.data.get()) {
            found = found.and(Err(("L1", format!("twice in the log: {}", event.data.get()))));
        }
    }
    drop(inner);
    world.check(found);
}

fn stands_right(
    world: &World,
    inner: &crate::world::Inner,
    (name, user): (&str, confab_proto::UserId),
    standing: &Standing,
) -> crate::checks::Found {
    let life = inner.truth.life();
    for (index, room) in standing.rooms.iter().filter(|(_, room)| room.wanted) {
        let stream = StreamId::from(world.rooms[*index]);
        let may = may_read(life.rules(stream), user);
        let expected = may.then_some((life.epoch, life.head(stream)));
        let (has, told) = (room.has.filter(|_| room.joined), inner.checks.stands(standing.socket, stream));
        if has != expected || told != expected {
            let text = format!("{name} has {has:?} of room{} and was sent {told:?}, not {expected:?}", index + 1);
            return Err((if may { "L4" } else { "L7" }, text));
        }
    }
    Ok(())
}
