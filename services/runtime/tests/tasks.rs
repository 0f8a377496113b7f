//! Tasks: failures stop the process with a reason, the stop joins everything, a task that hangs is named.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use confab_runtime::tasks::Tasks;

async fn end_of(tasks: Tasks) -> String {
    let error = tasks.run_until_stopped().await.unwrap_err();
    format!("{error:#}")
}

#[tokio::test]
async fn a_stop_joins_ordinary_tasks_before_support_tasks() {
    let tasks = Tasks::new();
    let order = Arc::new(Mutex::new(Vec::new()));
    for (name, group) in [("writer", tasks.support()), ("server", tasks.clone())] {
        let (stop, order) = (group.stop(), order.clone());
        group.spawn(name, async move {
            stop.cancelled().await;
            tokio::task::yield_now().await;
            order.lock().unwrap().push(name);
            Ok(())
        });
    }
    tasks.stop().cancel();
    tasks.run_until_stopped().await.unwrap();
    assert_eq!(*order.lock().unwrap(), ["server", "writer"]);
}

#[tokio::test]
async fn a_task_that_fails_stops_the_others_with_its_reason() {
    let tasks = Tasks::new();
    let stop = tasks.stop();
    tasks.spawn("sweep", async { anyhow::bail!("no database") });
    tasks.spawn("server", async move {
        stop.cancelled().await;
        Ok(())
    });
    assert_eq!(end_of(tasks).await, "task `sweep` failed: no database");
}

#[tokio::test]
async fn a_task_that_ends_early_or_panics_is_a_failure() {
    let tasks = Tasks::new();
    tasks.spawn("relay", async { Ok(()) });
    assert_eq!(end_of(tasks).await, "task `relay` ended before the stop");

    let tasks = Tasks::new();
    tasks.support().spawn("writer", async { panic!("out of cheese") });
    assert_eq!(end_of(tasks).await, "task `writer` panicked: out of cheese");
}

#[tokio::test]
async fn a_failure_after_the_stop_is_not_lost() {
    let tasks = Tasks::new();
    let stop = tasks.stop();
    tasks.spawn("writer", async move {
        stop.cancelled().await;
        anyhow::bail!("could not flush")
    });
    tasks.stop().cancel();
    assert_eq!(end_of(tasks).await, "task `writer` failed: could not flush");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_hangs_is_named_at_the_deadline() {
    let tasks = Tasks::with_deadline(Duration::from_secs(3));
    tasks.spawn("stubborn", pending());
    for _ in 0..2 {
        tasks.spawn_draining("connection", pending());
    }
    tasks.stop().cancel();
    assert_eq!(end_of(tasks).await, "still running 3s after the stop: connection (2), stubborn (1)");
}

#[tokio::test]
async fn detached_work_may_end_and_is_dropped_at_the_stop_while_draining_work_is_waited_for() {
    let tasks = Tasks::new();
    tasks.spawn_detached("short", async {});
    tasks.spawn_detached("held", pending());
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let stop = tasks.stop();
    tasks.spawn_draining("connection", async move {
        stop.cancelled().await;
        tokio::task::yield_now().await;
        sender.send("answered").unwrap();
    });
    tokio::task::yield_now().await;
    tasks.stop().cancel();
    tasks.run_until_stopped().await.unwrap();
    assert_eq!(receiver.await.unwrap(), "answered");
}

#[tokio::test]
async fn detached_work_that_panics_harms_nobody_else() {
    let tasks = Tasks::new();
    tasks.spawn_detached("short", async { panic!("oh") });
    let (sender, receiver) = tokio::sync::oneshot::channel();
    tasks.spawn_draining("another", async move { sender.send(()).unwrap() });
    receiver.await.unwrap();
    tasks.stop().cancel();
    tasks.run_until_stopped().await.unwrap();
}
