"""The text of each reference page, from the registries of the running program."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from importlib import import_module
from typing import Any

from django.apps import apps
from django.utils.module_loading import module_has_submodule
from django.utils.translation import override

from rapport.kernel.conditions import registry
from rapport.kernel.events import EVENTS
from rapport.kernel.permissions import RIGHTS
from rapport.kernel.verbs import VERBS

HEAD = "Made by `make docs` from the program itself; edits here are lost.\n"


def all_pages() -> dict[str, str]:
    """Return the reference pages by name, in English."""
    load_verbs()
    with override("en"):
        return {
            "events": _page("Events", "What happened, as it is written, announced and shown.", _events()),
            "rights": _page("Rights", "What a role may grant, each with a reach of own, team or all.", _rights()),
            "verbs": _page("Verbs", "Everything that changes rows, and what it announces.", _verbs()),
            "conditions": _page(
                "Condition fields", "What filters, segments, rules and reports can ask of a noun.", _conditions()
            ),
            "metrics": _page("Metrics", "Every metric with its definition.", _metrics()),
            "commands": _page("Commands", "What `rapport` can do on the command line.", _commands()),
        }


def undocumented() -> Iterator[str]:
    """Yield a complaint for everything registered that does not say what it is."""
    for name, kind in EVENTS.items():
        if not kind.cls.__dict__.get("__doc__") or kind.summary.startswith(f"{kind.cls.__name__}("):
            yield f"the event {name} has no docstring"
    for name, verb in VERBS.items():
        if not verb.summary:
            yield f"the verb {name} has no docstring"
    for name, metric in _registered_metrics().items():
        if not str(metric.definition):
            yield f"the metric {name} has no definition"


def openapi() -> str:
    """Return the OpenAPI document as it is committed."""
    from rapport.api.reference import document

    return json.dumps(document(), indent=1, sort_keys=True) + "\n"


def load_verbs() -> None:
    """Import the services of every domain, which lists their verbs."""
    for config in apps.get_app_configs():
        if config.name.startswith("rapport.") and module_has_submodule(config.module, "services"):
            package = import_module(f"{config.name}.services")
            for name in _modules(package):
                import_module(f"{config.name}.services.{name}")


def _modules(package: Any) -> Iterable[str]:
    import pkgutil

    return (info.name for info in pkgutil.iter_modules(package.__path__)) if hasattr(package, "__path__") else ()


def _page(title: str, lead: str, body: str) -> str:
    return f"# {title}\n\n{lead}\n\n{HEAD}\n{body.strip()}\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _events() -> str:
    return "\n".join(
        f"## `{name}`\n\n{kind.summary}\n\n"
        f"{kind.label}: “{kind.sentence}”. Group {kind.group}, direction {kind.direction}"
        f"{', on the timeline' if kind.timeline else ''}{', sent to webhooks' if kind.webhooks else ''}.\n\n"
        + _table(("field", "type", "personal"), _event_fields(kind))
        + "\n"
        for name, kind in sorted(EVENTS.items())
    )


def _event_fields(kind: Any) -> list[tuple[str, str, str]]:
    return [(f"`{f.name}`", str(f.type), "yes" if f.name in kind.personal else "") for f in fields(kind.cls)]


def _rights() -> str:
    return _table(("right", "what it lets one do"), ((f"`{r.name}`", r.label) for _, r in sorted(RIGHTS.items())))


def _verbs() -> str:
    return _table(
        ("verb", "needs", "announces", "what it does"),
        (
            (
                f"`{name}`",
                f"`{verb.right.name}`",
                ", ".join(f"`{kind.__name__}`" for kind in verb.publishes),
                verb.summary,
            )
            for name, verb in sorted(VERBS.items())
        ),
    )


def _conditions() -> str:
    return "\n".join(
        f"## {name}\n\n"
        + _table(
            ("field", "name", "type"),
            ((f"`{field.name}`", field.label, field.type.value) for field in noun.fields.values()),
        )
        + "\n"
        for name, noun in sorted(registry.ROOTS.items())
        if name != "plot"
    )


def _metrics() -> str:
    return "\n".join(
        f"## {metric.label} (`{name}`)\n\n{metric.definition}\n\nUnit: {metric.unit}."
        f"{f' Source: {metric.source}.' if metric.source else ''}\n"
        for name, metric in sorted(_registered_metrics().items())
    )


def _registered_metrics() -> dict[str, Any]:
    from rapport.insight import queries

    return {metric.name: metric for metric in queries.metrics()}


def _commands() -> str:
    from rapport import cli

    parts = []
    for name, (_place, line) in cli.COMMANDS.items():
        parser = cli.parser(name)
        rows = [
            (f"`{', '.join(action.option_strings) or action.dest}`", inspect.cleandoc(action.help or ""))
            for action in parser._actions
            if action.dest != "help"
        ]
        parts.append(f"## `rapport {name}`\n\n{line[0].upper()}{line[1:]}.\n\n{_table(('option', 'what'), rows)}\n")
    return "\n".join(parts)
