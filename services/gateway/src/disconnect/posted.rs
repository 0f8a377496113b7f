//! The body of a POST as it passes: how long it is, and whether its last packet is the client's own close.
//!
//! Keeps the last two bytes only, so that no body is held for it.

use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};

#[derive(Default)]
pub(super) struct Posted {
    bytes: AtomicU64,
    last: AtomicU16,
}

impl Posted {
    pub(super) fn note(&self, data: &[u8]) {
        self.bytes.fetch_add(u64::try_from(data.len()).unwrap_or(u64::MAX), Ordering::Relaxed);
        for byte in &data[data.len().saturating_sub(2)..] {
            let last = self.last.load(Ordering::Relaxed);
            self.last.store(last << 8 | u16::from(*byte), Ordering::Relaxed);
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(super) fn is_close(&self) -> bool {
        matches!(self.last.load(Ordering::Relaxed).to_be_bytes(), [0 | 0x1e, b'1'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_close_packet_at_the_end_of_a_body() {
        let closes = |frames: &[&str]| {
            let posted = Posted::default();
            for frame in frames {
                posted.note(frame.as_bytes());
            }
            posted.is_close()
        };
        for frames in [&["1"][..], &["41\u{1e}1"], &["41\u{1e}", "1"], &["42[\"a\"]", "\u{1e}1"]] {
            assert!(closes(frames), "{frames:?}");
        }
        for frames in [&[][..], &[""], &["41"], &["3"], &["1\u{1e}3"], &["4", "1"]] {
            assert!(!closes(frames), "{frames:?}");
        }
    }
}
