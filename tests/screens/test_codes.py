"""Every code that any room makes up has words where a person meets it. Collected from the source, so none is missed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bot import findings
from channels.hub import BREAKS
from channels.registry import KINDS
from channels.telegram import updates
from channels.telegram.contents import UNSUPPORTED_LABELS
from channels.telegram.outcomes import _CODES
from channels.telegram_business import outcomes as in_accounts
from channels.whatsapp_cloud import accounts
from channels.whatsapp_cloud import listening as cloud_listening
from channels.whatsapp_linked import states
from delivery.backoff import GAVE_UP
from sales.channels import Afterwards
from sales.use_cases.channel_form import asked
from sales.use_cases.channel_problem import LASTING
from sales.use_cases.continuing import LOST
from screens.contents import LABELS
from screens.errors import SPECIAL
from screens.notice_messages import REASONS
from screens.notice_team import CRM_REASONS, PROBLEMS
from screens.notices import NOTICES
from screens.pages import account_words, channel_test, why

ROOT = Path(__file__).parent.parent.parent
THEIRS = {"bad_request", "crm"}
"""Codes for which the other side's own words are shown."""

Call = tuple[ast.Call, ast.AST]


def calls(*rooms: str) -> Iterator[tuple[str, ast.Call, ast.AST]]:
    """Name, call and the function around it."""
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            tree = ast.parse(path.read_text())
            for function in [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))]:
                for node in ast.walk(function):
                    if isinstance(node, ast.Call):
                        named = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                        yield named, node, function


def constants(node: ast.AST | None, around: ast.AST) -> set[str]:
    """The texts that this may be: a literal, one of two, or a variable that was set to such a thing nearby."""
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=one, orelse=other):
            return constants(one, around) | constants(other, around)
        case ast.Name(id=name):
            found: set[str] = set()
            for part in ast.walk(around):
                if isinstance(part, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in part.targets):
                    found |= constants(part.value, around)
            return found
    return set()


def argument(call: ast.Call, place: int, keyword: str = "") -> ast.AST | None:
    if len(call.args) > place:
        return call.args[place]
    return next((one.value for one in call.keywords if one.arg == keyword), None)


def codes(name: str, place: int, *rooms: str, keyword: str = "") -> set[str]:
    return {
        code
        for named, call, around in calls(*rooms)
        if named == name
        for code in constants(argument(call, place, keyword), around)
    }


def test_every_problem_of_a_channel_has_words() -> None:
    told = {
        value
        for name, value in vars(updates).items()
        if name.isupper() and isinstance(value, str) and re.fullmatch("[a-z_]+", value)
    }
    assert told >= {"token", "conflict", "unreachable"}
    told |= {*accounts.PROBLEMS, *cloud_listening.PROBLEMS, *states.PROBLEMS, *LOST}
    assert (told | BREAKS | LASTING) - set(PROBLEMS) == set(), "add these to screens/notice_team.py"


def test_every_reason_why_a_message_was_refused_has_words() -> None:
    tables = {code for code, _ in (*_CODES, *in_accounts._CODES)}
    refused = codes("Refused", 0, "channels", "delivery") | tables | {GAVE_UP, "stale"}
    assert refused >= {"too_long", "gone"}
    assert refused - THEIRS - set(REASONS) == set(), "add these to screens/notice_messages.py"


def test_every_refusal_of_a_crm_has_words() -> None:
    refused = codes("Refused", 0, "crm") | {GAVE_UP}
    assert refused - THEIRS - set(CRM_REASONS) == set(), "add these to screens/notice_team.py"


def test_every_kind_of_message_without_a_counterpart_is_called_by_its_name() -> None:
    assert set(UNSUPPORTED_LABELS) - set(LABELS) == set(), "add these to screens/contents.py"


def test_every_finding_of_a_check_has_words() -> None:
    works, wrong = codes("good", 0, "bot"), codes("bad", 0, "bot")
    for named, call, around in calls("bot", "channels", "crm"):
        if named == "Finding":
            ok, found = argument(call, 0, "ok"), constants(argument(call, 1, "code"), around)
            sure = ok.value if isinstance(ok, ast.Constant) else None
            works |= found if sure is not False else set()
            wrong |= found if sure is not True else set()
    assert {"telegram_token", "pipelines"} <= wrong
    assert works - set(findings.WORKS) == set(), "add these to bot/findings.py, WORKS"
    assert wrong - set(findings.WRONG) == set(), "add these to bot/findings.py, WRONG"


def test_what_is_wrong_with_an_account_is_said_in_its_test() -> None:
    found = {
        code
        for named, call, around in calls("channels")
        if named == "Finding" and not _surely_fine(call)
        for code in constants(argument(call, 1, "code"), around)
    }
    assert found - set(channel_test.WRONG) == set(), "add these to screens/pages/channel_test.py"


def _surely_fine(call: ast.Call) -> bool:
    ok = argument(call, 0, "ok")
    return isinstance(ok, ast.Constant) and ok.value is True


def test_details_of_errors_that_are_no_literals_where_they_are_raised_have_words() -> None:
    """Raised by a helper that is given the detail, or passed on from a room that knows no errors of sales."""
    given = codes("_target", 1, "handlers") | codes("NotIdentified", 0, "channels")
    assert {("Invalid", detail) for detail in given} - set(SPECIAL) == set(), "add these to screens/errors.py"


def test_every_kind_of_channel_says_how_to_come_by_what_it_needs() -> None:
    for name, kind in KINDS.items():
        assert {field.name for field in kind.fields} == set(kind.secrets), name
        for field in asked(kind.fields):
            assert (name, field.name) in account_words.QUESTIONS, "add these to screens/pages/account_words.py"
            assert field.name in account_words.FIELDS
            assert ("Invalid", field.refusal) in SPECIAL, "add these to screens/errors.py"
        assert (kind.afterwards is Afterwards.AT_PLATFORM) == (name in account_words.STEPS), name
        assert kind.capabilities.unofficial == (name in account_words.WARNINGS), name


def test_every_reason_for_an_owner_is_told_by_why() -> None:
    reasons = codes("Why", 0, "sales") | codes("give_in_turn", 4, "sales")
    assert reasons >= {"in_turn", "accepted", "crm"}
    assert reasons - set(why.REASONS) == set(), "add these to screens/pages/why.py"


WRAPPERS = {"tell", "_tell_author", "_tell_admins"}
"""Functions that hand a notice's name on; their own calls are looked at instead."""


def test_every_notice_has_its_words_also_where_a_variable_names_it() -> None:
    places = {"notice": 1, "tell": 2, "_tell_author": 2, "_tell_admins": 2}
    unclear: set[str] = set()
    named: set[str] = set()
    for function, call, around in calls("sales", "handlers", "bot", "web"):
        if function not in places:
            continue
        found = constants(argument(call, places[function], "name"), around)
        named |= found
        if not found and isinstance(around, ast.FunctionDef) and around.name not in WRAPPERS:
            unclear.add(f"{around.name}: {ast.unparse(call)[:60]}")
    assert named >= {"client_blocked", "client_returned", "off_duty", "channel_well"}
    assert named - set(NOTICES) == set(), "add these to screens/notices.py"
    assert not unclear, "which notices are these?"
