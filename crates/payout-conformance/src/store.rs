//! The laws of a store: of the ports that one store keeps together.

mod accept;
mod attempts;
mod clients;
mod claim;
mod dead_letters;
mod inbox;
mod mark;
mod outbox;
mod park;
mod payments;
mod race;
mod read;
mod restart;
mod save;
mod sources;
mod standing;
mod steps;
mod switch;
mod watch;

use async_trait::async_trait;
use payout_ports::{
    ClientRegister, Inbox, MarkedStore, Outbox, PaymentRepository, PayoutRepository, SendSwitch,
    Store,
};

pub use accept::*;
pub use attempts::*;
pub use claim::*;
pub use clients::*;
pub use dead_letters::*;
pub use inbox::*;
pub use mark::*;
pub use outbox::*;
pub use park::*;
pub use payments::*;
pub use race::*;
pub use read::*;
pub use restart::*;
pub use save::*;
pub use sources::*;
pub use standing::*;
pub use switch::*;
pub use watch::*;

/// A store under test.
#[async_trait]
pub trait StoreRig: Send + Sync {
    /// The store.
    fn store(&self) -> &dyn Store;

    /// Closes the store and opens it again.
    async fn reopen(self) -> Self
    where
        Self: Sized;

    /// The store as a payout repository.
    fn payouts(&self) -> &dyn PayoutRepository {
        self.store()
    }

    /// The same store as a payment repository.
    fn payments(&self) -> &dyn PaymentRepository {
        self.store()
    }

    /// The same store as an inbox.
    fn inbox(&self) -> &dyn Inbox {
        self.store()
    }

    /// The same store as an outbox.
    fn outbox(&self) -> &dyn Outbox {
        self.store()
    }

    /// The same store as the switch of all sending.
    fn switch(&self) -> &dyn SendSwitch {
        self.store()
    }

    /// The same store as the register of clients.
    fn clients(&self) -> &dyn ClientRegister {
        self.store()
    }

    /// The same store as one that knows where it is.
    fn marked(&self) -> &dyn MarkedStore {
        self.store()
    }
}

/// A rig over a store that keeps nothing on disk: to open it again changes nothing.
#[derive(Debug)]
pub struct KeptRig<S>(pub S);

#[async_trait]
impl<S: Store> StoreRig for KeptRig<S> {
    fn store(&self) -> &dyn Store {
        &self.0
    }

    async fn reopen(self) -> Self {
        self
    }
}

