"""Provider: its configuration, and everything it offers."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from tf.schema import Schema
from tf.utils import Diagnostics

from watchbill_terraform import catalogue
from watchbill_terraform.client import Client
from watchbill_terraform.framework.servicer import State, Telling
from watchbill_terraform.framework.shapes import Attribute, String
from watchbill_terraform.framework.unknowns import Unknown


class Watchbill:
    """The provider. Configured once, then used by many threads."""

    def __init__(self) -> None:
        self.client: Client | None = None

    def get_model_prefix(self) -> str:
        """Return what every type's name begins with."""
        return "watchbill_"

    def full_name(self) -> str:
        """Return namespace and name; the host is the tool's own."""
        return "watchbill/watchbill"

    def get_provider_schema(self, diags: Diagnostics) -> Schema:
        """Return what can be configured."""
        return Schema(
            version=1,
            description="Alarms, runbooks and who answers for them, on a Watchbill server.",
            attributes=[
                Attribute(
                    "endpoint", String(), "The server's address; WATCHBILL_URL otherwise.",
                    optional=True,
                ),
                Attribute(
                    "token", String(),
                    "An API token with the scopes `read` and `write`. Better: WATCHBILL_TOKEN,"
                    " which no plan file can hold.",
                    optional=True, sensitive=True,
                ),
            ],
        )  # fmt: skip

    def validate_config(self, diags: Diagnostics, config: State) -> None:
        """Check what can be checked without the server."""
        endpoint = config.get("endpoint")
        if isinstance(endpoint, str) and not _is_address(endpoint):
            diags.add_error(
                "The endpoint is not an address.",
                "It should look like https://oncall.example.org.",
                path=["endpoint"],
            )

    def configure_provider(self, diags: Diagnostics, config: State) -> None:
        """Take the configuration; what is unknown in a plan leaves it unconfigured until the apply."""
        endpoint = config.get("endpoint") or os.environ.get("WATCHBILL_URL", "")
        token = config.get("token") or os.environ.get("WATCHBILL_TOKEN", "")
        if endpoint is Unknown or token is Unknown:
            return
        if not _is_address(endpoint):
            diags.add_error(
                "The provider does not know where Watchbill is.",
                "Set `endpoint`, or WATCHBILL_URL, to an address such as"
                " https://oncall.example.org.",
                path=["endpoint"],
            )
        if not token:
            diags.add_error(
                "The provider has no token.",
                "Set WATCHBILL_TOKEN. A token is made with: watchbill token make --scope read"
                " --scope write …",
                path=["token"],
            )
        if not diags.has_errors():
            self.client = Client(endpoint, token)

    def need_client(self) -> Client:
        """Return the client. Raises: Telling before the provider is configured."""
        if self.client is None:
            raise Telling(
                "The provider's configuration is not known yet.",
                "`endpoint` or `token` come from something that is made in the same run. Make that"
                " first, for example with -target.",
            )
        return self.client

    def get_resources(self) -> list[Any]:
        """Return every resource."""
        return list(catalogue.RESOURCES)

    def get_data_sources(self) -> list[Any]:
        """Return every data source."""
        return list(catalogue.SOURCES)

    def get_functions(self) -> list[Any]:
        """Return every function."""
        return list(catalogue.FUNCTIONS)

    def new_resource(self, kind: Any) -> Any:
        """Return a resource for one call."""
        return kind(self)

    def new_data_source(self, kind: Any) -> Any:
        """Return a data source for one call."""
        return kind(self)

    def new_function(self, kind: Any) -> Any:
        """Return a function for one call."""
        return kind(self)


def _is_address(text: Any) -> bool:
    if not isinstance(text, str):
        return False
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc)
