//! Files: what is taken, what becomes of it, who gets it back, and what is cleared. In a folder of each test's own.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::{Request, header};
use bytes::Bytes;
use confab_api::Cleaner;
use confab_proto::Timestamp;
use futures_util::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

use super::app::{Answer, Person, TestApp};

pub(crate) const DAY: i64 = 24 * 3600;

/// The body of an answer that is no JSON.
pub(crate) struct Download {
    pub(crate) status: u16,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Download {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn request(who: &Person<'_>, method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header(header::AUTHORIZATION, format!("Bearer {}", who.token))
}

pub(crate) async fn upload(app: &TestApp, who: &Person<'_>, name: &str, content: impl Into<Body>) -> Answer {
    app.send(request(who, "POST", &format!("/api/files?name={name}")).body(content.into()).unwrap()).await
}

/// The file as the answer tells it.
pub(crate) async fn uploaded(app: &TestApp, who: &Person<'_>, name: &str, content: impl Into<Body>) -> Value {
    upload(app, who, name, content).await.ok(201)["file"].clone()
}

pub(crate) async fn download(app: &TestApp, who: &Person<'_>, path: &str, asked: &[(&str, &str)]) -> Download {
    let request = asked.iter().fold(request(who, "GET", path), |request, (name, value)| request.header(*name, *value));
    let response = app.response(request.body(Body::empty()).unwrap()).await;
    let (parts, body) = response.into_parts();
    Download { status: parts.status.as_u16(), headers: parts.headers, bytes: body.collect().await.unwrap().to_bytes() }
}

pub(crate) async fn get(app: &TestApp, who: &Person<'_>, file: &Value) -> Download {
    download(app, who, &path(file), &[]).await
}

fn path(file: &Value) -> String {
    format!("/api/files/{}", file["id"].as_str().unwrap())
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files_under(&path) } else { vec![path] }).collect()
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| Rgb([(x % 256) as u8, (y % 256) as u8, 7]));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_sent_and_only_to_be_saved() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let file = uploaded(&app, &ada, "gr%C3%BCn%20%22a%22.txt", "hello").await;
    assert_eq!(file["name"], "grün \"a\".txt");
    let plain = json!({"size": 5, "mediaType": "text/plain", "width": null, "height": null, "thumbnail": false});
    for (key, value) in plain.as_object().unwrap() {
        assert_eq!(&file[key], value, "{key}");
    }
    let got = get(&app, &ada, &file).await;
    assert_eq!((got.status, &*got.bytes), (200, &b"hello"[..]));
    assert_eq!(got.header("content-type"), "application/octet-stream");
    assert_eq!(got.header("content-length"), "5");
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert_eq!(got.header("cross-origin-resource-policy"), "same-origin");
    assert!(got.header("content-security-policy").contains("sandbox"));
    assert!(
        got.header("content-disposition")
            .starts_with("attachment; filename=\"gr_n _a_.txt\"; filename*=UTF-8''gr%C3%BCn")
    );
    assert_eq!(got.header("cache-control"), "private, no-cache");
    let etag = got.header("etag").to_owned();
    assert_eq!(download(&app, &ada, &path(&file), &[("if-none-match", &etag)]).await.status, 304);

    bob.get(&path(&file)).await.is_problem(404, "not_found", None);
    bob.delete(&path(&file)).await.is_problem(404, "not_found", None);
    ada.get(&format!("{}/thumbnail", path(&file))).await.is_problem(404, "not_found", None);
    ada.delete(&path(&file)).await.ok(204);
    ada.get(&path(&file)).await.is_problem(404, "not_found", None);
    ada.delete(&path(&file)).await.is_problem(404, "not_found", None);
}

#[tokio::test]
async fn a_range_is_given() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let file = uploaded(&app, &ada, "digits", "0123456789").await;
    for (asked, status, bytes, told) in [
        ("bytes=2-4", 206, "234", "bytes 2-4/10"),
        ("bytes=7-", 206, "789", "bytes 7-9/10"),
        ("bytes=-2", 206, "89", "bytes 8-9/10"),
        ("bytes=20-", 200, "0123456789", ""),
        ("bytes=1-2,4-5", 200, "0123456789", ""),
    ] {
        let got = download(&app, &ada, &path(&file), &[("range", asked)]).await;
        assert_eq!((got.status, &*got.bytes, got.header("content-range")), (status, bytes.as_bytes(), told), "{asked}");
    }
    let empty = uploaded(&app, &ada, "empty", "").await;
    let got = download(&app, &ada, &path(&empty), &[("range", "bytes=0-")]).await;
    assert_eq!((got.status, got.bytes.len()), (200, 0));
}

