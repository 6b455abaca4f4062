"""A copy is what the standard library would make of it."""

from __future__ import annotations

import dataclasses

import pytest

from tests import builders
from watchbill.core import copies, hours
from watchbill.core.events import Link
from watchbill.core.incidents import IncidentState


def test_a_copy_equals_the_standard_librarys():
    night = builders.incident()
    changes = {"firing": 7, "state": IncidentState.HELD, "title": "other"}
    assert copies.replace(night, **changes) == dataclasses.replace(night, **changes)


def test_the_original_stays_as_it_was():
    link = Link(href="a", text="b")
    copies.replace(link, text="c")
    assert link == Link(href="a", text="b")


def test_a_field_that_is_none_is_refused():
    with pytest.raises(KeyError):
        copies.replace(Link(href="a"), colour="red")


def test_a_value_that_checks_itself_is_not_for_this():
    span = builders.week().spans[0]
    assert isinstance(span, hours.Span)
    with pytest.raises(TypeError):
        copies.replace(span, weekday=9)
