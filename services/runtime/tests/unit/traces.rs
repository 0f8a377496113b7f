//! `traceparent` as it may come, and what follows from it.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

fn traces(one_in: Option<u32>) -> Traces {
    let config = TracesConfig {
        endpoint: Some("http://127.0.0.1:1/v1/traces".parse().unwrap()),
        sample_one_in: one_in,
        service_name: "test".to_owned(),
        export_every: Duration::from_secs(60),
    };
    Traces::start(&config, "api").unwrap()
}

#[test]
fn reads_what_it_writes_and_refuses_everything_else() {
    let good = format!("00-{TRACE}-b7ad6b7169203331-01");
    let context = read(&good).unwrap();
    assert!(context.is_sampled() && context.is_remote());
    assert_eq!(context.trace_id().to_string(), TRACE);
    assert!(!read(&good.replace("-01", "-00")).unwrap().is_sampled());
    assert!(read(&format!("01-{TRACE}-b7ad6b7169203331-03-more")).unwrap().is_sampled(), "a later version may add");
    for bad in [
        String::new(),
        "-".repeat(55),
        good.to_uppercase(),
        good.replace("00-", "ff-"),
        format!("{good}-more"),
        good.replace(TRACE, &"0".repeat(32)),
        good.replace("b7ad6b7169203331", "0000000000000000"),
        good.replace("b7ad", "b7\u{e4}"),
        good.replace("-01", "-1"),
        good.replace('-', " "),
    ] {
        assert!(read(&bad).is_none(), "{bad:?}");
    }
}

#[tokio::test]
async fn without_an_endpoint_there_are_no_spans() {
    let off = Traces::off();
    let parent = format!("00-{TRACE}-b7ad6b7169203331-01");
    assert!(off.request("GET", "/", Some(&parent)).is_none());
    assert!(off.join(&parent).is_none());
    assert!(current().is_none());
}

#[tokio::test]
async fn a_child_is_of_its_parents_trace_and_names_itself_to_others() {
    let traces = traces(Some(1));
    let request = traces.request("GET", "/", None).unwrap();
    let child = request.parent().child("child");
    let named = read(&child.parent().traceparent()).unwrap();
    assert_eq!(named.trace_id(), request.span.span_context().trace_id());
    assert_eq!(named.span_id(), child.span.span_context().span_id());
    let joined = traces.join(&child.parent().traceparent()).unwrap();
    assert_eq!(joined.context.span_id(), named.span_id());
    let inside = request.around(async { current().map(|parent| parent.traceparent()) }).await;
    assert_eq!(inside, Some(request.parent().traceparent()));
    assert!(current().is_none());
}

#[tokio::test]
async fn what_is_not_sampled_has_no_span() {
    let none = traces(None);
    let with = |flags| format!("00-{TRACE}-b7ad6b7169203331-{flags}");
    assert!(none.request("GET", "/", None).is_none());
    assert!(none.request("GET", "/", Some(&with("00"))).is_none());
    assert!(none.join(&with("00")).is_none());
    let asked = none.request("GET", "/", Some(&with("01"))).unwrap();
    assert_eq!(asked.span.span_context().trace_id().to_string(), TRACE);
    let all = traces(Some(1));
    assert!(all.request("GET", "/", Some(&with("00"))).is_none(), "the caller has decided");
}

#[tokio::test]
async fn about_one_in_so_many_is_sampled() {
    let traces = traces(Some(10));
    let sampled = (0..5_000).filter(|_| traces.request("GET", "/", None).is_some()).count();
    assert!((300..800).contains(&sampled), "{sampled} of 5,000");
}
