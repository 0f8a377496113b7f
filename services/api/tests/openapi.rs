//! The checked-in document is the one that the routes give. `UPDATE_GENERATED=1 cargo test -p confab-api` writes it anew.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

#[test]
fn the_checked_in_openapi_document_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto/openapi.json");
    let fresh = confab_api::document().to_pretty_json().unwrap() + "\n";
    #[expect(clippy::disallowed_methods, reason = "a switch of this test, no setting of the service")]
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(checked_in == fresh, "proto/openapi.json is stale: run `make generated`");
}

#[test]
fn every_operation_is_named_and_says_how_it_refuses() {
    let document = serde_json::to_value(confab_api::document()).unwrap();
    let mut operations = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations += 1;
            assert!(operation["operationId"].is_string(), "{method} {path}");
            assert!(operation["responses"]["503"].is_object(), "{method} {path}");
        }
    }
    assert!(operations > 20, "{operations}");
}