#[tokio::test]
async fn names_are_never_paths() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    for name in
        ["..%2Fpasswd", "a%2Fb", "%2Fetc%2Fpasswd", "a%5Cb", "..", ".", "", "%20", "a%0Ab", "a%1Bb", "%E2%80%AEgpj.exe"]
    {
        upload(&app, &ada, name, "x").await.is_problem(422, "invalid", Some("name"));
    }
    upload(&app, &ada, &"x".repeat(256), "x").await.is_problem(422, "invalid", Some("name"));
    upload(&app, &ada, "a%00b", "x").await.is_problem(400, "malformed", None);
    upload(&app, &ada, "a&name=b", "x").await.is_problem(400, "malformed", Some("name"));
    upload(&app, &ada, "a&type=b", "x").await.is_problem(400, "malformed", None);
    app.send(request(&ada, "POST", "/api/files").body(Body::from("x")).unwrap()).await.is_problem(
        400,
        "malformed",
        Some("name"),
    );
    assert!(files_under(&app.folder()).is_empty());

    let file = uploaded(&app, &ada, "..%20%24(rm)%20%3Cb%3E;%20CON", "x").await;
    let got = get(&app, &ada, &file).await;
    assert!(got.header("content-disposition").ends_with("''..%20$%28rm%29%20%3Cb%3E%3B%20CON"));
    let stored = files_under(&app.folder());
    assert_eq!(stored.len(), 1);
    assert!(stored[0].ends_with(file["id"].as_str().unwrap()), "only the id is in {}", stored[0].display());
}

#[tokio::test]
async fn what_lies_about_its_type_is_only_saved() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let html_behind_png = [b"\x89PNG\r\n\x1a\n", &b"<script>alert(1)</script>"[..]].concat();
    let cut_png = png(600, 600)[..2_000].to_vec();
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("cat.svg", svg.into(), "text/plain"),
        ("cat.png", svg.into(), "text/plain"),
        ("cat.png", "<!DOCTYPE html><script>alert(1)</script>".into(), "text/html"),
        ("cat.png", html_behind_png, "application/octet-stream"),
        ("cat.png", cut_png, "application/octet-stream"),
        ("cat.gif", b"GIF89a=1;alert(1)//".to_vec(), "application/octet-stream"),
    ];
    for (name, content, media_type) in cases {
        let request = request(&ada, "POST", &format!("/api/files?name={name}")).header("content-type", "image/png");
        let file = app.send(request.body(Body::from(content.clone())).unwrap()).await.ok(201)["file"].clone();
        assert_eq!((&file["mediaType"], &file["thumbnail"]), (&json!(media_type), &json!(false)));
        let got = get(&app, &ada, &file).await;
        assert_eq!(got.header("content-type"), "application/octet-stream");
        assert!(got.header("content-disposition").starts_with("attachment"));
        assert_eq!(&*got.bytes, &content, "and as it was sent");
    }
    // What is one is shown, whatever it is called.
    let file = uploaded(&app, &ada, "virus.exe", png(3, 2)).await;
    assert_eq!((&file["mediaType"], &file["width"], &file["height"]), (&json!("image/png"), &json!(3), &json!(2)));
    let got = get(&app, &ada, &file).await;
    assert_eq!((got.header("content-type"), &got.header("content-disposition")[..7]), ("image/png", "inline;"));
}

#[tokio::test]
async fn a_large_image_has_a_small_picture() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let small = uploaded(&app, &ada, "small.png", png(480, 480)).await;
    assert_eq!(small["thumbnail"], false);
    let large = uploaded(&app, &ada, "large.png", png(1200, 600)).await;
    assert_eq!(large["thumbnail"], true);
    let got = download(&app, &ada, &format!("{}/thumbnail", path(&large)), &[]).await;
    assert_eq!(
        (got.status, got.header("content-type"), got.header("x-content-type-options")),
        (200, "image/jpeg", "nosniff")
    );
    let shown = image::load_from_memory(&got.bytes).unwrap();
    assert_eq!((shown.width(), shown.height()), (480, 240));
}

#[tokio::test]
async fn a_bomb_is_never_decoded() {
    let app = TestApp::with(&[("CONFAB__FILES__IMAGE_PIXELS", "10000")]).await;
    let ada = app.person("ada").await;
    for (width, height, is_image) in [(100, 100, true), (101, 100, false), (10_001, 1, false)] {
        let file = uploaded(&app, &ada, "bomb.png", png(width, height)).await;
        assert_eq!(file["mediaType"] == "image/png", is_image, "{width}x{height}");
        assert_eq!((file["width"].is_u64(), &file["thumbnail"]), (is_image, &json!(false)));
    }
    // The size that the head tells is enough: there are no pixels behind it.
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let mut bomb = png(1, 1);
    bomb[16..24].copy_from_slice(&[0, 0, 255, 255, 0, 0, 255, 255]);
    let file = uploaded(&app, &ada, "bomb.png", bomb).await;
    assert_eq!(file["mediaType"], "application/octet-stream");
}

