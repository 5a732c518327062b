//! How long a provider remembers.

use std::time::Duration;

use super::GatewayRig;
use super::steps::{accept, accepted, authorise, executed, pounds};

/// What nobody's clocks are apart.
const MARGIN: Duration = Duration::from_mins(15);

/// `PayoutGateway`, laws 1 and 7: without it no repetition would be safe.
pub async fn a_token_expires_before_its_keys_are_forgotten(rig: &dyn GatewayRig) {
    let life = authorise(rig).await.life;

    assert!(life.expires_at > life.issued_at);
    let Some(window) = rig.window() else { return };
    assert!(life.expires_at.since(life.issued_at).saturating_add(MARGIN) <= window);
}

/// `PayoutGateway`, law 1: up to its end.
pub async fn a_key_is_remembered_within_its_window(rig: &dyn GatewayRig) {
    let Some(window) = rig.window() else { return };
    let first = accepted(rig, 1, pounds(1_250)).await;
    rig.advance(window.saturating_sub(MARGIN)).await;

    let again = accept(rig, &first.instruction).await;

    assert_eq!(again, first.id);
    assert_eq!(rig.executions(first.payout_id).await, 1);
}

/// `PayoutGateway`, law 1 ends here, and this is the danger that the send rule is there for: the same
/// bytes under the same key pay a second time. A rig that stops doing this has stopped being a
/// provider that anything can be proved with.
pub async fn after_the_window_the_same_key_is_a_new_payout(rig: &dyn GatewayRig) {
    let Some(window) = rig.window() else { return };
    let first = accepted(rig, 1, pounds(1_250)).await;
    executed(rig, first.id).await;
    rig.advance(window.saturating_add(MARGIN)).await;

    let second = accept(rig, &first.instruction).await;

    assert_ne!(second, first.id);
    executed(rig, second).await;
    assert_eq!(rig.executions(first.payout_id).await, 2);
}
