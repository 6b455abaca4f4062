"""The bar: its rules, and the numbers the on-call team agreed on."""

from __future__ import annotations

from dataclasses import asdict

from starlette.responses import Response

from watchbill.core.bar import bar
from watchbill.core.bar.rules import Kind, Rule, Weight
from watchbill.queries import bars
from watchbill.web.ui import alarm_forms, alarm_typing, pages
from watchbill.web.ui.alarm_forms import LimitRow, RuleRow
from watchbill.web.ui.visits import Visit

#: Every number of `Limits`, in words with its unit.
LABELS = {
    "pages_a_month": "A16: pages out of hours a month, at most",
    "replay_days": "A16: days of history that are replayed",
    "respond_within_minutes": "A9: minutes an answer may take, at most",
    "trial_days": "A17: days of trial in working hours, at least",
    "actionable": "A17: share of reviewed pages on which something was done, at least (0 to 1)",
    "fleeting": "A17: share of incidents that end by themselves, at most (0 to 1)",
    "review_days": "A19: days until its next review, at most",
    "section_words": "R3: words of a section, at least",
    "reviewed_days": "R12: days since the runbook was read, at most",
    "exercised_days": "R12: days since the runbook was used, at most",
    "words_before_mitigation": "R14: words before Mitigation, at most",
    "sentence_words": "R14: words of a sentence on average, at most",
    "uses": "R16: last uses of the runbook that count",
    "uses_helped": "R16: of those, how many must have helped",
}
_KINDS = {
    Kind.LINT: "the text",
    Kind.NETWORK: "the network",
    Kind.EVIDENCE: "the history",
    Kind.HUMAN: "a person",
}


def show_bar(visit: Visit) -> Response:
    """Show the bar."""
    return bar_page(visit)


def bar_page(
    visit: Visit, *, error: str = "", errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    """Show it with what was wrong with the numbers just sent."""
    with visit.site.shell.db.transaction() as tx:
        found = bars.current(tx)
        may_agree = visit.me.id in bars.volunteers(tx, visit.now)
    context = alarm_forms.BarScreen(
        version=found.version,
        agreed_at=found.agreed_at,
        agreed_by=found.agreed_by,
        may_agree=may_agree,
        limits=tuple(
            LimitRow(
                name=name,
                label=LABELS.get(name, name.replace("_", " ")),
                value=visit.field(name) or alarm_typing.plain(value),
                error=(errors or {}).get(name, ""),
            )
            for name, value in asdict(found.limits).items()
        ),
        alarm_rules=tuple(_rule(rule) for rule in bar.RULES if rule.id.startswith("A")),
        runbook_rules=tuple(_rule(rule) for rule in bar.RULES if rule.id.startswith("R")),
        error=error,
    )
    return pages.render(visit.request, pages.BAR, context, status=status)


def _rule(rule: Rule) -> RuleRow:
    return RuleRow(
        id=rule.id,
        title=rule.title,
        is_blocking=rule.weight is Weight.BLOCK,
        kind=_KINDS[rule.kind],
        why=rule.why,
        fix=rule.fix,
        question=rule.question,
        may_be_waived=rule.may_be_waived,
    )
