//! One suite over both dialects: every test of the list below runs on SQLite and on Postgres.
//!
//! Postgres is the server of the environment variable `DATABASE_URL`; each test makes a database there and drops it.
#![expect(clippy::unwrap_used, reason = "tests")]

mod accounts;
mod append;
mod audit;
mod database;
mod follow;
mod lists;
mod model;
mod pages;
mod postgres_only;
mod proxy;
mod rates;
mod scene;
mod sessions;
mod sqlite_only;
mod writers;

macro_rules! suite {
    ($($module:ident::$test:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                crate::database::on_sqlite(crate::$module::$test).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                crate::database::on_postgres(crate::$module::$test).await;
            })+
        }
    };
}

suite! {
    accounts::a_person_signs_up_once,
    accounts::an_operator_makes_an_account_and_replaces_its_password,
    accounts::people_are_found_by_prefix_and_by_id,
    append::a_batch_is_numbered_in_its_order,
    append::a_command_stands_on_several_streams,
    append::a_repeat_gets_the_first_answer,
    append::an_id_with_another_request_is_reused,
    append::a_redacted_request_equals_everything,
    append::a_moved_guard_is_a_conflict,
    append::another_epoch_is_a_conflict,
    append::a_refused_command_leaves_nothing,
    append::a_command_twice_in_one_batch_is_refused,
    append::a_batch_holds_each_outcome,
    append::time_never_goes_back,
    audit::a_snapshot_of_all_stays_as_it_was,
    audit::what_is_not_committed_leaves_no_trace,
    audit::a_store_is_written_row_by_row,
    follow::the_log_comes_by_position,
    follow::a_lease_has_one_holder,
    follow::a_lease_ends_unless_it_is_renewed,
    lists::mine_come_by_last_activity,
    lists::a_direct_conversation_shows_the_other_person,
    lists::public_groups_come_by_name,
    lists::unread_counts_from_joining_and_from_the_mark,
    lists::the_last_message_is_as_people_see_it,
    model::random_commands_end_as_the_model_says,
    pages::events_come_in_pages_by_count_and_by_bytes,
    pages::history_comes_in_windows,
    pages::history_brings_what_targets_its_messages,
    pages::only_who_may_read_reads,
    pages::members_come_by_id,
    pages::a_snapshot_is_the_fold_of_the_log,
    pages::a_read_mark_only_moves_forward,
    pages::the_sweep_tells_what_moved,
    pages::numbers_out_of_range_are_only_large,
    pages::a_restored_store_has_a_new_epoch,
    rates::a_bucket_gives_its_burst_then_its_rate,
    rates::what_is_given_back_can_be_taken_again,
    rates::a_bucket_gives_no_more_to_many_at_once,
    rates::full_buckets_are_forgotten_and_no_others,
    rates::nobody_waits_for_a_clock_that_was_ahead,
    sessions::a_session_is_found_by_its_token_until_it_ends,
    sessions::signing_in_drops_the_sessions_that_have_expired,
    sessions::the_owner_sees_the_sessions_that_stand,
    sessions::a_session_is_prolonged_but_never_shortened_or_revived,
    sessions::sessions_end_together_in_one_command,
    sessions::a_changed_password_lets_nobody_in_with_the_old_one,
    writers::the_same_command_at_once_exists_once,
    writers::several_writers_leave_one_gapless_log,
    writers::nobody_speaks_after_leaving,
}
