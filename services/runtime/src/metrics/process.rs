//! What the system says about this process, under the names that every exporter of Prometheus uses, and its tasks.
//!
//! Read from `/proc` when somebody looks; where there is none, nothing is shown.

use std::fmt;
use std::fs;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// Ticks a second in `/proc/*/stat`, whatever the kernel itself uses.
const USER_HZ: f64 = 100.0;

#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut show = |name: &str, help: &str, value: Option<f64>| match value {
            None => Ok(()),
            Some(value) if name == CPU => {
                ConstCounter::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)
            }
            Some(value) => {
                ConstGauge::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)
            }
        };
        let stat = Stat::read();
        show(CPU, "Time on the processor", stat.as_ref().map(|stat| stat.cpu_seconds))?;
        show("process_threads", "Threads", stat.as_ref().map(|stat| stat.threads))?;
        show("process_start_time_seconds", "Start, since 1970", stat.and_then(|stat| Some(boot()? + stat.started)))?;
        show("process_resident_memory_bytes", "Memory in use", resident())?;
        show("process_open_fds", "Open files and connections", open_fds())?;
        show("process_max_fds", "Most files and connections", max_fds())?;
        show("confab_async_tasks", "Tasks of the runtime that have not ended", async_tasks())
    }
}

const CPU: &str = "process_cpu_seconds";

struct Stat {
    cpu_seconds: f64,
    threads: f64,
    /// Seconds after the system's start.
    started: f64,
}

impl Stat {
    fn read() -> Option<Self> {
        let text = fs::read_to_string("/proc/self/stat").ok()?;
        // The second field is the program's name, in parentheses, and may hold anything.
        let fields: Vec<f64> =
            text.rsplit_once(')')?.1.split_whitespace().map(|text| text.parse().unwrap_or(0.0)).collect();
        let field = |number: usize| fields.get(number - 3).copied();
        let cpu_seconds = (field(14)? + field(15)?) / USER_HZ;
        Some(Self { cpu_seconds, threads: field(20)?, started: field(22)? / USER_HZ })
    }
}

fn boot() -> Option<f64> {
    value_of("/proc/stat", "btime ")
}

fn resident() -> Option<f64> {
    value_of("/proc/self/status", "VmRSS:").map(|kibibytes| kibibytes * 1024.0)
}

fn open_fds() -> Option<f64> {
    // Without the one that reads the folder.
    fs::read_dir("/proc/self/fd").ok().map(|entries| entries.count().saturating_sub(1) as f64)
}

fn max_fds() -> Option<f64> {
    value_of("/proc/self/limits", "Max open files")
}

/// Also those that others spawn: a session that is not let go of shows here.
fn async_tasks() -> Option<f64> {
    tokio::runtime::Handle::try_current().ok().map(|runtime| runtime.metrics().num_alive_tasks() as f64)
}

/// The first number after `key` at the beginning of a line.
fn value_of(path: &str, key: &str) -> Option<f64> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    line.split_whitespace().next()?.parse().ok()
}
