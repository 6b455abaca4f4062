"""An alarm, as code; and its way to the on-call team, of which code may only take the first step."""

from __future__ import annotations

from typing import Any, ClassVar

from tf.utils import Diagnostics

from watchbill_terraform import bars
from watchbill_terraform.client import Problem
from watchbill_terraform.framework.servicer import State, Telling
from watchbill_terraform.framework.shapes import ListBlock, Map
from watchbill_terraform.framework.unknowns import Unknown, is_known
from watchbill_terraform.remote import Remote, _quoted
from watchbill_terraform.scores import runbook_score
from watchbill_terraform.words import BOOL, NUMBER, TEXT_SET, TEXTS, default, known, may, need

_TEXT = (
    ("title", "One sentence, as a person reads it when woken."),
    ("description", "What is measured."),
    ("impact_kind", "`real`: customers feel it now; `inevitable`: they will."),
    ("customer_impact", "What it costs customers."),
    ("required_action", "What somebody has to do."),
    ("cannot_wait", "Why that cannot wait until morning."),
    ("expression", "The condition as the monitoring system has it."),
    ("threshold", "The threshold, in words."),
    ("rationale", "Why this threshold and this duration."),
    ("auto_resolve", "When it resolves by itself."),
    ("dedup_key", "What makes two events one condition."),
    ("escalation", "`managers`, or nothing, which is the same."),
    ("runbook", "What to do, in Markdown."),
    ("runbook_url", "Or where that is written."),
    ("runbook_slug", "Or the slug of a `watchbill_runbook`."),
)
_NUMBERS = (
    ("impact_within_minutes", "Within how many minutes an inevitable impact comes."),
    ("respond_within_minutes", "Within how many minutes somebody must act."),
    ("for_minutes", "How long the condition must hold before it fires."),
    ("expected_pages_per_month", "How often it will wake somebody, honestly."),
)
_ORIGIN = ("repository", "path", "revision")


class Alarm(Remote):
    """The definition of a condition that may page."""

    NAME = "alarm"
    PATH = "alarms"
    ABOUT = (
        "The definition of a condition that may page. It is held against the bar while Terraform"
        " plans: what would block its acceptance fails the plan. Whether it may wake somebody is"
        " decided by a volunteer, on the screens or over the API, never here. A change is a new"
        " version; the accepted one stays in force until the new one is accepted."
    )
    GIVEN = (
        need("service", "The service's slug.", replace=True),
        need("key", "Unique within the service; names the alarm for ever.", replace=True),
        default("team", "The owning team's slug; its service's team otherwise."),
        default("severity", "critical, error, warning or info; only critical ones wake.", "critical"),
        may(
            "match", "Label to values: which events are of it. `alarm` is the event's own alarm name."
            " Without it: events named like the key.", Map(TEXT_SET),
        ),
        *(may(name, about) for name, about in _TEXT),
        *(may(name, about, NUMBER) for name, about in _NUMBERS),
        may("review_by", "The last day on which an acceptance counts, such as 2026-09-30."),
    )  # fmt: skip
    COMPUTED = (
        known("service_id", "The service's id."),
        known("version", "The newest version's number.", NUMBER),
        known(
            "in_force", "The number of the accepted version that pages obey; null: none.", NUMBER
        ),
        known("content_hash", "sha256 of what the newest version says."),
        known("handover_state", "Where the newest version is on its way to the on-call team."),
        known("covered_out_of_hours", "Whether it may wake a volunteer now.", BOOL),
        known(
            "runbook_score",
            "0 to 100, told from `runbook`: 25 for each of its four sections.",
            NUMBER,
        ),
    )
    BLOCKS = (
        ListBlock(
            "waiver",
            [
                need("rule", "The rule's id, such as A12."),
                need("reason", "Why it need not be met for a while."),
                need("owner", "Mail address of who answers for that."),
                need("until", "The last day on which it counts."),
            ],
        ),
        ListBlock("source_ref", [may(name, f"The code's {name}.") for name in _ORIGIN], most=1),
        ListBlock(
            "evidence",
            [
                may("url", "The pull request."),
                may("author", "Who wrote it."),
                may("approvers", "Who approved it.", TEXTS),
                may("revision", "The commit."),
            ],
            most=1,
        ),
    )
    RENAMED: ClassVar[dict[str, str]] = {"waivers": "waiver", "source": "source_ref"}
    UNSET: ClassVar[dict[str, Any]] = {
        **{name: "" for name, _ in _TEXT},
        "match": {},
        "severity": "critical",
        "team": "",
    }
    ALWAYS = ("managed_by", "source", "evidence")
    VOLATILE = ("version", "in_force", "content_hash", "handover_state", "covered_out_of_hours")

    def to_body(self, state: State) -> dict[str, Any]:
        """Return what the API is sent."""
        body = super().to_body(state) | {"managed_by": "terraform"}
        for name in ("source", "evidence"):
            given = body.pop(name, None) or ()
            body[name] = _filled(given[0]) if given and isinstance(given[0], dict) else {}
        return body

    def to_state(self, row: dict[str, Any], current: State) -> State:
        """Return the newest version as state."""
        row = row | {
            "match": {name: sorted(values) for name, values in (row.get("match") or {}).items()},
            "waivers": [
                {n: w[n] for n in ("rule", "reason", "owner", "until")} for w in row["waivers"]
            ],
            "source": _block(row.get("source"), _ORIGIN, current.get("source_ref")),
            # The server keeps a version's evidence as it was; what the code says now is shown.
            "evidence": current.get("evidence") or [],
            "handover_state": row["state"],
        }
        if row.get("runbook_slug"):  # its text was copied here by the server
            row["runbook"] = current.get("runbook")
        score = runbook_score(row["runbook"]) if row.get("runbook") else None
        return super().to_state(row, current) | {"runbook_score": score}

    def is_gone(self, row: dict[str, Any]) -> bool:
        """A retired alarm is kept by the server, but is no alarm any more."""
        return bool(row["state"] == "retired")

    def plan_create(self, diags: Diagnostics, planned: State) -> State:
        """Plan a new alarm: hold it against the bar."""
        self.check(diags, planned)
        return planned | {"runbook_score": _score(planned)}

    def plan_update(self, diags: Diagnostics, prior: State, planned: State) -> State:
        """Plan a new version; where it is written is no part of it."""
        self.check(diags, planned)
        beside = {"source_ref", "evidence"}
        says = [a.name for a in self.GIVEN] + ["waiver"]
        if all(planned.get(name) == prior.get(name) for name in says if name not in beside):
            return planned
        volatile = dict.fromkeys(self.VOLATILE, Unknown)
        return planned | volatile | {"runbook_score": _score(planned)}

    def check(self, diags: Diagnostics, planned: State) -> None:
        """Ask the server what a review would say, and write nothing."""
        unknown = {name for name, value in planned.items() if not is_known(value)}
        if self._provider.client is None or {"service", "key"} & unknown:
            return
        absent = {name for name in self._sent() if self._here(name) in unknown}
        body = self.to_body(planned)
        tell = bars.Judgement(diags, self._paths(), unknown)
        try:
            tell.all(bars.judged(self.client, body, absent))
        except Problem as problem:
            if set(problem.fields) != {"runbook_slug"}:
                raise self._told(problem, "plan") from None
            # The runbook is perhaps made in this very run: its own plan judges it.
            tell.unknown |= {"runbook", "runbook_url", "runbook_slug"}
            tell.all(bars.judged(self.client, body, absent | {"runbook_slug"}))

    def import_(self, ctx: Any, id: str) -> State | None:  # noqa: A002 - the framework's name
        """Find an alarm by its id, or by `service/key`."""
        return super().import_(ctx, id)

    def _look_up(self, text: str) -> dict[str, Any] | None:
        service, slash, key = text.partition("/")
        if not slash:
            return None
        rows = self.client.every(self.PATH, service=service, key=key)
        return next((row for row in rows if not self.is_gone(row)), None)


