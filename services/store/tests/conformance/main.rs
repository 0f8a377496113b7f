//! One suite over both dialects: every test of the list below runs on SQLite and on Postgres.
//!
//! Postgres is the server of the environment variable `DATABASE_URL`; each test makes a database there and drops it.
#![expect(clippy::unwrap_used, reason = "tests")]

mod accounts;
mod append;
mod audit;
mod changes;
mod cost;
mod database;
mod files;
mod follow;
mod groups;
mod lists;
mod model;
mod pages;
mod postgres_only;
mod preferences;
mod profiles;
mod proxy;
mod pushes;
mod rates;
mod scene;
mod search;
mod sessions;
mod sqlite_only;
mod threads;
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
    changes::a_target_that_moved_is_a_conflict,
    changes::deleting_blanks_a_message_and_its_edits,
    changes::settings_and_roles_are_projected,
    changes::members_are_counted,
    cost::a_message_writes_the_same_rows_whoever_reads_it,
    files::a_file_is_its_owners_until_a_message_has_it,
    files::plain_files_have_no_pixels,
    files::whoever_loses_the_conversation_loses_its_files,
    files::a_public_groups_files_are_public_but_to_the_banned,
    files::a_blanked_message_gives_its_files_up,
    files::what_was_left_behind_is_cleared,
    files::nobody_gets_above_the_quota_by_haste,
    files::a_file_is_either_posted_or_cleared,
    files::a_picture_is_of_its_owner_alone,
    files::of_several_pictures_at_once_one_stays,
    follow::the_log_comes_by_position,
    follow::a_lease_has_one_holder,
    follow::a_lease_ends_unless_it_is_renewed,
    groups::what_is_known_of_two_people_is_of_one_snapshot,
    groups::an_invitation_lets_in_as_long_as_it_says,
    groups::admins_make_and_revoke_invitations,
    groups::a_request_says_nothing_of_what_it_asks_for,
    groups::admins_see_and_refuse_requests,
    groups::admins_see_the_banned,
    groups::of_two_decisions_against_each_other_one_stands,
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
    pages::members_are_found_by_name_and_by_role,
    pages::a_snapshot_is_the_fold_of_the_log,
    pages::a_read_mark_only_moves_forward,
    pages::the_sweep_tells_what_moved,
    pages::numbers_out_of_range_are_only_large,
    pages::a_restored_store_has_a_new_epoch,
    preferences::a_later_draft_stays_and_a_mute_is_apart,
    preferences::what_is_kept_is_out_of_reach_after_leaving,
    preferences::who_has_read_is_told_in_small_groups,
    preferences::of_large_groups_only_numbers_are_told,
    preferences::last_seen_is_written_once_a_minute,
    profiles::a_profile_changes_in_what_is_given,
    profiles::a_deleted_account_tells_nothing_of_its_person,
    profiles::a_deleted_account_keeps_nothing_for_itself,
    profiles::messages_are_found_by_who_said_them,
    profiles::who_owns_alone_is_known,
    profiles::where_somebody_is_seen_is_known,
    pushes::a_message_is_told_as_it_is_now,
    pushes::a_subscription_is_of_one_session_and_goes_with_it,
    pushes::browsers_of_members_are_told,
    pushes::the_oldest_browsers_of_a_person_give_way,
    pushes::there_is_one_key_and_one_place,
    rates::a_bucket_gives_its_burst_then_its_rate,
    rates::what_is_given_back_can_be_taken_again,
    rates::a_bucket_gives_no_more_to_many_at_once,
    rates::full_buckets_are_forgotten_and_no_others,
    rates::nobody_waits_for_a_clock_that_was_ahead,
    search::only_who_may_read_finds,
    search::edits_and_deletions_follow,
    search::each_event_counts_once,
    search::filters_narrow,
    search::unread_mentions_are_counted,
    search::every_script_is_found_and_no_string_breaks,
    sessions::a_session_is_found_by_its_token_until_it_ends,
    sessions::signing_in_drops_the_sessions_that_have_expired,
    sessions::the_owner_sees_the_sessions_that_stand,
    sessions::a_session_is_prolonged_but_never_shortened_or_revived,
    sessions::sessions_end_together_in_one_command,
    sessions::a_changed_password_lets_nobody_in_with_the_old_one,
    threads::a_window_stands_around_a_message,
    threads::a_thread_stands_under_its_root_only,
    threads::pins_come_by_when_they_were_pinned,
    threads::changes_follow_each_other,
    threads::names_are_those_of_members,
    writers::the_same_command_at_once_exists_once,
    writers::several_writers_leave_one_gapless_log,
    writers::nobody_speaks_after_leaving,
}
