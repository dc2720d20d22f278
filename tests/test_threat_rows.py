"""What has gone wrong in other help desks, and the tests that show that it does not here.

The rows are those of our list of threats about requests and mail: A are failures of others, S classes of attack, R failures of
machines. Each names its tests; a test that is renamed or taken away is missed here.

| row | what goes wrong |
|---|---|
| A1 | the support address counts as proof of belonging to the company (Ticket Trick) |
| A2 | a forged From with a Cc joins a stranger to a request |
| A3 | the form mails strangers what somebody typed into it |
| A4 | a Message-ID, a reference or a guessed address lets an answer in |
| A5 | From is believed without DMARC; a forged result line is |
| A6 | who lost access, or writes from elsewhere, still answers |
| A7 | machines answer each other without end |
| A8, S19 | a subject, name or file name becomes a header |
| A9 | a file is opened with another request's key |
| A10 | an empty secret matches an empty column |
| A11 | an invitation never ends |
| A12 | one can ask who has an account or a request |
| A13 | the second factor is walked around |
| A14 | a stranger's headers are believed as the proxy's |
| A15 | a route without a row of rights |
| S17 | a small file unfolds to a huge picture |
| S18 | a webhook reaches into our own network |
| S20 | our mail is sent back and forth, or relayed |
| S21 | one address is read as another |
| R3 | killed while a request is stored |
| R4 | killed between the server's OK and our note |
| R5 | servers that are down, slow, refuse, or refuse half of the recipients |
| R6 | one mail stops all others |
"""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROWS = {
    "A1": ("mail/test_receiving.py::test_somebody_else_with_the_address_is_not_taken_for_the_customer", "web/test_staff_mail.py::test_answers_in_the_domain_of_the_staff_are_warned_of"),
    "A2": ("mail/test_receiving.py::test_somebody_else_with_the_address_is_not_taken_for_the_customer",),
    "A3": (
        "support/test_letters.py::test_the_acknowledgement_holds_nothing_that_was_typed_into_the_form",
        "support/test_letters.py::test_a_hundred_forms_naming_one_victim_send_one_mail",
        "support/test_letters.py::test_a_hundred_victims_get_no_more_than_the_limit_of_all",
    ),
    "A4": ("mail/test_receiving.py::test_an_answer_without_a_valid_token_joins_nothing",),
    "A5": ("mail/test_receiving.py::test_only_the_topmost_result_of_our_own_server_counts",),
    "A6": ("mail/test_receiving.py::test_somebody_else_with_the_address_is_not_taken_for_the_customer", "web/test_route_matrix.py::test_a_disabled_account_is_out_at_once"),
    "A7": ("mail/test_loops.py::test_two_help_centers_that_write_to_each_other_fall_silent", "mail/test_receiving.py::test_what_a_machine_wrote_is_no_answer_and_gets_none"),
    "A8": ("mail/test_message.py::test_any_text_at_all_leaves_the_headers_alone", "support/test_letters.py::test_a_subject_and_a_name_add_no_header_to_a_reply"),
    "A9": ("web/test_staff_requests.py::test_a_file_is_downloaded_and_only_from_its_own_request", "web/test_status.py::test_files_come_with_an_answer_and_only_this_link_opens_them"),
    "A10": ("mail/test_receiving.py::test_an_empty_secret_signs_nothing", "support/test_links.py::test_what_is_no_token_opens_nothing", "accounts/test_tokens.py::test_what_is_no_token_opens_nothing"),
    "A11": ("accounts/test_links.py::test_an_invitation_lasts_seven_days", "accounts/test_links.py::test_another_password_ends_the_links_to_one"),
    "A12": ("accounts/test_staff.py::test_whatever_is_wrong_a_password_is_hashed_once", "web/test_status.py::test_asking_for_a_link_says_the_same_whether_there_is_one_or_not"),
    "A13": ("web/test_staff_account.py::test_with_a_second_factor_the_password_alone_opens_nothing", "web/test_staff_account.py::test_a_reset_does_not_go_around_the_second_factor"),
    "A14": ("web/test_limits.py::test_a_forwarded_address_counts_only_behind_a_trusted_proxy",),
    "A15": ("web/test_route_matrix.py::test_every_route_has_a_row", "web/test_route_matrix.py::test_each_role_reaches_what_the_policy_names_and_nothing_else"),
    "S17": ("support/test_attachments.py::test_a_small_file_that_unfolds_to_169_megapixels_is_refused",),
    "S18": ("mail/test_telling.py::test_no_webhook_goes_into_our_own_network", "mail/test_telling.py::test_the_checked_address_is_the_one_that_is_called_and_redirects_are_not_followed"),
    "S19": ("mail/test_message.py::test_no_text_adds_a_header_or_a_body", "mail/test_message.py::test_no_file_name_adds_a_header"),
    "S20": ("mail/test_message.py::test_automatic_mail_tells_machines_not_to_answer", "mail/test_mailers.py::test_automatic_mail_has_an_empty_envelope_sender"),
    "S21": ("mail/test_receiving.py::test_an_author_that_nobody_can_read_is_nobody",),
    "R3": ("support/test_sudden_death.py::test_a_request_is_there_whole_or_not_at_all_and_repeating_it_makes_one",),
    "R4": ("mail/test_outbox.py::test_a_worker_killed_after_the_server_said_ok_sends_again_under_the_same_name",),
    "R5": (
        "mail/test_failing_servers.py::test_whatever_the_server_does_mails_arrive_in_order_and_at_most_once_more",
        "mail/test_failing_servers.py::test_half_of_the_recipients_refused_leave_the_other_half_alone",
        "mail/test_outbox.py::test_a_server_that_is_down_costs_nothing_but_time",
    ),
    "R6": (
        "mail/test_outbox.py::test_a_mail_that_breaks_the_mailer_is_set_aside_after_a_few_tries",
        "mail/test_message.py::test_half_a_surrogate_pair_does_not_stop_the_mail",
        "cli/test_mail.py::test_a_mail_of_30_megabytes_is_refused_for_good_and_the_next_one_comes_in",
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_each_row_has_tests(row):
    for name in ROWS[row]:
        module, _, function = name.partition("::")
        assert f"\ndef {function}(" in (TESTS / module).read_text(encoding="utf-8"), name
