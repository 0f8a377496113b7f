//! Single cases, each a sentence.

use std::sync::Arc;

use confab_proto::{Epoch, Position};
use confab_runtime::bus::{LogMessage, LogStream as _};
use confab_runtime::metrics::Metrics;

use super::model::Model;
use super::{Refill, Relay, RelayStatus, Settings, Step};
use crate::relay::message::message;

struct Scene {
    model: Model,
    relay: Relay,
    status: Arc<RelayStatus>,
}

fn leading_status() -> Arc<RelayStatus> {
    let status = RelayStatus::new(&Metrics::default());
    status.lead(true);
    status
}

fn relay(model: &Model, status: &Arc<RelayStatus>, start: u64) -> Relay {
    let settings = Settings { in_flight: 4, window: 4, start: Position(start) };
    Relay::new(Arc::new(model.clone()), Arc::new(model.clone()), settings, Arc::clone(status))
}

impl Scene {
    /// A log of ten events and a stream that holds them.
    async fn new() -> Self {
        let (model, status) = (Model::new(1, 0), leading_status());
        model.world().append(10);
        let mut scene = Self { relay: relay(&model, &status, 1), model, status };
        scene.run().await;
        scene
    }

    /// Until there is nothing to do.
    async fn run(&mut self) -> Step {
        loop {
            let step = self.relay.step().await.unwrap();
            if matches!(step, Step::Idle | Step::Halted) {
                return step;
            }
        }
    }

    fn refills(&self, why: Refill) -> u64 {
        self.status.refills(why)
    }
}

#[tokio::test]
async fn an_empty_nats_is_filled_from_the_first_event() {
    let scene = Scene::new().await;
    scene.model.world().assert_exact();
    assert_eq!((scene.status.position(), scene.status.lag_positions(), scene.refills(Refill::Missing)), (10, 0, 1));
}

#[tokio::test]
async fn a_deleted_stream_is_filled_again_without_a_new_event() {
    let mut scene = Scene::new().await;
    scene.model.delete().await.unwrap();
    assert_eq!(scene.run().await, Step::Idle, "nothing to copy, so nothing is noticed");
    scene.relay.check().await.unwrap();
    scene.run().await;
    scene.model.world().assert_exact();
    assert_eq!(scene.refills(Refill::Missing), 2);
}

#[tokio::test]
async fn after_a_purge_it_goes_on_behind_the_last() {
    let mut scene = Scene::new().await;
    scene.model.world().purge(10);
    scene.model.world().append(3);
    scene.run().await;
    let world = scene.model.world();
    assert_eq!(world.stream.as_ref().unwrap().held.keys().copied().collect::<Vec<_>>(), [11, 12, 13]);
}

#[tokio::test]
async fn a_message_of_another_epoch_at_the_next_place_is_found_without_a_new_event() {
    let mut scene = Scene::new().await;
    let late = late_message(&mut scene).await;
    scene.model.world().store(late).unwrap();
    scene.relay.check().await.unwrap();
    scene.run().await;
    scene.model.world().assert_exact();
    assert_eq!((scene.refills(Refill::Epoch), scene.refills(Refill::Foreign)), (1, 1));
}

/// An event of an epoch that ended, which its relay still has in hand; the log and the stream end before it.
async fn late_message(scene: &mut Scene) -> LogMessage {
    let late = {
        let mut world = scene.model.world();
        world.append(1);
        let late = message(world.epoch, &world.log[10]);
        world.restore(10);
        late
    };
    scene.run().await;
    scene.model.world().assert_exact();
    late
}

#[tokio::test]
async fn a_message_of_another_epoch_behind_good_ones_is_found_at_take_over() {
    let mut scene = Scene::new().await;
    let late = late_message(&mut scene).await;
    {
        let mut world = scene.model.world();
        world.append(3);
        world.store(late).unwrap();
        // Two of three that a relay had in flight when it died; the first was refused.
        for index in [11, 12] {
            let sent = message(world.epoch, &world.log[index]);
            world.store(sent).unwrap();
        }
    }
    scene.relay.take_over();
    scene.run().await;
    scene.model.world().assert_exact();
    assert_eq!(scene.refills(Refill::Foreign), 1);
}

#[tokio::test]
async fn a_purge_that_took_a_message_of_another_epoch_is_no_reason_to_halt() {
    let mut scene = Scene::new().await;
    let late = late_message(&mut scene).await;
    scene.model.world().store(late).unwrap();
    scene.model.world().purge(11);
    scene.relay.check().await.unwrap();
    assert_eq!(scene.run().await, Step::Idle);
    scene.model.world().assert_exact();
}

#[tokio::test]
async fn what_was_not_acknowledged_does_not_count_as_relayed() {
    let mut scene = Scene::new().await;
    scene.model.world().append(3);
    scene.model.world().loses_messages = true;
    scene.relay.step().await.unwrap_err();
    assert_eq!((scene.status.position(), scene.status.lag_positions()), (10, 3));
    scene.model.world().loses_messages = false;
    scene.run().await;
    scene.model.world().assert_exact();
}

#[tokio::test]
async fn how_far_the_log_went_on_is_told_while_the_stream_is_away() {
    let scene = Scene::new().await;
    scene.model.world().append(3);
    scene.status.held_up();
    scene.relay.look_at_lag().await;
    assert_eq!((scene.status.position(), scene.status.lag_positions()), (10, 3));
    scene.status.lead(false);
    assert_eq!(scene.status.lag_positions(), 0, "another leads, and tells");
    scene.status.lead(true);
    scene.relay.look_at_lag().await;
    assert_eq!(scene.status.lag_positions(), 0, "what this process knew of the stream is old");
}