/// Makes a test of every law of a store, in a module `store`. `$fresh` names an `async fn` without
/// arguments that makes a rig over an empty store.
#[macro_export]
macro_rules! store_laws {
    ($fresh:ident) => {
        mod store {
            use super::$fresh;

            // Of `PayoutRepository::accept` and `find_key`.
            $crate::store_laws! { @seen $fresh:
                an_accepted_payout_is_found_as_it_was_accepted
                the_first_event_of_a_payout_is_its_acceptance
                two_acceptances_under_one_key_make_one_payout
                another_request_under_a_used_key_is_refused
                a_key_is_spent_by_the_payout_that_it_names_for_ever
                each_client_has_its_own_keys
                a_forgotten_key_is_as_if_never_used
                a_key_is_remembered_up_to_the_moment_it_is_forgotten
                forgetting_concerns_only_the_key_at_hand
                a_key_is_found_with_what_it_was_used_for
                an_id_is_never_used_twice
            }
            // Of `PayoutRepository::claim_sendable`.
            $crate::store_laws! { @seen $fresh:
                a_payout_is_due_from_its_acceptance_on
                the_intent_is_stored_before_the_claim_is_returned
                the_claimed_instruction_is_the_accepted_one
                a_claimed_payout_is_not_claimed_before_its_lease_ends
                a_payout_whose_sender_is_lost_is_sent_again_with_a_higher_epoch
                each_claim_of_a_payout_has_a_higher_epoch
                what_has_been_due_longest_is_claimed_first
                no_more_are_claimed_than_are_asked_for
                what_is_not_waiting_is_not_claimed
                a_payout_of_unknown_outcome_is_claimed_when_it_is_due
                a_payout_that_was_not_processed_is_sent_as_if_for_the_first_time
                a_repetition_is_allowed_up_to_the_end_of_the_window
            }
            // Of what is parked by it.
            $crate::store_laws! { @seen $fresh:
                a_payout_of_another_profile_is_parked
                a_payout_whose_window_has_closed_is_parked
                a_payout_that_is_too_old_is_parked
                a_payout_is_not_too_old_at_the_limit
                the_profile_counts_before_the_rule
                parked_payouts_count_towards_the_limit
                a_parked_payout_is_not_sent_but_looked_for
                what_is_leased_is_not_parked
            }
            // Of `PayoutRepository::save`.
            $crate::store_laws! { @seen $fresh:
                a_change_is_written_whole
                a_stale_change_is_refused_and_nothing_of_it_is_written
                a_change_from_the_future_is_stale
                a_change_of_a_payout_that_does_not_exist_is_stale
                the_same_change_is_not_written_twice
                a_change_may_carry_several_events
                a_change_without_events_moves_the_schedule_alone
                an_outdated_epoch_writes_the_evidence_but_not_the_schedule
                the_latest_epoch_writes_the_schedule
                a_schedule_without_an_epoch_counts_in_any_case
                without_a_schedule_the_due_time_stays
                a_gateway_id_belongs_to_one_payout
                a_gateway_id_may_be_used_again_in_another_profile
                a_payout_keeps_its_gateway_id
                staleness_is_said_before_a_taken_gateway_id
                every_state_survives_the_store
                history_has_one_event_for_each_version
                a_contradiction_is_part_of_the_history
            }
            // Of `PayoutRepository::attempts`.
            $crate::store_laws! { @seen $fresh:
                a_claim_begins_an_attempt
                an_attempt_ends_with_what_its_sender_saw
                the_first_end_of_an_attempt_stands
                an_attempt_that_was_cut_off_stays_open
                what_was_not_claimed_has_no_attempts
            }
            // Of `SendSwitch`.
            $crate::store_laws! { @seen $fresh:
                while_sending_is_paused_nothing_is_claimed_or_parked
                sending_goes_on_where_it_was_paused
                the_first_pause_stands
                while_sending_is_paused_payouts_are_watched
                to_resume_what_is_not_paused_does_nothing
            }
            // Of `MarkedStore`.
            $crate::store_laws! { @seen $fresh:
                an_empty_store_has_come_nowhere
                every_step_takes_the_store_further
                a_store_knows_its_newest_event
            }
            // Of `PayoutRepository::list_standing`.
            $crate::store_laws! { @seen $fresh:
                payouts_are_listed_by_where_they_stand
                what_has_stood_longest_is_listed_first
                a_list_goes_on_after_a_payout_that_stands_elsewhere_by_now
                nothing_stands_after_a_payout_that_does_not_exist
            }
            // Of `ClientRegister`.
            $crate::store_laws! { @seen $fresh:
                nobody_is_registered_at_first
                a_registration_is_read_as_it_was_stored
                every_change_of_a_registration_is_stored
                an_id_is_registered_once
                a_registration_that_has_changed_is_not_overwritten
                a_key_is_one_clients_for_ever
                a_merchant_account_is_one_clients_until_it_is_taken_from_it
                whoever_has_read_the_register_can_tell_when_it_changes
                a_registration_takes_the_store_further
            }
            // Of what is read.
            $crate::store_laws! { @seen $fresh:
                a_payout_is_found_by_its_gateway_id_in_its_profile
                a_payout_of_another_client_looks_like_none
                a_list_begins_with_the_newest
                a_list_is_continued_after_its_last_payout
                a_page_stays_where_it_is_when_newer_payouts_come
                payouts_of_one_moment_are_listed_once_each
                a_list_holds_only_the_clients_own
                nothing_comes_after_a_payout_that_does_not_exist
                a_listed_payout_is_as_it_is_now
            }
            // Of `PayoutRepository::claim_watched`.
            $crate::store_laws! { @seen $fresh:
                what_the_provider_has_is_watched_when_it_is_due
                what_is_to_be_sent_or_has_failed_is_not_watched
                a_watched_payout_is_not_watched_again_before_its_lease_ends
                to_ask_after_a_payout_changes_nothing_of_it
                what_has_been_due_longest_is_watched_first
                no_more_are_watched_than_are_asked_for
                only_payouts_of_the_profile_are_watched
                what_is_never_due_is_never_watched_again
            }
            // Of `PaymentRepository`.
            $crate::store_laws! { @seen $fresh:
                a_payment_proves_its_source
                a_payment_counts_once
                a_payment_that_says_other_things_is_refused
                a_payment_is_kept_whole
                proofs_add_up
                a_payment_is_a_better_proof_than_a_list
                the_first_payment_is_the_lasting_proof
                a_listed_source_teaches_what_it_knows_once
                a_source_is_found_with_all_its_proofs_and_identifiers
                a_source_of_another_user_contradicts_and_changes_nothing
                a_source_in_another_currency_contradicts_and_changes_nothing
                a_listed_source_contradicts_like_a_payment
                each_client_sees_its_own_payments_and_sources
                one_source_may_belong_to_two_clients_with_different_facts
                sources_of_a_user_are_those_that_paid_into_the_account
                sources_of_a_user_are_ordered_by_id
                a_settled_payment_is_told_with_the_fact
                a_contradiction_tells_nobody
                a_merchant_account_is_as_it_was_last_told
                a_merchant_account_never_changes_its_currency
            }
            // Of `Inbox`.
            $crate::store_laws! { @seen $fresh:
                an_event_is_fresh_once
                an_event_with_other_words_is_altered_and_the_first_words_stand
                an_event_is_named_within_its_profile
                an_event_is_claimed_as_it_came_in
                an_event_is_claimed_again_when_its_lease_ends_until_it_is_done
                a_done_event_is_never_claimed_again
                a_done_event_is_still_known
                the_event_that_waits_longest_is_claimed_first
                to_mark_an_unknown_event_as_done_does_nothing
            }
            // Of `Outbox`.
            $crate::store_laws! { @seen $fresh:
                a_notification_is_claimed_with_what_it_tells
                a_notification_is_claimed_until_it_is_done
                a_failed_notification_waits_and_counts
                a_done_notification_stays_done
                of_one_payout_only_the_first_notification_is_claimed
                a_notification_that_is_put_off_holds_back_those_after_it
                order_within_a_payout_is_the_order_of_writing
                notifications_of_different_payouts_do_not_wait_for_each_other
                notifications_of_different_payments_do_not_wait_for_each_other
                the_notification_that_waits_longest_is_claimed_first
                a_notification_shows_its_payout_as_it_is_now
                a_notification_goes_to_the_client_of_its_payout
                to_mark_an_unknown_notification_does_nothing
                what_is_given_up_is_listed_and_not_claimed
                what_is_given_up_holds_nobody_back
                what_is_replayed_is_claimed_as_if_it_were_new
                only_what_was_given_up_is_replayed
                what_is_done_is_not_given_up
                dead_letters_are_listed_in_the_order_of_writing
            }
            // Of many at once.
            $crate::store_laws! { @owned $fresh:
                of_twenty_acceptances_at_once_one_is_accepted
                of_twenty_requests_at_once_under_one_key_one_is_accepted
                two_senders_never_share_a_payout
                two_watchers_never_share_a_payout
                of_twenty_changes_at_once_one_is_written
                of_twenty_payments_told_at_once_one_counts
                of_twenty_tellings_of_an_event_one_is_fresh
                two_tellers_never_share_a_notification
            }
            // Of a restart.
            $crate::store_laws! { @owned $fresh:
                what_was_accepted_survives_a_restart
                what_a_restart_cut_off_is_sent_again
                what_was_saved_survives_a_restart
                what_was_paid_in_survives_a_restart
                what_was_told_survives_a_restart
                what_is_to_be_told_survives_a_restart
                what_was_given_up_survives_a_restart
                a_pause_survives_a_restart
                a_mark_survives_a_restart
                attempts_survive_a_restart
            }

            #[test]
            fn any_payout_with_any_history_survives_the_store() {
                $crate::model::any_payout_with_any_history_survives_the_store($fresh);
            }
        }
    };
    (@seen $fresh:ident: $($law:ident)*) => { $(
        #[tokio::test]
        async fn $law() {
            $crate::store::$law(&$fresh().await).await;
        }
    )* };
    (@owned $fresh:ident: $($law:ident)*) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $law() {
            $crate::store::$law($fresh().await).await;
        }
    )* };
}