#[tokio::test]
async fn too_much_is_refused_before_it_is_kept() {
    let app = TestApp::with(&[("CONFAB__FILES__MAX_BYTES", "1000"), ("CONFAB__FILES__QUOTA_BYTES", "1500")]).await;
    let ada = app.person("ada").await;
    upload(&app, &ada, "large", vec![7; 1001]).await.is_problem(413, "body_too_large", None);
    // As a browser sends a stream: of no known length.
    let pieces = stream::iter((0..11).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![7; 100]))));
    upload(&app, &ada, "large", Body::from_stream(pieces)).await.is_problem(413, "body_too_large", None);
    let announced = request(&ada, "POST", "/api/files?name=large").header("content-length", "1001");
    let never = stream::pending::<Result<Bytes, std::io::Error>>();
    app.send(announced.body(Body::from_stream(never)).unwrap()).await.is_problem(413, "body_too_large", None);

    let first = uploaded(&app, &ada, "first", vec![7; 1000]).await;
    upload(&app, &ada, "second", vec![7; 501]).await.is_problem(413, "quota_exceeded", None);
    let pieces = stream::iter([Ok::<_, std::io::Error>(Bytes::from(vec![7; 501]))]);
    upload(&app, &ada, "second", Body::from_stream(pieces)).await.is_problem(413, "quota_exceeded", None);
    assert_eq!(files_under(&app.folder()).len(), 1);
    uploaded(&app, &ada, "third", vec![7; 500]).await;
    upload(&app, &ada, "fourth", "x").await.is_problem(413, "quota_exceeded", None);
    ada.delete(&path(&first)).await.ok(204);
    assert_eq!(app.cleaner().clear(Timestamp::now()).await.unwrap(), 1);
    uploaded(&app, &ada, "fifth", vec![7; 1000]).await;
}

#[tokio::test]
async fn an_upload_that_is_cut_or_stops_leaves_nothing() {
    let app =
        TestApp::with(&[("CONFAB__FILES__UPLOAD_STALL_SECONDS", "1"), ("CONFAB__FILES__UPLOADS_PER_USER", "1")]).await;
    let ada = app.person("ada").await;
    let some = || stream::iter([Ok(Bytes::from(vec![7; 1000]))]);
    let cut = some().chain(stream::iter([Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))]));
    upload(&app, &ada, "cut", Body::from_stream(cut)).await.is_problem(400, "malformed", None);
    let stalled = some().chain(stream::pending());
    upload(&app, &ada, "stalled", Body::from_stream(stalled)).await.is_problem(400, "malformed", None);

    // The request is dropped, as when its connection is lost.
    let request = request(&ada, "POST", "/api/files?name=lost");
    let lost = app.response(request.body(Body::from_stream(some().chain(stream::pending()))).unwrap());
    let mut lost = std::pin::pin!(lost);
    while std::future::poll_fn(|context| std::task::Poll::Ready(lost.as_mut().poll(context))).await.is_pending() {
        let second = upload(&app, &ada, "second", "x").await;
        if second.status == 429 {
            second.is_problem(429, "rate_limited", None);
            break;
        }
    }
    assert!(files_under(&app.folder()).iter().all(|path| std::fs::metadata(path).unwrap().len() == 1));
}

#[tokio::test]
async fn an_object_store_that_is_away_is_said_and_leaves_nothing() {
    let app = TestApp::new().await;
    let ada = app.person("ada").await;
    let kept = uploaded(&app, &ada, "kept", "here").await;
    // A file stands where the folder should be.
    let folder = app.folder();
    let aside = folder.with_extension("aside");
    std::fs::rename(&folder, &aside).unwrap();
    std::fs::write(&folder, "").unwrap();
    upload(&app, &ada, "lost", "x").await.is_problem(503, "unavailable", None);
    let answer = ada.get(&path(&kept)).await;
    answer.is_problem(503, "unavailable", None);
    std::fs::remove_file(&folder).unwrap();
    ada.get(&path(&kept)).await.is_problem(404, "not_found", None);
    std::fs::rename(&aside, &folder).unwrap();
    assert_eq!(&*get(&app, &ada, &kept).await.bytes, b"here");
    assert_eq!(files_under(&folder).len(), 1);
    assert_eq!(
        app.cleaner().clear(Timestamp::now().plus_seconds(DAY / 2)).await.unwrap(),
        1,
        "what could not be stored"
    );
    assert_eq!(app.cleaner().clear(Timestamp::now().plus_seconds(DAY + 60)).await.unwrap(), 1);
    assert!(files_under(&folder).is_empty());
    ada.get(&path(&kept)).await.is_problem(404, "not_found", None);
}

