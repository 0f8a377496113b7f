//! NATS that is not there yet, goes away and comes back — by a proxy in front of it — and peers that send nonsense.

use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use confab_runtime::bus::{Bus, BusStatus};
use futures_util::StreamExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{NET, connect, live, nats_url, next, settle, signal, subject};

/// Forwards a port to NATS until it is closed, which cuts every connection and refuses new ones.
struct Proxy {
    address: std::net::SocketAddr,
    connections: JoinSet<()>,
}

impl Proxy {
    async fn open(address: std::net::SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let target = nats_url().split("://").last().unwrap().to_owned();
        let mut connections = JoinSet::new();
        connections.spawn(async move {
            let mut pipes = JoinSet::new();
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let target = target.clone();
                pipes.spawn(async move {
                    let mut far = TcpStream::connect(target).await.unwrap();
                    // Ends with an error whenever one side is cut, as is meant here.
                    let _cut = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        Self { address, connections }
    }

    /// Returns when the port is free again.
    async fn close(mut self) {
        self.connections.shutdown().await;
    }
}

async fn until(bus: &dyn Bus, status: BusStatus) {
    let deadline = Instant::now() + NET;
    while bus.status() != status {
        assert!(Instant::now() < deadline, "the bus never became {status:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn starts_without_nats_and_heals_by_itself_each_time() {
    let proxy = Proxy::open("127.0.0.1:0".parse().unwrap()).await;
    let address = proxy.address;
    proxy.close().await;

    let bus = connect(&format!("nats://{address}")).await;
    let subject = subject();
    let mut subscription = bus.subscribe(&subject);
    assert_eq!(bus.status(), BusStatus::Away);

    for round in 1..=2 {
        let proxy = Proxy::open(address).await;
        until(&*bus, BusStatus::Ok).await;
        settle(&*bus, &subject, &mut subscription).await;
        bus.publish(live(&subject, round));
        assert_eq!(next(&mut subscription).await, live(&subject, round));

        proxy.close().await;
        until(&*bus, BusStatus::Away).await;
    }
}

#[tokio::test]
async fn away_it_neither_blocks_nor_keeps_what_is_published() {
    let bus = connect("nats://127.0.0.1:1").await;
    // More than async-nats' own queue of commands holds, so that some are finished in the background.
    let subscriptions: Vec<_> = (0..5000).map(|_| bus.subscribe(&subject())).collect();
    for _ in 0..50_000 {
        bus.publish(signal("confab.test.away", "x"));
    }
    let deadline = Instant::now() + NET;
    while bus.dropped() < 50_000 {
        assert!(Instant::now() < deadline, "only {} of 50,000 dropped", bus.dropped());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(bus.status(), BusStatus::Away);
    drop(subscriptions);
}

#[tokio::test]
async fn subscriptions_beyond_the_clients_queue_are_finished_when_nats_comes() {
    let proxy = Proxy::open("127.0.0.1:0".parse().unwrap()).await;
    let address = proxy.address;
    proxy.close().await;
    let bus = connect(&format!("nats://{address}")).await;
    let mut subscriptions: Vec<_> = (0..5000).map(|_| subject()).map(|name| (bus.subscribe(&name), name)).collect();
    let _proxy = Proxy::open(address).await;
    until(&*bus, BusStatus::Ok).await;
    let (last, name) = subscriptions.last_mut().unwrap();
    settle(&*bus, name, last).await;
}

#[tokio::test]
async fn messages_with_malformed_headers_are_dropped_and_counted() {
    let url = nats_url();
    let bus = connect(&url).await;
    let subject = subject();
    let mut subscription = bus.subscribe(&subject);
    settle(&*bus, &subject, &mut subscription).await;
    let before = bus.dropped();

    let peer = async_nats::connect(&url).await.unwrap();
    for (name, value) in [("Confab-Seq", "1"), ("Confab-Epoch", "x"), ("Confab-Type", "")] {
        let mut headers = HeaderMap::new();
        headers.insert(name, value);
        peer.publish_with_headers(subject.clone(), headers, "x".into()).await.unwrap();
    }
    peer.publish(subject.clone(), "plain".into()).await.unwrap();
    assert_eq!(next(&mut subscription).await, signal(&subject, "plain"));
    assert_eq!(bus.dropped() - before, 3);
}

#[tokio::test]
async fn a_message_larger_than_nats_takes_is_dropped_and_the_next_one_comes() {
    let bus = connect(&nats_url()).await;
    let subject = subject();
    let mut subscription = bus.subscribe(&subject);
    settle(&*bus, &subject, &mut subscription).await;
    let before = bus.dropped();
    bus.publish(signal(&subject, vec![b'x'; 2 << 20]));
    bus.publish(live(&subject, 1));
    assert_eq!(next(&mut subscription).await, live(&subject, 1));
    assert_eq!(bus.dropped() - before, 1);
}

/// Whoever may make consumers needs no right to publish where they deliver.
#[tokio::test]
async fn what_a_push_consumer_delivers_here_is_not_taken_for_a_message_of_this_subject() {
    use async_nats::jetstream::{self, consumer::push, stream};

    let (heard, elsewhere) = (subject(), subject());
    let bus = connect(&nats_url()).await;
    let mut subscription = bus.subscribe(&heard);
    settle(&*bus, &heard, &mut subscription).await;

    let client = async_nats::connect(nats_url()).await.unwrap();
    let context = jetstream::new(client.clone());
    let name = elsewhere.replace('.', "_");
    let config = stream::Config { name: name.clone(), subjects: vec![elsewhere.clone()], ..Default::default() };
    let stream = context.create_stream(config).await.unwrap();
    let mut witness = client.subscribe(heard.clone()).await.unwrap();
    client.flush().await.unwrap();
    context.publish(elsewhere.clone(), "of elsewhere".into()).await.unwrap().await.unwrap();
    let deliver = push::Config { deliver_subject: heard.clone(), ..Default::default() };
    stream.create_consumer(deliver).await.unwrap();
    let seen = tokio::time::timeout(NET, witness.next()).await.expect("a delivery within the net").unwrap();
    assert_eq!(seen.payload, "of elsewhere", "NATS does deliver it");

    bus.publish(signal(&heard, "of here"));
    assert_eq!(next(&mut subscription).await.body, "of here");
    context.delete_stream(name).await.unwrap();
}