class Handover(Remote):
    """The proposal of an alarm to the on-call team."""

    NAME = "handover"
    PATH = "alarms"
    ABOUT = (
        "Proposes an alarm to the on-call team. Accepting or declining it is a person's act, on the"
        " screens or over the API; no argument here does that."
    )
    GIVEN = (
        need("alarm", "The alarm's id.", replace=True),
        may(
            "note", "What the volunteers should know. Another note proposes a declined alarm again."
        ),
    )
    COMPUTED = (
        known("state", "Where the alarm is on its way."),
        known("reviewer", "Who accepted it."),
    )
    VOLATILE = ("state", "reviewer")

    def to_state(self, row: dict[str, Any], current: State) -> State:
        """Return the alarm's way as state; the note is the code's own."""
        return {
            "id": row["id"], "alarm": row["id"], "note": current.get("note"),
            "state": row["state"], "reviewer": row.get("accepted_by"),
        }  # fmt: skip

    def create(self, ctx: Any, planned: State) -> State:
        """Propose it; an alarm that was proposed already stays where it is."""
        return self._propose(planned["alarm"], planned)

    def update(self, ctx: Any, current: State, planned: State) -> State:
        """Propose it again, with another note."""
        return self._propose(current["alarm"], planned)

    def delete(self, ctx: Any, current: State) -> None:
        """Take the proposal back, if the server lets it."""
        found = self._find(current["id"])
        if found is None or found[0]["state"] == "draft":
            return
        body = {"state": "draft", "reason": "No longer proposed in code."}
        path = f"{self.PATH}/{_quoted(current['id'])}/state"
        try:
            self.client.ask("PUT", path, body)
        except Problem as problem:
            ctx.diagnostics.add_warning(
                f"The alarm stays {found[0]['state']}: {problem.title}",
                "Its proposal is no longer in the code. Retire or return it on the screens if it"
                " should not page any more.",
            )

    def _propose(self, alarm: str, planned: State) -> State:
        found = self._find(alarm)
        if found is None:
            raise Telling("There is no such alarm to propose.", path=["alarm"])
        row = found[0]
        if row["state"] in ("draft", "declined", "returned"):
            body = {"state": "proposed", "reason": planned.get("note") or ""}
            path = f"{self.PATH}/{_quoted(alarm)}/state"
            row = self._asked("propose", "PUT", path, body)
        return self.to_state(row, planned)

    def _paths(self) -> dict[str, str]:
        return {"reason": "note"}


def _filled(block: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in block.items() if value is not None}


def _block(said: Any, names: tuple[str, ...], written: Any) -> list[dict[str, Any]]:
    """Return an object of the API as a block, or none; an empty block stays one."""
    values = {name: (said or {}).get(name) or None for name in names}
    return [values] if written or any(values.values()) else []


def _score(planned: State) -> Any:
    text = planned.get("runbook")
    if text is Unknown:
        return Unknown
    return runbook_score(text) if text else None
