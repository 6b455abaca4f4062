"""Watches: at every instant just one, also where the clocks change (SH1, SH2)."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from watchbill.core import volunteers, watches
from watchbill.core.people import OfficeId
from watchbill.core.volunteers import OnCallTeam, Watch

ZONES = {
    OfficeId("dublin"): "Europe/Dublin",
    OfficeId("sf"): "America/Los_Angeles",
    OfficeId("blr"): "Asia/Kolkata",
    OfficeId("akl"): "Pacific/Auckland",
}
TEAM = OnCallTeam(zone="Europe/Dublin")
HOUR = timedelta(hours=1)
#: Either side's clocks change in these weeks.
AROUND = st.sampled_from(
    [datetime(2026, 3, 6, 18, tzinfo=UTC), datetime(2026, 10, 16, 17, tzinfo=UTC)]
)


def two(dublin: tuple[int, int], other: tuple[int, int], office: str = "sf") -> list[Watch]:
    return [
        Watch(office_id=OfficeId(name), starts=time(starts), ends=time(ends))
        for name, (starts, ends) in (("dublin", dublin), (office, other))
    ]


@given(
    start=AROUND,
    weeks=st.integers(0, 5),
    times=st.lists(st.times(), min_size=1, max_size=4),
)
def test_pieces_are_disjoint_and_cover_the_week_whatever_the_clocks_do(
    start: datetime, weeks: int, times: list[time]
) -> None:
    given_watches = [
        Watch(office_id=office, starts=at.replace(microsecond=0), ends=at)
        for office, at in zip(ZONES, times, strict=False)
    ]
    week = volunteers.weeks(TEAM, start=start, count=6)[weeks]
    cut = watches.cut(given_watches, ZONES, week.start, week.end)
    pieces = sorted((p for own in cut for p in own), key=lambda p: p.start)
    assert pieces[0].start == week.start
    assert pieces[-1].end == week.end
    assert all(a.end == b.start for a, b in itertools.pairwise(pieces))
    assert all(p.start < p.end for p in pieces)


def test_a_watch_keeps_its_own_offices_clock_while_the_others_is_out_of_step() -> None:
    pair = two((8, 20), (12, 0))
    # From 8 to 29 March 2026 San Francisco is an hour nearer to Dublin.
    week = volunteers.weeks(TEAM, start=datetime(2026, 3, 13, 18, tzinfo=UTC), count=1)[0]
    dublin, sf = watches.cut(pair, ZONES, week.start, week.end)
    assert {p.start.hour for p in dublin[1:]} == {8}
    assert {p.start.hour for p in sf} == {19}
    assert sum(((p.end - p.start) for p in dublin), timedelta()) == 7 * 11 * HOUR


def test_watches_that_tile_the_day_are_good_also_out_of_step() -> None:
    assert watches.faults(two((8, 20), (12, 0)), ZONES, year=2026) == []
    assert watches.faults([], ZONES, year=2026) == []


def test_a_hole_and_an_overlap_are_refused() -> None:
    (hole,) = watches.faults(two((8, 18), (12, 0)), ZONES, year=2026)
    assert "a hole between the end of the watch that begins at 08:00" in hole
    (overlap,) = watches.faults(two((8, 22), (12, 0)), ZONES, year=2026)
    assert "an overlap" in overlap
    assert watches.faults(two((8, 20), (20, 8), office="dublin"), ZONES, year=2026) == [
        "an office has one watch"
    ]
    assert watches.faults(two((8, 20), (12, 0), office="nowhere"), ZONES, year=2026)
