//! The end of a gateway: no new clients, then all others are told to come back elsewhere, a few at a time.
//!
//! Lifecycle: a task that sleeps until the stop. Nothing is lost by it: clients resume by `after`. What is still open at the
//! deadline is killed by the server.

use std::sync::Arc;
use std::time::Duration;

use confab_proto::ErrorCode;
use rand::RngExt as _;
use rand::seq::SliceRandom as _;
use tokio_util::sync::CancellationToken;

use crate::connect::Gateway;
use crate::socket::Socket as _;

/// So many sockets at once are no herd.
const SMALLEST_WAVE: usize = 50;
/// Between two waves at most.
const PAUSE: Duration = Duration::from_millis(250);

/// Waits for `stop`, then closes all sockets within half of `drain`.
pub(crate) async fn drain(gateway: Arc<Gateway>, stop: CancellationToken, drain: Duration) -> anyhow::Result<()> {
    stop.cancelled().await;
    gateway.lines.close_doors();
    let mut clients = gateway.roster.all();
    clients.shuffle(&mut rand::rng());
    let (wave, pause) = waves(clients.len(), drain / 2);
    for (number, some) in clients.chunks(wave).enumerate() {
        if number > 0 {
            let jitter = rand::rng().random_range(0.8..1.2);
            tokio::time::sleep(pause.mul_f64(jitter)).await;
        }
        for client in some {
            client.close(ErrorCode::Draining);
        }
    }
    // Whoever was being let in when the doors were closed.
    for late in gateway.roster.all() {
        late.close(ErrorCode::Draining);
    }
    Ok(())
}

/// Sockets per wave, and the pause between waves.
fn waves(sockets: usize, within: Duration) -> (usize, Duration) {
    let most = (within.as_millis() / PAUSE.as_millis()).clamp(1, 1000);
    let wave = sockets.div_ceil(usize::try_from(most).unwrap_or(1)).max(SMALLEST_WAVE);
    let number = u32::try_from(sockets.div_ceil(wave)).unwrap_or(u32::MAX).max(1);
    (wave, (within / number).min(PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_sockets_are_one_wave_and_many_fit_into_the_time() {
        let within = Duration::from_secs(5);
        assert_eq!(waves(0, within).0, SMALLEST_WAVE);
        assert_eq!(waves(50, within).0, 50);
        for sockets in [51, 1_000, 20_000, 1_000_000] {
            let (wave, pause) = waves(sockets, within);
            let number = u32::try_from(sockets.div_ceil(wave)).unwrap_or(u32::MAX);
            assert!(number > 1 && pause * number <= within, "{sockets}: {number} waves, {pause:?}");
        }
        assert!(waves(1_000, Duration::ZERO).0 >= 1_000);
    }
}