async fn post(who: &Person<'_>, conversation: &str, body: &Value) -> Answer {
    who.post(&format!("/api/conversations/{conversation}/messages"), body).await
}

#[tokio::test]
async fn a_message_carries_files_to_those_who_read_it() {
    let app = TestApp::new().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let talk = ada.direct(&bob).await;
    let (text, image) =
        (uploaded(&app, &ada, "a.txt", "hello").await, uploaded(&app, &ada, "a.png", png(500, 10)).await);
    let body = json!({"body": "", "attachments": [text["id"], image["id"]], "clientId": "0198c0de-0000-7000-8000-000000000001"});
    let seq = post(&ada, &talk, &body).await.ok(201)["seq"].clone();
    assert_eq!(post(&ada, &talk, &body).await.ok(200)["seq"], seq, "a repeat");
    let page = bob.get(&format!("/api/conversations/{talk}/messages")).await.ok(200);
    assert_eq!(
        (&page["messages"][0]["body"], &page["messages"][0]["attachments"]),
        (&json!(""), &json!([text, image]))
    );
    assert_eq!(&*get(&app, &bob, &text).await.bytes, b"hello");
    assert_eq!(download(&app, &bob, &format!("{}/thumbnail", path(&image)), &[]).await.status, 200);
    for path in [path(&image), format!("{}/thumbnail", path(&image))] {
        eve.get(&path).await.is_problem(404, "not_found", None);
    }
    ada.delete(&path(&text)).await.is_problem(403, "forbidden", None);

    // Forwarded it is read there as well, and stays when the first message goes.
    let other = bob.direct(&eve).await;
    let forward = json!({"forward": {"conversationId": talk, "seq": seq}});
    let forwarded = post(&bob, &other, &forward).await.ok(201)["seq"].clone();
    assert_eq!(&*get(&app, &eve, &text).await.bytes, b"hello");
    ada.delete(&format!("/api/conversations/{talk}/messages/{seq}")).await.ok(204);
    ada.get(&path(&text)).await.is_problem(404, "not_found", None);
    assert_eq!(app.cleaner().clear(Timestamp::now().plus_seconds(2 * DAY)).await.unwrap(), 0);
    assert_eq!(&*get(&app, &eve, &text).await.bytes, b"hello");
    bob.delete(&format!("/api/conversations/{other}/messages/{forwarded}")).await.ok(204);
    eve.get(&path(&text)).await.is_problem(404, "not_found", None);
    assert_eq!(files_under(&app.folder()).len(), 3);
    assert_eq!(app.cleaner().clear(Timestamp::now()).await.unwrap(), 2);
    assert!(files_under(&app.folder()).is_empty());
}

#[tokio::test]
async fn a_message_takes_no_file_that_is_not_there_or_not_ones_own() {
    let app = TestApp::with(&[("CONFAB__FILES__PER_MESSAGE", "2")]).await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let talk = ada.direct(&bob).await;
    let mut files = Vec::new();
    for name in ["a", "b", "c"] {
        files.push(uploaded(&app, &ada, name, name).await["id"].clone());
    }
    let theirs = uploaded(&app, &bob, "theirs", "x").await["id"].clone();
    let nowhere = json!("0198c0de-0000-7000-8000-00000000000a");
    for bad in
        [json!([theirs]), json!([nowhere]), json!([files[0], nowhere]), json!([files[0], files[0]]), json!(files)]
    {
        post(&ada, &talk, &json!({"body": "look", "attachments": bad})).await.is_problem(
            422,
            "invalid",
            Some("attachments"),
        );
    }
    post(&ada, &talk, &json!({"body": "look", "attachments": ["x"]})).await.is_problem(
        400,
        "malformed",
        Some("attachments"),
    );
    post(&ada, &talk, &json!({"body": " ", "attachments": []})).await.is_problem(422, "invalid", Some("body"));
    post(&ada, &talk, &json!({"body": "look", "attachments": files[..2]})).await.ok(201);
    post(&ada, &talk, &json!({"body": "again", "attachments": [files[0]]})).await.ok(201);
}

impl TestApp {
    /// The cleaner of this app, driven by the test.
    pub(crate) fn cleaner(&self) -> Cleaner {
        Cleaner::new(&self.config, self.store.clone()).unwrap()
    }

    fn folder(&self) -> PathBuf {
        self.config.files.path.clone()
    }
}
