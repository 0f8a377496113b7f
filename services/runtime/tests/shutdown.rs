//! Signals, tried on a child process: this test program, called again for the one test that is otherwise left out.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::future::pending;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use confab_runtime::{shutdown, tasks::Tasks};

/// Both kinds of children tell on stderr when they can be stopped.
const OPEN: &str = "child is open";

#[tokio::test]
#[ignore = "the well-behaved child of the tests below"]
async fn child_that_ends() {
    let tasks = Tasks::new();
    let stop = tasks.stop();
    tasks.spawn("server", async move {
        tell_when_signals_are_caught().await;
        stop.cancelled().await;
        Ok(())
    });
    shutdown::run(tasks).await.unwrap();
}

#[tokio::test]
#[ignore = "the child of the tests below that would never end"]
async fn child_that_hangs() {
    let tasks = Tasks::with_deadline(Duration::from_secs(3600));
    let stop = tasks.stop();
    tasks.spawn("server", async move {
        tell_when_signals_are_caught().await;
        stop.cancelled().await;
        eprintln!("child is stopping");
        pending().await
    });
    shutdown::run(tasks).await.unwrap();
}

#[tokio::test]
#[ignore = "the child of the tests below whose runtime is stuck"]
async fn child_that_is_stuck() {
    let tasks = Tasks::with_deadline(Duration::ZERO);
    let stop = tasks.stop();
    tasks.spawn("server", async move {
        tell_when_signals_are_caught().await;
        stop.cancelled().await;
        // Blocks the only thread for good, so that no timer and no signal is seen any more.
        std::thread::park();
        std::thread::sleep(Duration::from_secs(3600));
        Ok(())
    });
    shutdown::run(tasks).await.unwrap();
}

/// `run` is polled first and this task after it, on the one thread of the test; so the handlers are in place by then.
async fn tell_when_signals_are_caught() {
    tokio::task::yield_now().await;
    eprintln!("{OPEN}");
}

struct Started {
    child: Child,
    stderr: BufReader<std::process::ChildStderr>,
}

fn start(test: &str) -> Started {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let mut started = Started { child, stderr };
    started.wait_for(OPEN);
    started
}

impl Started {
    fn wait_for(&mut self, wanted: &str) {
        let mut line = String::new();
        while !line.contains(wanted) {
            line.clear();
            assert_ne!(self.stderr.read_line(&mut line).unwrap(), 0, "the child ended before it said {wanted:?}");
        }
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    fn end(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

#[test]
fn a_signal_stops_the_tasks_and_ends_well() {
    for name in ["TERM", "INT"] {
        let child = start("child_that_ends");
        child.signal(name);
        assert!(child.end().success(), "{name}");
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    let mut child = start("child_that_hangs");
    child.signal("TERM");
    child.wait_for("child is stopping");
    child.signal("INT");
    assert_eq!(child.end().code(), Some(1));
}

#[test]
fn a_stop_that_hangs_is_ended_by_the_watchdog() {
    let child = start("child_that_is_stuck");
    child.signal("TERM");
    assert_eq!(child.end().code(), Some(1));
}

#[tokio::test]
async fn a_failed_task_ends_the_run_with_its_reason() {
    let tasks = Tasks::new();
    tasks.spawn("writer", async { anyhow::bail!("disk full") });
    let error = shutdown::run(tasks).await.unwrap_err();
    assert_eq!(format!("{error:#}"), "task `writer` failed: disk full");
}
