"""Places: where an alarm is written, and where a browser may follow."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from watchbill.queries.alarms import AlarmRow
from watchbill.web.ui import alarm

#: How a version came in.
WAYS = {
    "hand": "by hand",
    "yaml": "YAML in a repository",
    "terraform": "Terraform",
    "import": "an import",
}
#: How the hosts that most people use address a file: what stands between repository and revision.
_BLOBS = {"github.com": "blob", "gitlab.com": "-/blob", "codeberg.org": "src/commit"}


def place(row: AlarmRow) -> alarm.Place:
    """Return where an alarm is written."""
    source, evidence = row.source, row.evidence
    return alarm.Place(
        way=WAYS[row.managed_by],
        repository=source.get("repository", ""),
        path=source.get("path", ""),
        revision=source.get("revision", ""),
        href=file_href(
            source.get("repository", ""), source.get("path", ""), source.get("revision", "")
        ),
        evidence_href=web_href(str(evidence.get("url", ""))),
        evidence=_people(evidence.get("author", ""), evidence.get("approvers", ())),
    )


def file_href(repository: str, path: str, revision: str) -> str:
    """Return where a file of a repository is shown, or "" where that cannot be told.

    >>> file_href("github.com/acme/alarms", "a/b.yml", "abc")
    'https://github.com/acme/alarms/blob/abc/a/b.yml'
    """
    known = repository.partition("/")[0] in _BLOBS
    root = web_href(f"https://{repository}" if known else repository).removesuffix(".git")
    host = urlsplit(root).netloc
    if root and path and revision and host in _BLOBS:
        return f"{root.rstrip('/')}/{_BLOBS[host]}/{quote(revision)}/{quote(path)}"
    return root


def web_href(href: str) -> str:
    """Return an address that a browser may follow, or ""."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    return href if parts.scheme in ("http", "https") and parts.netloc else ""


def _people(author: str, approvers: list[str] | tuple[str, ...]) -> str:
    said = [f"written by {author}"] if author else []
    said += [f"approved by {', '.join(approvers)}"] if approvers else []
    return ", ".join(said)
