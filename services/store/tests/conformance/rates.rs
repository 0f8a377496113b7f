//! Token buckets that replicas share.

use std::sync::Arc;
use std::time::Duration;

use confab_proto::Timestamp;
use confab_store::{Rate, RateKey};
use tokio::task::JoinSet;

use crate::database::Database;
use crate::scene::token;

const RATE: Rate = Rate { burst: 3, interval: Duration::from_secs(10) };

fn key() -> RateKey {
    token()
}

pub(crate) async fn a_bucket_gives_its_burst_then_its_rate(database: Arc<Database>) {
    let store = &database.store;
    let (key, other, now) = (key(), key(), Timestamp::now());
    let take = async |seconds| store.take_token(&key, RATE, now.plus_seconds(seconds)).await.unwrap();
    for _ in 0..3 {
        assert_eq!(take(0).await, Ok(()));
    }
    assert_eq!(take(0).await, Err(Duration::from_secs(10)));
    assert_eq!(take(4).await, Err(Duration::from_secs(6)), "a refusal costs nothing");
    assert_eq!(store.take_token(&other, RATE, now).await.unwrap(), Ok(()), "keys do not share tokens");
    assert_eq!(take(10).await, Ok(()));
    assert_eq!(take(10).await, Err(Duration::from_secs(10)));
    for _ in 0..3 {
        assert_eq!(take(3600).await, Ok(()), "a pause fills it up to the burst");
    }
    assert_eq!(take(3600).await, Err(Duration::from_secs(10)));
}

pub(crate) async fn what_is_given_back_can_be_taken_again(database: Arc<Database>) {
    let store = &database.store;
    let (key, now) = (key(), Timestamp::now());
    for _ in 0..9 {
        assert_eq!(store.take_token(&key, RATE, now).await.unwrap(), Ok(()));
        store.give_back(&[(key, RATE), (token(), RATE)]).await.unwrap();
    }
}

pub(crate) async fn a_bucket_gives_no_more_to_many_at_once(database: Arc<Database>) {
    let (key, now) = (key(), Timestamp::now());
    let mut takers = JoinSet::new();
    for _ in 0..4 {
        let store = database.another_writer().await;
        takers.spawn(async move {
            let mut taken = 0;
            for _ in 0..5 {
                taken += usize::from(store.take_token(&key, RATE, now).await.unwrap().is_ok());
            }
            taken
        });
    }
    assert_eq!(takers.join_all().await.into_iter().sum::<usize>(), 3);
}

pub(crate) async fn full_buckets_are_forgotten_and_no_others(database: Arc<Database>) {
    let store = &database.store;
    let (full, empty, kept, over, now) = (key(), key(), key(), key(), Timestamp::now());
    store.take_token(&full, RATE, now.plus_seconds(-20)).await.unwrap().unwrap();
    for _ in 0..3 {
        store.take_token(&empty, RATE, now).await.unwrap().unwrap();
    }
    store.remember(&kept, now.plus_seconds(5)).await.unwrap();
    store.remember(&kept, now.plus_seconds(1)).await.unwrap();
    store.remember(&over, now.plus_seconds(-5)).await.unwrap();
    assert!(store.remembers(&kept, now.plus_seconds(4)).await.unwrap());
    assert!(!store.remembers(&over, now).await.unwrap());
    assert!(store.remembers(&over, now.plus_seconds(-6)).await.unwrap());
    store.forget_full_buckets(now).await.unwrap();
    assert!(!store.remembers(&over, now.plus_seconds(-6)).await.unwrap(), "its row is gone");
    assert!(store.remembers(&kept, now).await.unwrap());
    assert!(store.take_token(&empty, RATE, now).await.unwrap().is_err());
}

pub(crate) async fn nobody_waits_for_a_clock_that_was_ahead(database: Arc<Database>) {
    let store = &database.store;
    let now = Timestamp::now();
    let (a_little, a_month) = (now.plus_seconds(30), now.plus_seconds(30 * 24 * 3600));
    for ahead in [a_little, a_month] {
        let bucket = key();
        while store.take_token(&bucket, RATE, ahead).await.unwrap().is_ok() {}
        let taken = store.take_token(&bucket, RATE, now).await.unwrap();
        assert_eq!(taken.is_ok(), ahead == a_month, "replicas whose clocks differ a little give nothing twice");
    }
}
