"""Remarks: each fault of a file or an alarm with its place, and what all of them amount to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from watchbill.core.bar import bar
from watchbill.core.bar.rules import Finding, Outcome, Weight
from watchbill.definitions.written import Problem, Written

#: What stands in a rule's place when a file or an alarm cannot be read as it is.
UNREADABLE = "definition"


class Level(Enum):
    """How bad a remark is, in the words of SARIF and GitHub."""

    #: It cannot be read, or could not be accepted.
    ERROR = "error"
    #: Somebody should look.
    WARNING = "warning"
    #: It is waived.
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A fault, its place and what to do."""

    file: str
    line: int
    #: A rule's id, or `UNREADABLE`.
    rule: str
    level: Level
    message: str
    fix: str
    field: str
    #: `service/key`; "" for a file.
    alarm: str = ""
    #: Why it is waived.
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An alarm that could be read, and what came of each rule."""

    written: Written
    findings: tuple[Finding, ...]

    @property
    def name(self) -> str:
        """Return its service and key."""
        return f"{self.written.definition.service}/{self.written.definition.key}"

    @property
    def score(self) -> int:
        """Return how much of the bar it meets, 0 to 100."""
        return bar.score(self.findings)

    @property
    def is_below(self) -> bool:
        """True if it could not be accepted."""
        return any(finding.is_blocking for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a check found."""

    judged: Sequence[Judged]
    problems: Sequence[Problem]
    #: How many files were read.
    files: int
    remarks: Sequence[Remark] = field(default_factory=tuple)

    @property
    def exit_code(self) -> int:
        """Return 0 if all is good, 1 if an alarm is below the bar, 2 if one cannot be read."""
        if self.problems:
            return 2
        return 1 if any(each.is_below for each in self.judged) else 0

    @property
    def not_checked(self) -> dict[str, str]:
        """Return each rule that could not be checked for some alarm, and why not."""
        notes: dict[str, str] = {}
        for each in self.judged:
            for finding in each.findings:
                if finding.outcome is Outcome.NOT_CHECKED:
                    notes.setdefault(finding.rule, finding.note)
        return notes

    @property
    def summary(self) -> str:
        """Return it in one line."""
        counted = Counter(remark.level for remark in self.remarks)
        below = sum(each.is_below for each in self.judged)
        said = ", ".join(_count(counted[level], level.value) for level in Level if counted[level])
        much = f"{_count(len(self.judged), 'alarm')} in {_count(self.files, 'file')}"
        return f"{much}, {below} below the bar: {said or 'nothing amiss'}."


def report(judged: Sequence[Judged], problems: Sequence[Problem], *, files: int) -> Report:
    """Return a report with its remarks in order of file and line."""
    remarks = [*_of_problems(problems), *(r for each in judged for r in _of_alarm(each))]
    remarks.sort(key=lambda remark: (remark.file, remark.line))
    return Report(judged=judged, problems=problems, files=files, remarks=tuple(remarks))


def _of_problems(problems: Iterable[Problem]) -> Iterator[Remark]:
    for problem in problems:
        yield Remark(
            file=problem.file,
            line=problem.line,
            rule=UNREADABLE,
            level=Level.ERROR,
            message=f"{problem.field}: {problem.message}" if problem.field else problem.message,
            fix=problem.fix,
            field=problem.field,
        )


def _of_alarm(judged: Judged) -> Iterator[Remark]:
    for finding in judged.findings:
        level = _level(finding)
        if level is None:
            continue
        place = judged.written.where(finding.field, finding.line)
        yield Remark(
            file=place.file,
            line=place.line,
            rule=finding.rule,
            level=level,
            message=finding.message,
            fix=finding.fix,
            field=finding.field,
            alarm=judged.name,
            note=finding.note,
        )


def _level(finding: Finding) -> Level | None:
    if finding.outcome is Outcome.WAIVED:
        return Level.NOTE
    if finding.outcome is not Outcome.FAILED:
        return None
    return Level.ERROR if finding.weight is Weight.BLOCK else Level.WARNING


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
