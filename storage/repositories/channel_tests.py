"""The book of channel tests."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert

from sales.ids import StaffId
from sales.ports.channel_tests import ChannelTest, ChannelTestState, Hop
from sales.ports.channels import Finding
from storage.repositories.base import Book
from storage.schema import channel_tests
from storage.statements import Statement, Tuple, columns
from storage.texts import dump, load

_NAMES = (
    "staff_id",
    "channel_id",
    "mark",
    "state",
    "started_at",
    "client_id",
    "post_id",
    "hops",
    "real_at",
    "findings",
)
_TEST = columns(channel_tests, _NAMES)
_LIST = Statement(select(*_TEST).order_by(channel_tests.c.staff_id))
_GET_CLAUSE = select(*_TEST).where(channel_tests.c.staff_id == bindparam("staff"))
_GET = Statement(_GET_CLAUSE)
_GET_LOCKED = Statement(_GET_CLAUSE.with_for_update())
_INSERT = upsert(channel_tests).values({name: bindparam(name) for name in _NAMES})
_SAVE = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=["staff_id"], set_={name: _INSERT.excluded[name] for name in _NAMES[1:]}
    )
)


class ChannelTestsRepository(Book):
    """On PostgreSQL one that is read to be changed stays locked until the end of the transaction."""

    def get(self, staff_id: StaffId) -> ChannelTest | None:
        row = self.link.one(_GET_LOCKED if self.link.locking else _GET, {"staff": staff_id})
        return None if row is None else _test(row)

    def list(self) -> Sequence[ChannelTest]:
        return [_test(row) for row in self.link.rows(_LIST)]

    def save(self, test: ChannelTest) -> None:
        values = {name: getattr(test, name) for name in _NAMES}
        findings = None if test.findings is None else dump([_flat(one) for one in test.findings])
        self.link.run(_SAVE, {**values, "hops": dump(list(test.hops)), "findings": findings})


def _flat(finding: Finding) -> tuple[bool, str, dict[str, str]]:
    return finding.ok, finding.code, dict(finding.facts)


def _test(row: Tuple) -> ChannelTest:
    staff_id, channel_id, mark, state, started_at, client_id, post_id, hops, real_at, findings = row
    return ChannelTest(
        staff_id,
        channel_id,
        mark,
        ChannelTestState(state),
        started_at,
        client_id,
        post_id,
        tuple(Hop(hop) for hop in load(hops)),
        real_at,
        None if findings is None else tuple(Finding(bool(ok), code, facts) for ok, code, facts in load(findings)),
    )
