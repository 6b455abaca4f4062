"""Bootstrap: what a fresh database needs before anything else."""

from __future__ import annotations

import secrets

from watchbill.actions.shell import Shell

_MAKE = """
insert into organization (secret, base_url) values (%s, %s)
on conflict (id) do update set base_url = excluded.base_url
where organization.base_url <> excluded.base_url
"""


def prepare(shell: Shell, *, base_url: str) -> None:
    """Make the one row of the organization, and remember how messages link back."""
    with shell.db.transaction() as tx:
        tx.execute(_MAKE, [secrets.token_bytes(32), base_url])
