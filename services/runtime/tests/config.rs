//! Settings as a person writes them: layers, all mistakes at once, secrets that stay hidden.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use confab_proto::http::SignUpMode;
use confab_runtime::config::{Config, ConfigErrors, LogFormat, Role};
use confab_runtime::rate::Rate;

fn load(toml: &str, env: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "confab.toml", toml);
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(Some(&file), env)
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

fn keys(errors: &ConfigErrors) -> Vec<&str> {
    errors.0.iter().map(|error| error.key.as_str()).collect()
}

#[test]
fn works_without_any_setting() {
    let config = Config::load(None, std::iter::empty()).unwrap();
    assert_eq!(config.http.listen, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(config.http.public_url, None);
    assert_eq!(config.database.url.expose(), "sqlite://data/confab.db");
    assert!(config.nats.url.is_empty());
    assert_eq!(config.log.format, LogFormat::Pretty);
    assert_eq!(config.auth.session, Duration::from_secs(30 * 24 * 3600));
    assert_eq!(config.limits.message_bytes, 16_384);
    assert_eq!(config.socket.pending_bytes, 1 << 20);
    assert_eq!((config.socket.inflow.burst, config.socket.inflow.per_second), (1 << 18, 1 << 15));
    assert_eq!(config.gateway.sweep, Duration::from_millis(250));
    config.check_role(Role::AllInOne).unwrap();
    config.check_role(Role::Migrate).unwrap();
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let toml = "[http]\nlisten = \"0.0.0.0:1\"\ndrain_seconds = 3\n[limits]\npage_events = 50\n";
    let env = [
        ("CONFAB__HTTP__LISTEN", "[::1]:2"),
        ("CONFAB__HTTP__ALLOWED_ORIGINS", "https://A.example:443, http://b.example:8080"),
        ("CONFAB__HTTP__PUBLIC_URL", "https://chat.example/"),
        ("CONFAB__SOCKET__WRITE_STALL_SECONDS", "4"),
        ("HOME", "/anywhere"),
        ("CONFAB_OTHER", "not ours"),
    ];
    let config = load(toml, &env).unwrap();
    assert_eq!(config.http.listen, "[::1]:2".parse().unwrap());
    assert_eq!(config.http.drain, Duration::from_secs(3));
    assert_eq!(config.http.allowed_origins, ["https://a.example", "http://b.example:8080"]);
    assert_eq!(config.http.public_url.as_deref(), Some("https://chat.example"));
    assert!(config.http.is_https());
    assert_eq!(config.limits.page_events, 50);
    assert_eq!(config.socket.write_stall, Duration::from_secs(4));

    let shown = config.shown();
    let find = |name: &str| shown.iter().find(|setting| setting.name == name).unwrap();
    let listen = find("listen");
    assert_eq!((listen.section.as_str(), listen.value.as_str()), ("http", "\"[::1]:2\""));
    assert_eq!((listen.origin.as_str(), listen.is_default), ("environment CONFAB__HTTP__LISTEN", false));
    assert!(find("drain_seconds").origin.ends_with("confab.toml"), "{shown:?}");
    assert_eq!((find("body_limit_bytes").value.as_str(), find("body_limit_bytes").is_default), ("65536", true));
}

#[test]
fn every_mistake_is_listed_at_once_with_its_origin() {
    let toml = r#"
        stray = 1
        [http]
        listen = "localhost"
        body_limit_bytes = "many"
        prot = 1
        allowed_origins = ["https://ok.example", "ok.example", 3]
        [database]
        url = "mysql://me:hunter2@db/chat"
        [log]
        filter = "a=b=c"
        format = "xml"
        [socket]
        write_stall_seconds = true
        [nats]
        user = "confab"
    "#;
    let env = [
        ("CONFAB__GATEWAY__THREADS", "0"),
        ("CONFAB__GATEWAY__SWEEP_MILLIS", "soon"),
        ("CONFAB__HTTP__PUBLIC_URL", "chat.example"),
        ("CONFAB__NATS__CREDENTIALS_FILE", "/does/not/exist"),
        ("CONFAB__TYPO", "x"),
    ];
    let errors = load(toml, &env).unwrap_err();
    let mut found = keys(&errors);
    found.sort_unstable();
    let expected = [
        "database.url",
        "gateway.sweep_millis",
        "gateway.threads",
        "http.allowed_origins",
        "http.body_limit_bytes",
        "http.listen",
        "http.prot",
        "http.public_url",
        "log.filter",
        "log.format",
        "nats.credentials_file",
        "nats.user",
        "nats.user",
        "socket.write_stall_seconds",
        "stray",
        "typo",
    ];
    assert_eq!(found, expected, "{errors}");
    let text = errors.to_string();
    assert!(
        text.contains("gateway.threads: 0 is not within 1 to 256 (from environment CONFAB__GATEWAY__THREADS)"),
        "{text}"
    );
    assert!(text.contains("http.body_limit_bytes: must be a whole number (from "), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn a_file_that_is_absent_or_no_toml_is_one_clear_mistake_without_its_text() {
    let errors = Config::load(Some(Path::new("/does/not/exist.toml")), std::iter::empty()).unwrap_err();
    assert_eq!(keys(&errors), ["/does/not/exist.toml"]);
    let errors = load("[database]\nurl = \"postgres://me:hunter2@db/chat\n", &[]).unwrap_err();
    assert_eq!(errors.0.len(), 1, "{errors}");
    assert!(errors.to_string().contains("line 2"), "{errors}");
    assert!(!errors.to_string().contains("hunter2"), "{errors}");
}

#[test]
fn secrets_come_from_files_and_show_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let url = written(folder.path(), "url", "postgres://me:hunter2@db/chat\n");
    let password = written(folder.path(), "password", " hunter3\n");
    let toml = format!(
        "[database]\nurl_file = {url:?}\n[nats]\nurl = \"nats://hunter4@n:4222\"\nuser = \"u\"\npassword_file = {password:?}\n"
    );
    let config = load(&toml, &[]).unwrap();
    assert_eq!(config.database.url.expose(), "postgres://me:hunter2@db/chat");
    assert_eq!(config.nats.password.as_ref().unwrap().expose(), "hunter3");
    config.check_role(Role::Gateway).unwrap();
    let shown = format!("{config:?}\n{:?}", config.shown());
    assert!(!shown.contains("hunter"), "{shown}");
    assert!(shown.contains("nats://***@n:4222"), "{shown}");
}

#[test]
fn a_url_and_a_url_file_together_are_refused_and_an_empty_file_too() {
    let folder = tempfile::tempdir().unwrap();
    let empty = written(folder.path(), "url", "\n");
    let toml = format!("[database]\nurl = \"sqlite://x.db\"\nurl_file = {empty:?}\n");
    assert_eq!(keys(&load(&toml, &[]).unwrap_err()), ["database.url", "database.url_file"]);
}

#[test]
fn separate_roles_need_postgres_and_nats() {
    let config = load("", &[]).unwrap();
    for role in [Role::Api, Role::Gateway] {
        assert_eq!(keys(&config.check_role(role).unwrap_err()), ["database.url", "nats.url"]);
    }
}

#[test]
fn a_message_must_fit_into_a_request() {
    let errors = load("[limits]\nmessage_bytes = 70000\n", &[]).unwrap_err();
    assert_eq!(keys(&errors), ["limits.message_bytes"]);
}

#[test]
fn limits_of_sessions_and_addresses_are_read() {
    let env = [
        ("CONFAB__AUTH__SIGN_UP", "closed"),
        ("CONFAB__AUTH__SESSION_MAX_DAYS", "30"),
        ("CONFAB__HTTP__TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("CONFAB__LIMITS__SIGN_INS_PER_HOUR", "120"),
    ];
    let config = load("", &env).unwrap();
    assert_eq!(config.auth.sign_up, SignUpMode::Closed);
    assert_eq!(config.auth.session_max, config.auth.session);
    assert_eq!(config.http.trusted_proxies.len(), 2);
    assert_eq!(config.limits.sign_ins, Rate { burst: 10, interval: Duration::from_secs(30) });

    let env = [
        ("CONFAB__AUTH__SIGN_UP", "ajar"),
        ("CONFAB__AUTH__SESSION_MAX_DAYS", "29"),
        ("CONFAB__HTTP__TRUSTED_PROXIES", "10.0.0.0/8,edge"),
        ("CONFAB__LIMITS__HANDSHAKES_PER_SECOND", "0"),
    ];
    let errors = load("", &env).unwrap_err();
    let wrong = ["http.trusted_proxies", "auth.sign_up", "auth.session_max_days", "limits.handshakes_per_second"];
    assert_eq!(keys(&errors), wrong);
}

#[test]
fn the_indexer_is_on_or_off() {
    assert!(Config::load(None, std::iter::empty()).unwrap().search.indexer);
    assert!(!load("[search]\nindexer = \"off\"\n", &[]).unwrap().search.indexer);
    assert_eq!(keys(&load("[search]\nindexer = \"perhaps\"\n", &[]).unwrap_err()), ["search.indexer"]);
}

#[test]
fn the_relay_has_limits() {
    let config = Config::load(None, std::iter::empty()).unwrap();
    assert!(config.relay.on);
    assert_eq!((config.relay.max_age, config.relay.max_bytes), (None, None));
    assert_eq!((config.relay.in_flight, config.relay.start_position.0), (1000, 1));
    let config = load("[relay]\nmode = \"off\"\nmax_age_hours = 48\nmax_bytes = 5000000000\n", &[]).unwrap();
    assert!(!config.relay.on);
    assert_eq!(config.relay.max_age, Some(Duration::from_secs(48 * 3600)));
    assert_eq!(config.relay.max_bytes, Some(5_000_000_000));
    let wrong = load("[relay]\nmode = \"yes\"\nin_flight = 1001\nreplicas = 0\nstart_position = 0\n", &[]).unwrap_err();
    assert_eq!(keys(&wrong), ["relay.mode", "relay.replicas", "relay.in_flight", "relay.start_position"]);
}