#[tokio::test]
async fn a_stream_ahead_of_the_store_is_left_alone_until_it_is_deleted() {
    let mut scene = Scene::new().await;
    scene.model.world().put_back(8);
    assert_eq!(scene.run().await, Step::Halted);
    scene.model.world().append(5);
    scene.relay.take_over();
    assert_eq!(scene.run().await, Step::Halted, "also when the log has grown past it");
    assert!(scene.status.is_halted());
    assert_eq!(scene.model.world().stream.as_ref().unwrap().last, 10);
    scene.model.delete().await.unwrap();
    scene.run().await;
    scene.model.world().assert_exact();
    assert!(!scene.status.is_halted());
}

#[tokio::test]
async fn a_stream_that_ends_with_another_event_is_left_alone_also_by_another_relay() {
    let mut scene = Scene::new().await;
    let written = scene.model.world().stream.as_ref().unwrap().held.clone();
    {
        // Nobody looked while the log was shorter than the stream, and it has as many events again, or more.
        let mut world = scene.model.world();
        world.put_back(8);
        world.append(2);
    }
    scene.relay.take_over();
    assert_eq!(scene.run().await, Step::Halted);
    scene.model.world().append(5);
    let (model, status) = (scene.model.clone(), leading_status());
    let mut second = Scene { relay: relay(&model, &status, 1), model, status };
    assert_eq!(second.run().await, Step::Halted);
    assert!(scene.status.is_halted() && second.status.is_halted());
    assert_eq!(scene.model.world().stream.as_ref().unwrap().held, written);
    scene.model.world().restore(15);
    for halted in [&mut scene, &mut second] {
        assert_eq!(halted.run().await, Step::Idle);
        assert!(!halted.status.is_halted());
    }
    scene.model.world().assert_exact();
}

#[tokio::test]
async fn a_purge_that_took_the_last_message_is_no_reason_to_halt() {
    let mut scene = Scene::new().await;
    scene.model.world().purge(10);
    scene.relay.take_over();
    scene.model.world().append(1);
    assert_eq!(scene.run().await, Step::Idle);
    scene.model.world().purge(10);
    scene.relay.take_over();
    assert_eq!(scene.run().await, Step::Idle);
}

#[tokio::test]
async fn a_halt_ends_with_the_stream_also_when_another_relay_made_the_next_one() {
    let mut scene = Scene::new().await;
    scene.model.world().put_back(8);
    assert_eq!(scene.run().await, Step::Halted);
    scene.model.delete().await.unwrap();
    let (model, status) = (scene.model.clone(), leading_status());
    let mut other = Scene { relay: relay(&model, &status, 1), model, status };
    other.run().await;
    scene.relay.take_over();
    scene.model.world().append(3);
    assert_eq!(scene.run().await, Step::Idle);
    scene.model.world().assert_exact();
}

#[tokio::test]
async fn a_halt_ends_with_the_epoch() {
    let mut scene = Scene::new().await;
    scene.model.world().put_back(8);
    assert_eq!(scene.run().await, Step::Halted);
    scene.model.world().restore(8);
    scene.run().await;
    scene.model.world().assert_exact();
}

#[tokio::test]
async fn a_new_stream_may_begin_later_but_never_behind_the_log() {
    for (start, first) in [(7, 7), (11, 11), (50, 11)] {
        let (model, status) = (Model::new(1, 0), leading_status());
        model.world().append(10);
        let mut scene = Scene { relay: relay(&model, &status, start), model, status };
        scene.run().await;
        scene.model.world().assert_exact();
        assert_eq!(scene.model.world().stream.as_ref().unwrap().first, first);
    }
}

#[tokio::test]
async fn a_stream_that_another_store_takes_again_and_again_is_taken_back_later_and_later() {
    let mut scene = Scene::new().await;
    let mut waits = Vec::new();
    for _ in 0..5 {
        scene.model.world().another_takes_it(Epoch(99));
        scene.relay.check().await.unwrap();
        let mut waited = 0;
        loop {
            match scene.relay.step().await.unwrap() {
                Step::Contested => {
                    waited += 1;
                    scene.relay.take_over();
                }
                Step::Idle => break,
                _ => {}
            }
        }
        waits.push(waited);
        scene.model.world().assert_exact();
    }
    assert_eq!(waits, [0, 0, 2, 4, 8]);
    assert!(scene.status.is_contested());
    assert_eq!(scene.refills(Refill::Epoch), 5);
}

#[tokio::test]
async fn a_restore_ends_the_waiting_for_a_rival_and_so_does_its_end() {
    for restored in [true, false] {
        let mut scene = Scene::new().await;
        for _ in 0..9 {
            scene.model.world().another_takes_it(Epoch(99));
            scene.relay.check().await.unwrap();
            while scene.relay.step().await.unwrap() != Step::Idle {}
        }
        scene.model.world().another_takes_it(Epoch(99));
        scene.relay.check().await.unwrap();
        while scene.relay.step().await.unwrap() != Step::Contested {}
        match restored {
            true => scene.model.world().restore(10),
            false => scene.model.delete().await.unwrap(),
        }
        let mut steps = 0;
        while scene.relay.step().await.unwrap() != Step::Idle {
            steps += 1;
        }
        assert!(steps < 20, "{steps} steps, restored: {restored}");
        scene.model.world().assert_exact();
    }
}
