//! One suite against the real engines: an SQLite file and one in memory, a PostgreSQL server of its own and a real libSQL server. An
//! engine that cannot be had fails its tests; nothing is skipped.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod changes;
mod engines;
mod faults;
mod pooler;
mod sample;
mod suite;
mod together;

/// Runs each scenario on each engine, as a test named after both.
macro_rules! on_every_engine {
    ($($area:ident :: $name:ident),+ $(,)?) => {
        mod sqlite { $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let engine = crate::engines::sqlite().await;
                crate::suite::$area::$name(&engine.open().await).await;
            }
        )+ }
        mod memory { $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let engine = crate::engines::memory().await;
                crate::suite::$area::$name(&engine.open().await).await;
            }
        )+ }
        mod postgres { $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let engine = crate::engines::postgres().await;
                crate::suite::$area::$name(&engine.open().await).await;
            }
        )+ }
        mod libsql { $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let engine = crate::engines::libsql().await;
                crate::suite::$area::$name(&engine.open().await).await;
            }
        )+ }
    };
}

on_every_engine! {
    schema::every_step_up_and_down_gives_the_same_schema,
    schema::every_statement_fits_the_schema,
    schema::old_binary_runs_on_new_schema_that_tolerates_it_is_refused_by_others_and_can_step_back,
    schema::tracks_of_the_same_bytes_become_one_when_the_rule_comes,
    undo::lossy_down_refused,
    undo::who_loses_nothing_is_asked_nothing,
    undo::a_step_that_fails_undoes_none,
    phases::contracts_wait_until_somebody_asks_for_them,
    phases::a_backfill_brings_every_row_along_once_and_says_how_far_it_is,
    phases::a_backfill_that_was_cut_off_goes_on_where_it_was,
    phases::of_two_processes_one_works_and_the_other_takes_over,
    phases::rows_that_an_older_release_writes_meanwhile_are_brought_along_too,
    phases::a_batch_that_fails_is_told_and_tried_again,
    phases::a_contract_is_refused_while_something_needs_what_goes,
    phases::a_contract_is_done_once_and_undone_before_what_was_there_when_it_came,
    access::a_pin_opens_once_and_not_after_its_time,
    access::service_tokens_are_found_listed_and_revoked,
    library::tracks_survive_storage_and_keep_their_bytes_referenced,
    library::the_same_bytes_are_one_track_however_many_add_them_at_once,
    library::pages_run_through_every_order_without_gap_or_repetition,
    library::search_finds_what_was_meant_and_ranks_it,
    history::what_is_sealed_is_sealed_anew_page_by_page_and_what_was_written_meanwhile_stays,
    history::songs_of_other_services_keep_their_ids_and_are_found_in_the_library,
    history::a_log_may_be_taken_in_again_and_adds_nothing,
    history::a_member_of_the_past_awakens_once,
    history::linking_an_account_brings_the_history_of_its_address,
    history::throwback_draws_from_people_s_plays_on_such_days_each_song_once,
    history::numbers_count_days_and_hours_by_the_clocks_of_the_zone,
    history::a_reader_of_the_logs_misses_nothing_and_reads_nothing_twice,
    log::a_nest_comes_back_from_its_log_as_it_was,
    log::an_append_that_comes_late_or_early_is_refused,
    log::plays_names_and_closing_follow_the_log,
    log::a_snapshot_shortens_loading_and_a_damaged_one_only_costs_time,
    log::who_listened_last_is_known_to_every_process,
    log::of_many_writers_each_event_is_appended_once,
    doors::doors_come_back_from_the_log_and_from_a_snapshot,
    doors::a_release_without_doors_can_read_the_log_after_a_step_back,
    doors::a_word_leads_to_one_open_nest,
    autofill::each_strategy_finds_its_tracks,
    autofill::every_track_is_drawn_about_as_often,
    autofill::a_favourite_is_what_people_loved_and_have_not_heard_for_long,
    autofill::autofill_comes_back_from_the_log_and_from_a_snapshot,
    autofill::a_release_without_previews_can_read_the_log_after_a_step_back,
    webhooks::a_webhook_begins_at_the_end_of_the_log_and_only_one_process_advances_it,
    webhooks::a_webhook_that_fails_says_so_and_goes_on_from_now_when_it_is_resumed,
    webhooks::a_nest_has_so_many_webhooks_and_one_that_is_removed_leaves_nothing,
    reactions::reactions_come_back_from_the_log_and_from_a_snapshot,
    reactions::jams_and_comments_are_kept_with_the_play_that_ends,
    reactions::a_log_of_the_first_release_is_read_with_the_rights_of_now,
    reactions::a_snapshot_of_the_first_release_is_read,
    reactions::an_older_release_can_read_the_log_after_a_step_back,
    numbers::plays_are_found_by_who_where_when_and_words,
    numbers::the_reason_of_a_choice_is_kept_with_its_play,
    numbers::who_jams_whom_is_counted_and_nobody_jams_themselves,
    numbers::what_is_counted_adds_up_by_day_from_however_many_processes,
    numbers::whoever_is_removed_is_gone_with_every_key_and_their_history_stays,
    numbers::a_person_has_one_device_that_follows_and_a_task_takes_only_its_own_away,
    people::a_link_is_redeemed_once_and_secrets_are_found_by_hash,
    sign_in::somebody_whom_a_service_vouches_for_comes_in_once_and_again,
    sign_in::of_many_first_arrivals_of_one_account_one_makes_the_member,
    sign_in::the_audit_log_is_read_by_pages_and_swept,
    sign_in::what_happens_to_nests_is_in_the_audit_log_with_the_event,
    sign_in::tokens_of_a_linked_account_come_and_go_sealed,
    sign_in::a_client_id_has_room_for_so_many_people_and_one_owner,
    sign_in::a_member_s_picture_is_kept_until_another_comes,
    work::jobs_are_claimed_by_one_worker_at_a_time,
    work::work_that_nobody_does_is_noticed,
    transactions::a_value_is_replaced_only_as_it_was_read,
    keys::an_answer_is_kept_with_what_was_done_and_only_then,
    keys::an_append_whose_caller_left_is_done_once_when_it_is_asked_for_again,
    keys::of_many_processes_with_the_same_keys_each_key_does_its_work_once,
    transactions::contended_transactions_lose_no_update,
    transactions::a_cancelled_transaction_is_undone_and_blocks_nobody,
    transactions::a_caller_that_leaves_while_it_begins_holds_up_nobody,
    transactions::errors_mean_the_same_everywhere,
    app_channels::a_webhook_is_published_once_however_often_it_is_sent,
    app_channels::of_many_who_send_at_once_each_is_published_once_and_without_holes,
    app_channels::a_channel_keeps_its_last_publications_and_no_more,
    app_channels::what_is_over_goes_and_a_channel_that_comes_again_has_another_epoch,
}

