"""What Meta's codes mean for a row: what is tried again, what is said to the rep, what breaks the channel."""

from dataclasses import replace

import httpx
import pytest

from channels.whatsapp_cloud import accounts, listening
from channels.whatsapp_cloud.client import Answered, AnswerLost, GraphClient, NotSent, read_refusal
from channels.whatsapp_cloud.contents import UNSUPPORTED_LABELS
from channels.whatsapp_cloud.outcomes import CODES, code_of, outcome_of
from sales.outbox import Refused, Retry, RowKind, Unknown
from sales.use_cases.channel_problem import BREAKING, LASTING
from screens.contents import LABELS
from screens.notice_messages import REASONS
from screens.notice_team import PROBLEMS
from tests.channels.books import row

MESSAGE = row(RowKind.MESSAGE, message_id=1)
THEIR_WORDS = {"bad_request"}


def answered(code: int, status: int = 400) -> Answered:
    return Answered(code, "(#1) their words", status)


REFUSED = {
    0: "token",
    190: "token",
    10: "permission",
    200: "permission",
    299: "permission",
    368: "account_restricted",
    131031: "account_restricted",
    133010: "unregistered",
    131026: "undeliverable",
    131047: "window",
    470: "window",
    131051: "unsupported",
    131053: "bad_file",
    131042: "payment",
    132001: "template_gone",
    132012: "template_blanks",
    100: "bad_request",
    999999: "bad_request",
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_refusal_says_what_can_be_done(code: int) -> None:
    assert outcome_of(answered(code), MESSAGE) == Refused(REFUSED[code], "(#1) their words")


@pytest.mark.parametrize(("code", "least"), [(4, 30), (80007, 30), (130429, 1), (131057, 120)])
def test_a_number_that_is_too_fast_stops_its_lane(code: int, least: float) -> None:
    assert outcome_of(answered(code), MESSAGE) == Retry("(#1) their words", least, "lane")


@pytest.mark.parametrize("code", [131048, 131064])
def test_a_number_that_was_reported_too_often_rests(code: int) -> None:
    """One message after the other would be refused, and make it worse."""
    assert outcome_of(answered(code), MESSAGE) == Retry("(#1) their words", 900, "lane", "spam_limit")


def test_a_pair_that_is_too_fast_waits_longer_each_time() -> None:
    waits = [outcome_of(answered(131056), replace(MESSAGE, attempts=attempts)) for attempts in range(8)]
    assert all(isinstance(wait, Retry) and wait.freeze == "bucket" for wait in waits)
    assert [wait.after for wait in waits if isinstance(wait, Retry)] == [6, 6, 6, 16, 64, 256, 900, 900]


@pytest.mark.parametrize("code", [1, 2, 131000, 131016])
def test_a_hiccup_is_tried_again(code: int) -> None:
    assert outcome_of(answered(code, 500), MESSAGE) == Retry("(#1) their words")


def test_a_new_code_of_a_broken_server_is_tried_again() -> None:
    assert isinstance(outcome_of(answered(777777, 503), MESSAGE), Retry)


@pytest.mark.parametrize(
    ("status", "expected"), [(401, Refused), (413, Refused), (429, Retry), (404, Retry), (502, Unknown)]
)
def test_what_speaks_on_the_way_is_not_meta(status: int, expected: type) -> None:
    assert isinstance(outcome_of(read_refusal(status, b"<html>no</html>"), MESSAGE), expected)


def test_what_is_unsure_is_sent_again_only_if_that_does_no_harm() -> None:
    assert isinstance(outcome_of(AnswerLost("ReadTimeout"), MESSAGE), Unknown)
    assert isinstance(outcome_of(AnswerLost("ReadTimeout"), row(RowKind.REACT)), Retry)
    assert isinstance(outcome_of(NotSent("ConnectError"), MESSAGE), Retry)


async def test_a_token_that_meta_repeats_is_not_told_on() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        words = f"Malformed access token {request.headers['authorization'].removeprefix('Bearer ')}"
        return httpx.Response(401, json={"error": {"message": words, "code": 190}})

    graph = GraphClient("https://graph.example", "EAAsecret")
    await graph.close()
    graph._http = httpx.AsyncClient(transport=httpx.MockTransport(answer), headers=graph.authorization)
    with pytest.raises(Answered) as caught:
        await graph.get("me")
    await graph.close()
    assert caught.value.words == "Malformed access token …"


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        outcome_of(ZeroDivisionError(), MESSAGE)


def test_every_code_has_words_for_the_rep() -> None:
    assert {code_of(number) for number in (*CODES, 200)} - THEIR_WORDS - set(REASONS) == set()


def test_every_problem_of_the_account_has_words_for_admins() -> None:
    told = {*accounts.PROBLEMS, *listening.PROBLEMS, *BREAKING}
    assert told - set(PROBLEMS) == set()
    assert BREAKING | set(accounts.PROBLEMS) <= LASTING


def test_every_kind_without_a_counterpart_is_called_by_its_name() -> None:
    assert set(UNSUPPORTED_LABELS) - set(LABELS) == set()
