"""Who is awake: asked by mail with one click, offered with another, thanked on the incident."""

from __future__ import annotations

import re

from tests.builders import ANN, BEN
from tests.e2e.browser import served
from tests.e2e.test_screens_http import Client


def told(world):
    return [kind for (kind,) in world.rows("select kind from timeline where person_id = %s", BEN)]


def test_he1_help_is_asked_offered_and_written_down(database_url):
    """HE1, HE2: looking at the mail's link changes nothing, its button offers, and the asker thanks."""
    with served(database_url, at="Tue 10:00") as world:
        world.fires()
        ann, nobody = Client(world).sign_in(ANN), Client(world)
        root = f"/incidents/{world.incident().id}"
        ann("POST", f"{root}/ask", {"person": BEN})
        world.settle()
        mail = world.phones.got["ben0@example.org"][0]
        (answer,) = mail.answers
        assert answer.label == "I can help"
        assert answer.url in mail.text
        link = answer.url.removeprefix(world.base_url)

        assert "I can help</button>" in nobody("GET", link).text
        assert told(world) == []
        assert nobody("GET", link[:-3]).status == 404
        assert nobody("POST", f"/a/{link.rpartition('/')[2]}").status == 404, "it answers no page"

        assert nobody("POST", link).status == 303
        assert nobody("POST", link).status == 303
        assert "Thank you" in nobody("GET", link).text
        assert told(world) == ["help_offered"]
        world.settle()
        assert [m.subject for m in world.phones.got["ann0@example.org"]][-1].startswith("Ben can")

        shown = ann("GET", root).text
        assert "can help</span>" in shown
        assert ann("POST", f"{root}/helped", {"person": BEN}).status == 303
        assert told(world) == ["help_offered", "helped"]
        assert re.search(r'state good">helped<', ann("GET", root).text)

        ann("POST", f"{root}/resolve", {})
        assert "It is over" in nobody("GET", link).text


def test_he1_who_would_rather_not_be_asked_says_so_on_their_own_screen(database_url):
    with served(database_url, at="Tue 10:00") as world:
        world.fires()
        ann, ben = Client(world).sign_in(ANN), Client(world).sign_in(BEN)
        root = f"/incidents/{world.incident().id}"
        assert ben("POST", "/me/helping", {"skills": "Checkout", "helps": "yes"}).status == 303
        assert "knows Checkout" in ann("GET", root).text

        assert ben("POST", "/me/helping", {"skills": "Checkout"}).status == 303
        assert 'name="helps" value="yes">' in ben("GET", "/me").text
        offered = ann("GET", root).text
        assert f'value="{BEN}"' not in offered[offered.index('id="awake"') :]
        assert ann("POST", f"{root}/ask", {"person": BEN}).status == 409
