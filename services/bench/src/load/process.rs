//! What other processes cost, as the kernel of Linux counts it.

use std::fs;
use std::io;

use anyhow::Context as _;

/// Nanoseconds on a CPU, of all threads that live now. Threads that ended meanwhile are not in it.
///
/// # Errors
/// The process is gone, or this kernel does not count.
pub(super) fn cpu_ns(pid: u32) -> anyhow::Result<u64> {
    let count = || -> io::Result<u64> {
        let mut sum = 0;
        for task in fs::read_dir(format!("/proc/{pid}/task"))? {
            // A thread may end between the two.
            let Ok(text) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
            sum += text.split(' ').next().and_then(|ns| ns.parse::<u64>().ok()).unwrap_or_default();
        }
        Ok(sum)
    };
    count().with_context(|| format!("cannot read the CPU time of process {pid}"))
}

/// Resident bytes.
///
/// # Errors
/// The process is gone.
pub(super) fn rss_bytes(pid: u32) -> anyhow::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"));
    let text = text.with_context(|| format!("cannot read the memory of process {pid}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS in the status")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().context("VmRSS is no number")?;
    Ok(kib * 1024)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn work_costs_time() {
        let (me, began) = (std::process::id(), Instant::now());
        let before = cpu_ns(me).unwrap();
        while began.elapsed() < Duration::from_millis(50) {}
        assert!(cpu_ns(me).unwrap() > before);
        assert!(rss_bytes(me).unwrap() > 100_000);
        assert!(cpu_ns(u32::MAX).is_err());
    }
}