/// What depends on sessions, on PostgreSQL behind a pooler that hands them around.
macro_rules! behind_a_pooler {
    ($($area:ident :: $name:ident),+ $(,)?) => {
        mod pooled { $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let engine = crate::engines::pooled(3).await;
                crate::suite::$area::$name(&engine.open().await).await;
            }
        )+ }
    };
}

behind_a_pooler! {
    schema::every_step_up_and_down_gives_the_same_schema,
    schema::old_binary_runs_on_new_schema_that_tolerates_it_is_refused_by_others_and_can_step_back,
    undo::lossy_down_refused,
    undo::a_step_that_fails_undoes_none,
    phases::contracts_wait_until_somebody_asks_for_them,
    phases::a_backfill_brings_every_row_along_once_and_says_how_far_it_is,
    log::a_nest_comes_back_from_its_log_as_it_was,
    log::of_many_writers_each_event_is_appended_once,
    webhooks::a_webhook_begins_at_the_end_of_the_log_and_only_one_process_advances_it,
    work::jobs_are_claimed_by_one_worker_at_a_time,
    sign_in::of_many_first_arrivals_of_one_account_one_makes_the_member,
    keys::of_many_processes_with_the_same_keys_each_key_does_its_work_once,
    transactions::contended_transactions_lose_no_update,
    transactions::a_cancelled_transaction_is_undone_and_blocks_nobody,
    transactions::a_caller_that_leaves_while_it_begins_holds_up_nobody,
    transactions::errors_mean_the_same_everywhere,
}
