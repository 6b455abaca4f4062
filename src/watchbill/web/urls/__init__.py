"""URLs of the screens, one file an area: method, path, handler, and who may."""

from __future__ import annotations

from watchbill.web.ui.visits import Handler

#: Who may is `nobody` in particular, a `person` signed in, or an `admin`.
Urls = tuple[tuple[str, str, Handler, str], ...]
