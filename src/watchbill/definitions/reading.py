"""Reading: alarms of many files, whatever each is: ours, Prometheus' rules, a Terraform plan."""

from __future__ import annotations

from collections.abc import Iterable

from watchbill.definitions import (
    prometheus_rules,
    terraform_plans,
    together,
    yaml_files,
    yaml_nodes,
)
from watchbill.definitions.written import (
    Beside,
    Document,
    Names,
    Place,
    Reading,
    nothing_beside,
)
from watchbill.definitions.yaml_nodes import Table


def read(
    documents: Iterable[Document], *, names: Names | None = None, beside: Beside = nothing_beside
) -> Reading:
    """Return the alarms of all documents in their order, and everything that is wrong with them.

    A name that ends in `.json` is what `terraform show -json` says of a plan. In YAML, `groups:`
    makes it a file of Prometheus' rules and `alarms:` one of ours; an empty file holds nothing.
    """
    found, given = Reading(), names or Names()
    for document in documents:
        if document.path.endswith(".json"):
            terraform_plans.read(document, given, found)
        else:
            _yaml(document, given, beside, found)
    together.check(found)
    found.problems.sort(key=lambda problem: (problem.file, problem.line))
    return found


def _yaml(document: Document, names: Names, beside: Beside, found: Reading) -> None:
    before = len(found.problems)
    root = yaml_nodes.read(document.path, document.content, found)
    if root is None:
        return
    if not isinstance(root, Table):
        fix = "Write alarms below `alarms:`."
        found.wrong(Place(file=document.path), "", "the file is no mapping", fix)
    elif "groups" in root.entries:
        prometheus_rules.read(root, names, beside, found)
    elif "alarms" in root.entries or "defaults" in root.entries:
        yaml_files.read(root, names, beside, found)
    elif len(found.problems) == before:
        message = "the file has neither `alarms:` nor, as Prometheus' rules, `groups:`"
        fix = "Write alarms below `alarms:`, or keep the file outside the folder."
        found.wrong(root.place, "", message, fix)
