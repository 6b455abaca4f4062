"""The provider's configuration: what it needs, where that comes from, and what may be unknown."""

from __future__ import annotations

import pytest
from tf.types import Unknown
from tf.utils import Diagnostics
from watchbill_terraform.framework.servicer import Telling
from watchbill_terraform.provider import Watchbill

URL, TOKEN = "https://oncall.example.org/", "wb_secret"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATCHBILL_URL", raising=False)
    monkeypatch.delenv("WATCHBILL_TOKEN", raising=False)


def configured(**config: object) -> tuple[Watchbill, list[str]]:
    provider, told = Watchbill(), Diagnostics()
    provider.configure_provider(told, {"endpoint": None, "token": None, **config})
    return provider, [one.path[0] for one in told.diagnostics]


def test_arguments_go_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHBILL_URL", "https://other.example.org")
    monkeypatch.setenv("WATCHBILL_TOKEN", TOKEN)
    assert configured()[0].need_client().endpoint == "https://other.example.org"
    assert configured(endpoint=URL)[0].need_client().endpoint == URL.rstrip("/")


def test_what_is_missing_is_named() -> None:
    assert configured()[1] == ["endpoint", "token"]
    assert configured(endpoint=URL)[1] == ["token"]
    assert configured(endpoint="oncall.example.org", token=TOKEN)[1] == ["endpoint"]


def test_a_configuration_may_be_unknown_while_planning() -> None:
    provider, told = configured(endpoint=Unknown, token=TOKEN)
    assert told == []
    with pytest.raises(Telling, match="not known yet"):
        provider.need_client()


def test_a_bad_address_is_told_before_anything_runs() -> None:
    told = Diagnostics()
    Watchbill().validate_config(told, {"endpoint": "ftp://oncall.example.org"})
    assert [one.path for one in told.diagnostics] == [["endpoint"]]
