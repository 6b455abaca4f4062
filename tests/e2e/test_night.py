"""The night: who is woken, who sleeps on, and what waits until morning."""

from __future__ import annotations

from datetime import timedelta

from tests import builders
from tests.builders import ANN, BEN, CAS, MAX, MONA, PROPOSED, VERA
from tests.e2e.world import story
from watchbill.actions import incidents
from watchbill.core.incidents import IncidentState


def test_saturday_three_in_the_morning_the_volunteer_rings_and_no_owner_does(database_url):
    """RO1, RO2, NO1: an accepted alarm reaches the standing volunteer only."""
    with story(database_url, at="Sat 03:00") as world:
        world.fires()
        message = world.phone(VERA).rings()
        assert "card-errors" in message.subject
        for owner in (ANN, BEN, CAS, MONA, MAX):
            world.phone(owner).stays_silent()


def test_nobody_answers_so_the_duty_manager_rings_and_still_no_owner(database_url):
    """ES1, NO1, NO3: the only escalation is a manager; a page never bounces back."""
    with story(database_url, at="Sat 03:00") as world:
        world.fires()
        world.phone(VERA).rings()
        world.wait(minutes=4)
        world.phone(MONA).stays_silent()
        world.wait(minutes=1)
        world.phone(MONA).rings()
        world.wait(minutes=10)
        world.phone(VERA).rings()
        world.phone(MONA).rings()
        world.phone(MAX).rings()
        incidents.acknowledge(world.watchbill.shell, world.incident().id, by=MONA)
        world.wait(minutes=60)
        for owner in (ANN, BEN, CAS):
            world.phone(owner).stays_silent()


def test_a_not_accepted_alarm_is_held_until_monday_nine_of_its_team(database_url):
    """RO2, NO4: silence until the team's next opening, then its own rota."""
    with story(database_url, at="Sat 03:00") as world:
        world.fires(PROPOSED)
        assert world.incident().state is IncidentState.HELD
        assert world.incident().hold_until == builders.dublin("Mon+1 09:00")
        world.at("Mon+1 08:59")
        world.at("Mon+1 09:00")
        world.phone(ANN).rings()
        incidents.acknowledge(world.watchbill.shell, world.incident().id, by=ANN)


def test_an_unregistered_event_wakes_nobody(database_url):
    """NO4: what nobody wrote down waits."""
    with story(database_url, at="Sat 03:00") as world:
        world.fires("never-heard-of")
        assert world.incident().state is IncidentState.HELD


def test_recovering_ends_the_calls(database_url):
    """The source's resolve ends the page; nobody is escalated to."""
    with story(database_url, at="Sat 03:00") as world:
        world.fires()
        world.phone(VERA).rings()
        world.recovers()
        world.wait(hours=2)
        assert world.incident().state is IncidentState.RESOLVED


def test_a_decline_goes_on_to_the_duty_manager_at_once(database_url):
    """ES3: the volunteer who cannot is not waited for."""
    with story(database_url, at="Sat 03:00") as world:
        world.fires()
        world.phone(VERA).rings()
        incidents.decline(world.watchbill.shell, world.incident().id, by=VERA)
        world.settle()
        world.phone(MONA).rings()
        # Phones answer twice.
        incidents.decline(world.watchbill.shell, world.incident().id, by=VERA)
        world.settle()
        incidents.acknowledge(world.watchbill.shell, world.incident().id, by=MONA)


def test_a_dead_phone_goes_on_to_the_duty_manager_at_once(database_url):
    """ALL: a page no channel can carry is escalated, not waited for."""
    with story(database_url, at="Sat 03:00") as world:
        world.phone(VERA).breaks()
        world.fires()
        world.phone(MONA).rings()
        incidents.acknowledge(world.watchbill.shell, world.incident().id, by=MONA)
        world.log.entries.clear()  # the dead phone is logged, rightly


def test_an_acknowledged_night_passes_to_the_team_in_the_morning_without_a_call(database_url):
    """RO4: ownership passes at opening, the acknowledgement is kept, nobody is called twice."""
    with story(database_url, at="Mon 03:00") as world:
        world.fires()
        world.phone(VERA).rings()
        incidents.acknowledge(world.watchbill.shell, world.incident().id, by=VERA)
        world.at("Mon 09:00")
        world.phone(ANN).gets_word()
        assert world.incident().state is IncidentState.ACKNOWLEDGED
        assert world.incident().acknowledged_by == VERA


def test_open_at_closing_time_an_accepted_alarm_passes_to_the_volunteer(database_url):
    """RO3: open at closing, accepted: the volunteer. The owner is not called any more."""
    with story(database_url, at="Mon 17:58") as world:
        world.fires()
        world.phone(ANN).rings()
        world.at("Mon 18:00")
        world.phone(VERA).rings()
        incidents.acknowledge(world.watchbill.shell, world.incident().id, by=VERA)
        world.wait(hours=3)


def test_open_at_closing_time_a_not_accepted_alarm_is_held(database_url):
    """RO3: open at closing, not accepted: held until the next opening."""
    with story(database_url, at="Mon 17:58") as world:
        world.fires(PROPOSED)
        world.phone(ANN).rings()
        world.at("Mon 18:00")
        assert world.incident().state is IncidentState.HELD
        world.at("Tue 09:00")
        world.phone(ANN).rings()
        incidents.acknowledge(world.watchbill.shell, world.incident().id, by=ANN)


def test_break_glass_makes_a_held_incident_a_page(database_url):
    """DESIGN §2 rule 5: a named person, a reason, the volunteer."""
    with story(database_url, at="Sat 03:00") as world:
        world.fires(PROPOSED)
        incidents.break_glass(
            world.watchbill.shell, world.incident().id, by=BEN, reason="Customers cannot pay."
        )
        world.settle()
        world.phone(VERA).rings()
        incidents.acknowledge(world.watchbill.shell, world.incident().id, by=VERA)


def test_a_snooze_ends_by_itself(database_url):
    """A snoozed incident comes back to whoever answers then."""
    with story(database_url, at="Sat 03:00") as world:
        world.fires()
        world.phone(VERA).rings()
        incidents.snooze(
            world.watchbill.shell, world.incident().id, by=VERA, wait=timedelta(hours=1)
        )
        world.wait(minutes=59)
        world.wait(minutes=1)
        world.phone(VERA).rings()
        incidents.acknowledge(world.watchbill.shell, world.incident().id, by=VERA)


def test_ten_thousand_alerts_of_one_alarm_are_one_incident_and_one_page(database_url):
    """A storm never drops and never shouts."""
    with story(database_url, at="Sat 03:00") as world:
        for n in range(300):
            world.fires(key=f"host{n}")
        world.phone(VERA).rings()
        incidents.acknowledge(world.watchbill.shell, world.incident().id, by=VERA)
        world.wait(minutes=30)
        assert world.rows("select count(*) from incidents") == [(1,)]
        assert world.rows("select count(*) from alerts") == [(300,)]
