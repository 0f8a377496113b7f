//! The section `[limits]`: how much of something at once, and how often.
//!
//! What a setting means stands in `default.toml`, not here.

use std::time::Duration;

use super::read::Reader;
use super::sections::{MAX_BYTES, MAX_COUNT};
use crate::rate::Rate;

#[derive(Clone, Debug)]
pub struct LimitsConfig {
    pub message_bytes: usize,
    pub page_events: usize,
    pub messages: Rate,
    pub joins: Rate,
    pub typing: Rate,
    pub presence: Rate,
    pub conversations: Rate,
    pub searches: Rate,
    pub sign_ups: Rate,
    pub sign_ins: Rate,
    pub sign_ins_account: Rate,
    pub sign_ins_address: Rate,
    pub handshakes: Rate,
    pub sockets_per_user: usize,
    pub rooms_per_socket: usize,
    pub reactions_per_message: usize,
}

impl LimitsConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        Self {
            message_bytes: r.number("limits.message_bytes", 1..=MAX_BYTES),
            page_events: r.number("limits.page_events", 1..=1000),
            messages: rate(r, "limits.messages_burst", "limits.messages_per_second", SECOND),
            joins: rate(r, "limits.joins_burst", "limits.joins_per_second", SECOND),
            typing: Rate { burst: 1, interval: r.seconds("limits.typing_seconds", 1..=60) },
            presence: rate(r, "limits.presence_burst", "limits.presence_per_second", SECOND),
            conversations: rate(r, "limits.conversations_burst", "limits.conversations_per_hour", HOUR),
            searches: rate(r, "limits.searches_burst", "limits.searches_per_second", SECOND),
            sign_ups: rate(r, "limits.sign_ups_burst", "limits.sign_ups_per_hour", HOUR),
            sign_ins: rate(r, "limits.sign_ins_burst", "limits.sign_ins_per_hour", HOUR),
            sign_ins_account: rate(r, "limits.sign_ins_account_burst", "limits.sign_ins_account_per_hour", HOUR),
            sign_ins_address: rate(r, "limits.sign_ins_address_burst", "limits.sign_ins_address_per_hour", HOUR),
            handshakes: rate(r, "limits.handshakes_burst", "limits.handshakes_per_second", SECOND),
            sockets_per_user: r.number("limits.sockets_per_user", 1..=MAX_COUNT),
            rooms_per_socket: r.number("limits.rooms_per_socket", 1..=MAX_COUNT),
            reactions_per_message: r.number("limits.reactions_per_message", 1..=1000),
        }
    }
}

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

fn rate(r: &mut Reader<'_>, burst: &str, per_unit: &str, unit: Duration) -> Rate {
    let count: u32 = r.number(per_unit, 1..=MAX_COUNT);
    Rate { burst: r.number(burst, 1..=MAX_COUNT), interval: unit / count }
}
