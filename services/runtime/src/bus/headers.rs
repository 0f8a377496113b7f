//! `LiveHeaders` as NATS headers and back. Reading never panics: what others send may be anything.

use async_nats::header::{HeaderMap, HeaderName, HeaderValue};

use confab_proto::subject::header;

use super::LiveHeaders;

const SEQ: HeaderName = HeaderName::from_static(header::SEQ);
const POSITION: HeaderName = HeaderName::from_static(header::POSITION);
const TYPE: HeaderName = HeaderName::from_static(header::TYPE);
const EPOCH: HeaderName = HeaderName::from_static(header::EPOCH);
const TRACEPARENT: HeaderName = HeaderName::from_static(header::TRACEPARENT);

/// Some but not all headers of a live message, or one that does not parse.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// The caller has checked that the texts fit on one line; others are `Malformed` here.
pub(super) fn encode(live: &LiveHeaders) -> Result<HeaderMap, Malformed> {
    let value = |text: &str| text.parse::<HeaderValue>().map_err(|_| Malformed);
    let mut map = HeaderMap::new();
    map.insert(SEQ, HeaderValue::from(live.seq));
    map.insert(POSITION, HeaderValue::from(live.position));
    map.insert(TYPE, value(&live.event_type)?);
    map.insert(EPOCH, value(&live.epoch)?);
    if let Some(traceparent) = &live.traceparent {
        map.insert(TRACEPARENT, value(traceparent)?);
    }
    Ok(map)
}

/// `None` for a signal: no header of ours at all.
pub(super) fn decode(map: &HeaderMap) -> Result<Option<LiveHeaders>, Malformed> {
    let text = |name: HeaderName| map.get(name).map(HeaderValue::as_str);
    let required = (text(SEQ), text(POSITION), text(TYPE), text(EPOCH));
    match required {
        (None, None, None, None) => Ok(None),
        (Some(seq), Some(position), Some(event_type), Some(epoch)) if !event_type.is_empty() && !epoch.is_empty() => {
            Ok(Some(LiveHeaders {
                seq: seq.parse().map_err(|_| Malformed)?,
                position: position.parse().map_err(|_| Malformed)?,
                event_type: event_type.to_owned(),
                epoch: epoch.to_owned(),
                traceparent: text(TRACEPARENT).map(str::to_owned),
            }))
        }
        _ => Err(Malformed),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn live() -> LiveHeaders {
        LiveHeaders {
            seq: u64::MAX,
            position: 7,
            event_type: "message.posted".to_owned(),
            epoch: "00000000000000ff".to_owned(),
            traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
        }
    }

    #[test]
    fn reads_what_it_wrote() {
        assert_eq!(decode(&encode(&live()).unwrap()), Ok(Some(live())));
    }

    #[test]
    fn a_message_without_our_headers_is_a_signal() {
        let mut map = HeaderMap::new();
        map.insert("Other", "x");
        assert_eq!(decode(&map), Ok(None));
    }

    #[test]
    fn half_or_wrong_headers_are_malformed() {
        for (name, text) in
            [("Confab-Seq", "-1"), ("Confab-Position", "1e3"), ("Confab-Type", ""), ("Confab-Epoch", "")]
        {
            let mut map = encode(&live()).unwrap();
            map.insert(name, text);
            assert_eq!(decode(&map), Err(Malformed), "{name}: {text:?}");
        }
        let mut map = HeaderMap::new();
        map.insert("Confab-Seq", "1");
        assert_eq!(decode(&map), Err(Malformed));
    }

    #[test]
    fn text_of_several_lines_is_refused() {
        let headers = LiveHeaders { event_type: "a\r\nb".to_owned(), ..live() };
        assert_eq!(encode(&headers).unwrap_err(), Malformed);
    }
}
