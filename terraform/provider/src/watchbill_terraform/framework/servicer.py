"""Servicer: `tf`'s, with a plan that can ask the server, and errors that say where they belong.

What differs from `tf` 1.2: every exception becomes a diagnostic instead of a crash; `plan_create`
is called for what is made anew; a default also holds when a value is taken out of the code later;
what is unchanged is planned unchanged.
"""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from typing import Any, Protocol

from tf.gen import tfplugin_pb2 as pb
from tf.provider import ProviderServicer, _decode_state, _encode_state
from tf.utils import Diagnostics, _to_attribute_path, read_dynamic_value

from watchbill_terraform.framework.unknowns import Unknown

State = dict[str, Any]
_REPORT = "This is a fault of the provider. Please report it with the lines above this one."


class Telling(Exception):
    """Something that a person can act on: a sentence, what to do, and the attribute it is about."""

    def __init__(self, summary: str, detail: str = "", path: list[Any] | None = None) -> None:
        super().__init__(summary)
        self.summary = summary
        self.detail = detail
        self.path = path


class Planning(Protocol):
    """What the servicer wants of a resource while it plans."""

    def plan_create(self, diags: Diagnostics, planned: State) -> State: ...

    def plan_update(self, diags: Diagnostics, prior: State, planned: State) -> State: ...


def _answering(make: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """Wrap a call: whatever it raises is answered by `make(request, diagnostics)`."""

    def decorate(call: Any) -> Any:
        @functools.wraps(call)
        def answer(self: Any, request: Any, context: Any) -> Any:
            try:
                return call(self, request, context)
            except Telling as error:
                told = Diagnostics().add_error(error.summary, error.detail, error.path)
            except Exception as error:  # noqa: BLE001 - the boundary to Terraform
                traceback.print_exc()
                told = Diagnostics().add_error(f"{type(error).__name__}: {error}", _REPORT)
            return make(request, told.to_pb())

        return answer

    return decorate


class Servicer(ProviderServicer):
    """The provider as Terraform calls it; may be called from many threads."""

    @_answering(lambda _request, told: pb.ValidateProviderConfig.Response(diagnostics=told))
    def ValidateProviderConfig(self, request: Any, context: Any) -> Any:
        return super().ValidateProviderConfig(request, context)

    @_answering(lambda _request, told: pb.ConfigureProvider.Response(diagnostics=told))
    def ConfigureProvider(self, request: Any, context: Any) -> Any:
        return super().ConfigureProvider(request, context)

    @_answering(lambda _request, told: pb.ValidateResourceConfig.Response(diagnostics=told))
    def ValidateResourceConfig(self, request: Any, context: Any) -> Any:
        return super().ValidateResourceConfig(request, context)

    @_answering(lambda _request, told: pb.ValidateDataResourceConfig.Response(diagnostics=told))
    def ValidateDataResourceConfig(self, request: Any, context: Any) -> Any:
        return super().ValidateDataResourceConfig(request, context)

    @_answering(
        lambda request, told: pb.ReadResource.Response(
            new_state=request.current_state, diagnostics=told
        )
    )
    def ReadResource(self, request: Any, context: Any) -> Any:
        return super().ReadResource(request, context)

    @_answering(lambda _request, told: pb.ReadDataSource.Response(diagnostics=told))
    def ReadDataSource(self, request: Any, context: Any) -> Any:
        return super().ReadDataSource(request, context)

    @_answering(lambda _request, told: pb.ImportResourceState.Response(diagnostics=told))
    def ImportResourceState(self, request: Any, context: Any) -> Any:
        return super().ImportResourceState(request, context)

    @_answering(
        lambda request, told: pb.ApplyResourceChange.Response(
            new_state=request.prior_state, diagnostics=told
        )
    )
    def ApplyResourceChange(self, request: Any, context: Any) -> Any:
        return super().ApplyResourceChange(request, context)

    @_answering(lambda _request, told: pb.PlanResourceChange.Response(diagnostics=told))
    def PlanResourceChange(self, request: Any, context: Any) -> Any:
        """Plan: fill in defaults, keep what is unchanged, and let the resource look at the rest."""
        diags = Diagnostics()
        attrs, blocks = (
            self._get_res_attrs(request.type_name),
            self._get_res_blocks(request.type_name),
        )
        _, prior = _decode_state(diags, attrs, blocks, request.prior_state)
        encoded, proposed = _decode_state(diags, attrs, blocks, request.proposed_new_state)
        if proposed is None or diags.has_errors():
            return pb.PlanResourceChange.Response(
                planned_state=request.proposed_new_state, diagnostics=diags.to_pb()
            )
        proposed = _filled(attrs, proposed, read_dynamic_value(request.config) or {}, prior)
        resource = self.app.new_resource(self._get_res_cls(request.type_name))
        replaced: list[Any] = []
        if prior is None:
            planned = resource.plan_create(diags, proposed)
        elif proposed == prior:
            planned = prior
        else:
            replaced = _replacing(attrs, prior, proposed)
            planned = resource.plan_update(diags, prior, proposed)
        return pb.PlanResourceChange.Response(
            planned_state=_encode_state(attrs, blocks, planned, encoded),
            requires_replace=replaced,
            diagnostics=diags.to_pb(),
        )


def _filled(attrs: dict[str, Any], proposed: State, config: State, prior: State | None) -> State:
    """Return the proposal with defaults for what the code does not say, unknown if there is none."""
    filled = dict(proposed)
    for name, attribute in attrs.items():
        if not attribute.computed or config.get(name) is not None:
            continue
        if attribute.default is not Unknown:
            filled[name] = attribute.default
        elif prior is None:
            filled[name] = Unknown
    return filled


def _replacing(attrs: dict[str, Any], prior: State, proposed: State) -> list[Any]:
    """Return the paths of what changed and cannot be changed in place."""
    return [
        _to_attribute_path([name])
        for name, attribute in attrs.items()
        if attribute.requires_replace and proposed.get(name) != prior.get(name)
    ]
