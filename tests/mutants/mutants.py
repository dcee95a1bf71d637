"""Faults that somebody could make, and the tests that must find them.

A mutant is one replacement of text in one file of the package or of the dbt project. It names its file by content,
since files move: `old` stands exactly once in all files of its kind. It names its tests by function, wherever they lie;
each of them must fail once the text is replaced. `python -m tests.mutants.run` tries them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PACKAGE: Final = "raceway/**/*.py"
SQL: Final = "dbt_project/**/*.sql"


@dataclass(frozen=True)
class Mutant:
    """One fault. `name` is what it claims in place of the promise."""

    name: str
    kind: str
    """The files in which `old` stands exactly once, as a glob below the root."""
    old: str
    new: str
    tests: tuple[str, ...]
    """Test functions, or one case of one (`test_x[case]`): each must fail."""
    why: str
    """What would go wrong, and for whom."""


READING: Final = (
    Mutant(
        "utf_16_has_one_byte_order",
        PACKAGE,
        'encoding = "utf-16-le" if head[:2] == codecs.BOM_UTF16_LE else "utf-16-be"',
        'encoding = "utf-16-le"',
        ("test_a_report_lands_the_same_rows_however_it_was_packed[utf-16 big-endian]",),
        "a report in big-endian UTF-16 would be read as other letters",
    ),
    Mutant(
        "a_decimal_comma_is_read_as_a_point",
        PACKAGE,
        'number = f"rw_{shape.number_locale}({raw})"',
        'number = f"rw_point({raw})"',
        ("test_a_user_s_own_headers_are_named_in_the_overlay",),
        "150.000 dong would land as 150",
    ),
    Mutant(
        "a_total_bears_its_label_and_nothing_else",
        PACKAGE,
        "starts_with({cell}, {quoted(label)})",
        "{cell} = {quoted(label)}",
        ("test_totals_are_furniture_and_are_compared_with_the_rows",),
        "the total would count as a campaign, and everything twice",
    ),
    Mutant(
        "a_long_id_of_a_workbook_is_whole",
        PACKAGE,
        "if abs(cell) < 1e15 else",
        "if abs(cell) < 1e18 else",
        ("test_an_id_that_a_workbook_holds_as_a_number_of_17_digits_is_spoilt",),
        "ids with invented last digits would name campaigns and orders that do not exist",
    ),
)

LANDING: Final = (
    Mutant(
        "two_accounts_with_equal_files_share_a_batch",
        PACKAGE,
        "(table.source, account.account, table.name, content_hash, utc_text(exported_at))",
        "(table.source, table.name, content_hash, utc_text(exported_at))",
        ("test_equal_files_of_two_accounts_are_two_batches",),
        "the second account's batch would take the first one's folder: the account is part of every key",
    ),
    Mutant(
        "newer_is_what_arrives_later",
        PACKAGE,
        "return max(file.modified_at for file in export.files), noted",
        "return dt.datetime.now(dt.UTC), noted",
        ("test_an_older_export_that_arrives_later_changes_nothing",),
        "a file that comes late would take the place of newer ones, and no night could be told again",
    ),
    Mutant(
        "a_file_with_one_readable_row_lands",
        PACKAGE,
        "if data and rows.refused / data > most:",
        "if data and rows.refused == data:",
        ("test_a_file_with_too_many_unreadable_rows_is_refused_whole",),
        "most of a broken export would be missing, and its days would count as covered",
    ),
    Mutant(
        "the_day_of_the_export_is_over",
        PACKAGE,
        "last_whole_day = reading.exported_at.astimezone(reading.account.zone).date() - dt.timedelta(days=1)",
        "last_whole_day = reading.exported_at.astimezone(reading.account.zone).date()",
        ("test_a_preamble_states_days_without_rows_as_covered_but_none_that_were_not_over",),
        "half a day would be shown as a complete one",
    ),
)

LEDGER: Final = (
    Mutant(
        "a_later_sighting_renews_nothing",
        PACKAGE,
        "exported_at=max(batch.exported_at, sighting)",
        "exported_at=min(batch.exported_at, sighting)",
        ("test_a_file_equal_to_what_is_in_effect_is_a_duplicate_that_renews_its_time",),
        "content that was exported again would lose to an export between the two",
    ),
    Mutant(
        "what_a_person_takes_out_was_refused_by_the_gate",
        PACKAGE,
        '_decided(state, event, "rejected")',
        '_decided(state, event, "refused")',
        ("test_the_very_export_that_a_person_took_out_stays_out",),
        "the file that somebody rejected would land again the night after",
    ),
)

INBOX: Final = (
    Mutant(
        "parts_of_other_weeks_belong_to_an_export",
        PACKAGE,
        "and known[2] not in parts and near and kept_at:",
        "and known[2] not in parts and kept_at:",
        ("test_a_part_that_comes_later_makes_a_new_batch_of_all_parts",),
        "orders_export_2.csv of last week would be landed with this week's orders_export_1.csv",
    ),
    Mutant(
        "a_file_that_grows_is_whole",
        PACKAGE,
        "return now is not None and (now.bytes, now.modified_at) == (file.bytes, file.modified_at)",
        "return now is not None",
        ("test_a_local_file_that_still_grows_waits_and_a_copied_one_does_not",),
        "half of a file that is still being copied would land and replace whole days",
    ),
)

GATE: Final = (
    Mutant(
        "the_day_of_an_export_is_that_of_utc",
        PACKAGE,
        "export_day = exported_at.astimezone(account.zone).date()",
        "export_day = exported_at.astimezone(dt.UTC).date()",
        ("test_a_day_after_the_export_is_critical_in_the_accounts_zone",),
        "a morning's export in Vietnam would be refused for its own day, and one in America pass with tomorrow's",
    ),
    Mutant(
        "a_warning_stops",
        PACKAGE,
        'return not self.passed and self.severity == "critical"',
        "return not self.passed",
        ("test_a_warning_publishes_and_is_shown",),
        "every doubt would hold back the night",
    ),
)

BUILD: Final = (
    Mutant(
        "the_oldest_export_of_a_day_counts",
        PACKAGE,
        "order by batch.is_filtered, batch.exported_at desc, batch.file_time desc, batch.content_hash desc",
        "order by batch.is_filtered, batch.exported_at asc, batch.file_time desc, batch.content_hash desc",
        ("test_of_each_day_the_newest_export_counts_and_the_others_stay",),
        "restated costs and conversions would never come into effect",
    ),
    Mutant(
        "a_newer_filtered_export_takes_a_whole_ones_day",
        PACKAGE,
        "order by batch.is_filtered, batch.exported_at desc, batch.file_time desc, batch.content_hash desc",
        "order by batch.exported_at desc, batch.is_filtered, batch.file_time desc, batch.content_hash desc",
        ("test_a_filtered_export_neither_replaces_a_whole_one_nor_covers_a_day",),
        "clicks of one country would be shown as all clicks",
    ),
    Mutant(
        "a_rate_of_ten_days_ago_is_too_old",
        PACKAGE,
        "or day - known[place - 1] > longest",
        "or day - known[place - 1] >= longest",
        ("test_a_rate_serves_its_own_day_and_ten_days_after",),
        "batches would wait for a rate that is there",
    ),
)

MODELS: Final = (
    Mutant(
        "a_period_has_the_mean_of_its_days",
        SQL,
        "        sum(value) as value\n    from dated",
        "        avg(value) as value\n    from dated",
        ("test_a_running_month_keeps_its_whole_budget_and_is_not_complete",),
        "a budget of thirty days would be held against one day of costs",
    ),
    Mutant(
        "a_refund_is_of_the_day_of_its_order",
        SQL,
        "else {{ local_day('running.exported_at', 'accounts.time_zone') }}\n        end as refund_date",
        "else orders.order_date\n        end as refund_date",
        ("test_refunds_come_from_returns_running_totals_and_rows_below_zero",),
        "months that are over would change with every refund",
    ),
    Mutant(
        "five_who_share_a_phone_are_too_many",
        SQL,
        "where counts.others > settings.identity_max_shared",
        "where counts.others >= settings.identity_max_shared",
        ("test_a_family_shares_a_phone_and_is_one_person_up_to_the_limit",),
        "families would fall apart into several customers",
    ),
    Mutant(
        "a_channel_that_is_left_out_sends_its_walks_on",
        PACKAGE,
        "return _chance_of_an_order(start[kept], steps[np.ix_(kept, kept)], to_order[kept])",
        "return _chance_of_an_order(start[kept] / max(start[kept].sum(), 1e-9), steps[np.ix_(kept, kept)], "
        "to_order[kept])",
        ("test_each_month_has_shares_of_its_own_paths", "test_the_textbook_chain_of_three_channels"),
        "the data-driven model would credit channels with orders that others brought",
    ),
    Mutant(
        "a_session_goes_on_over_midnight",
        SQL,
        "{% set of_day = 'device, business_day' %}",
        "{% set of_day = 'device' %}",
        ("test_sessions_are_cut_at_business_midnight_and_without_office_and_robots",),
        "sessions of one day would be events of another",
    ),
    Mutant(
        "who_buys_on_two_channels_is_two_customers",
        SQL,
        "count(distinct person_id) as customers_purchasing",
        "count(person_id) as customers_purchasing",
        ("test_orders_customers_and_retention_follow_the_persons",),
        "customers would be counted once a channel",
    ),
    Mutant(
        "an_order_has_the_channel_of_the_last_touch_even_a_direct_one",
        SQL,
        "from touches\n    where channel <> 'direct'",
        "from touches",
        ("test_orders_have_the_channel_of_the_last_touch_that_is_not_direct",),
        "who comes back by the address bar would take the order from the ad",
    ),
    Mutant(
        "a_target_is_due_in_full_from_the_first_day",
        SQL,
        "when compared.is_over or not compared.is_growing then cast(compared.target as decimal(38, 6))",
        "when true then cast(compared.target as decimal(38, 6))",
        ("test_a_running_cycle_is_held_against_the_paced_target_and_as_many_days_of_the_one_before",),
        "every running period would be off track until its last day",
    ),
    Mutant(
        "a_cohort_is_complete_on_the_last_day_of_its_window",
        SQL,
        "{{ add_days('covered.window_end', 'cohorts.follow_up_days') }} < settings.as_of",
        "{{ add_days('covered.window_end', 'cohorts.follow_up_days') }} <= settings.as_of",
        ("test_a_cohort_is_incomplete_on_the_last_day_of_its_window_and_complete_the_day_after",),
        "numbers that may still change would be shown as final, and the day that runs as over",
    ),
    Mutant(
        "a_year_before_a_week_is_365_days",
        SQL,
        "{{ add_days(start, -364) }}",
        "{{ add_days(start, -365) }}",
        ("test_a_year_before_is_the_same_month_and_the_same_weekday",),
        "Sundays would be compared with Saturdays, and a week with none",
    ),
)

PUBLISH: Final = (
    Mutant(
        "a_month_that_changed_is_linked_to_the_one_before",
        PACKAGE,
        "if earlier.is_file() and filecmp.cmp(file, earlier, shallow=False):",
        "if earlier.is_file():",
        ("test_unchanged_months_are_hard_links_and_changed_ones_are_not",),
        "Parquet would never show a restated month",
    ),
    Mutant(
        "the_switch_takes_current_away_first",
        PACKAGE,
        "aside.replace(home.current)",
        "home.current.unlink(missing_ok=True)\n    aside.rename(home.current)",
        ("test_current_shows_a_version_at_every_moment_of_a_switch",),
        "who opens the mart at that moment, or after a crash there, finds nothing",
    ),
    Mutant(
        "one_line_of_an_excluded_order_is_counted",
        PACKAGE,
        "bool_or(is_excluded) over (partition by _batch_id, {one}) as is_left_out",
        "is_excluded as is_left_out",
        ("test_lines_of_excluded_orders_are_counted_whole",),
        "the counts of what was left out would not add up with what is shown",
    ),
)

NIGHT: Final = (
    Mutant(
        "a_refused_row_is_a_refused_batch",
        PACKAGE,
        'return BATCH_REFUSED if strict and any(refusal.kind == "refused" for refusal in refused) else PUBLISHED',
        "return BATCH_REFUSED if strict and refused else PUBLISHED",
        ("test_the_exit_code_says_the_worst_that_happened",),
        "a strict night would fail for a row that lies in quarantine",
    ),
    Mutant(
        "every_source_is_due_the_day_after",
        PACKAGE,
        "due_day = as_of - dt.timedelta(days=required.lag_days)",
        "due_day = as_of - dt.timedelta(days=1)",
        ("test_a_source_may_lag_as_many_days_as_its_calendar_allows",),
        "nights would wait for files that nobody has promised yet",
    ),
)

CONSOLE: Final = (
    Mutant(
        "an_account_reaches_as_far_as_its_source",
        PACKAGE,
        "accepted = [batch for batch in state.accepted(source) if batch.account == account]",
        "accepted = state.accepted(source)",
        ("test_status_says_of_each_account_how_far_it_reaches_and_what_is_not_in_effect",),
        "an account that stopped delivering would look as fresh as its neighbour",
    ),
)

FITTING: Final = (
    Mutant(
        "the_time_to_come_begins_with_the_last_purchase",
        PACKAGE,
        "reach = within[of] / (model.alpha + age[of])",
        "reach = within[of] / (model.alpha + recency[of])",
        ("test_expected_orders_are_the_published_formula",),
        "who has not bought for long would be expected to buy most, and be worth most",
    ),
)

CHANGES: Final = (
    Mutant(
        "a_cells_mix_is_its_share_times_its_ratio",
        PACKAGE,
        "mix = (shares[1] - shares[0]) * ((r0 + r1) / 2 - middle)",
        "mix = (shares[1] - shares[0]) * ((r0 + r1) / 2)",
        ("test_a_ratio_changes_by_mix_and_rate",),
        "a poor channel that grew would seem to have raised the rate that it lowered",
    ),
    Mutant(
        "what_is_not_known_any_more_was_never_published",
        PACKAGE,
        "else now.numerator is distinct from latest.numerator",
        "else now.numerator <> latest.numerator",
        ("test_a_value_that_is_known_no_more_is_told",),
        "a number that was taken back would stand in kpi_published for good",
    ),
    Mutant(
        "what_was_published_is_carried_from_the_current_version_alone",
        PACKAGE,
        "    kept = published_versions(home)\n    carried",
        "    kept = [what.before] if what.before else []\n    carried",
        ("test_going_back_to_an_older_version_keeps_what_was_published_since",),
        "after a rollback nobody could say what had been shown before it",
    ),
)

PERSONAL: Final = (
    Mutant(
        "letter_case_tells_two_persons_apart",
        PACKAGE,
        '{"email": f"lower(rw_text({text}))", ',
        '{"email": f"rw_text({text})", ',
        ("test_sql_and_python_hash_alike", "test_one_person_has_one_hash_in_shop_and_list"),
        "who writes An@example.com in the shop would be a stranger to the mailing list",
    ),
)

MUTANTS: Final = (
    *READING, *LANDING, *LEDGER, *INBOX, *GATE, *BUILD, *MODELS, *PUBLISH, *NIGHT, *CONSOLE, *FITTING, *CHANGES,
    *PERSONAL,
)  # fmt: skip
