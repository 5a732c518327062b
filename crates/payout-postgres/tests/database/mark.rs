//! Where a store is.

use payout_ports::{MarkedStore as _, StoreMark};
use payout_postgres::PostgresStore;

use crate::by_hand::{accept, fresh};

async fn mark(store: &PostgresStore) -> StoreMark {
    store.mark().await.expect("the store is there")
}

#[tokio::test]
async fn a_copy_of_the_rows_in_another_schema_is_in_another_place() {
    let (store, _, schema) = fresh().await;
    let (copy, hand, _copied) = fresh().await;
    accept(&store, 1).await;
    let name = &schema.name;
    let same_name = format!("UPDATE store SET id = (SELECT id FROM {name}.store)");
    hand.batch_execute(&format!("SET session_replication_role TO replica; {same_name}"))
        .await
        .expect("a superuser may do this");

    let (here, there) = (mark(&store).await, mark(&copy).await);

    assert_eq!(here.store, there.store);
    assert_ne!(here.place, there.place);
}

#[tokio::test]
async fn every_instance_sees_the_store_in_the_same_place_and_as_far() {
    let (first, _, schema) = fresh().await;
    let second = schema.open().await;
    accept(&first, 1).await;

    assert_eq!(mark(&first).await, mark(&second).await);
}
