"""``rapport metrics``: print metrics with their definitions, for people or, with ``--json``, for programs."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from rapport.runtime import database, home, prepare
from rapport.runtime.errors import Refusal

if TYPE_CHECKING:
    from rapport.insight.metrics.figures import Figure

SLICES = ("agent", "queue", "channel", "tag")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="metrics to print (all of them)")
    parser.add_argument("--as-of", type=_day, metavar="DATE", help="the last day that counts (today)")
    parser.add_argument("--from", dest="start", type=_day, metavar="DATE", help="first day of the period")
    parser.add_argument("--to", dest="end", type=_day, metavar="DATE", help="first day after the period")
    parser.add_argument("--segment", default="", metavar="CONDITION", help="only customers that meet it")
    for name in SLICES:
        parser.add_argument(f"--{name}", metavar="WHICH", help=f"only one {name} (metrics of service)")
    parser.add_argument("--list", action="store_true", help="only names and definitions")
    parser.add_argument("--no-refresh", action="store_true", help="use the lake as it is")
    parser.add_argument("--json", action="store_true", help="answer in JSON")


def run(arguments: argparse.Namespace) -> int:
    """Refresh the lake, work the metrics out and print them."""
    if arguments.start and arguments.end and arguments.end <= arguments.start:
        raise Refusal("--to must be a day after --from: the period ends before it")
    with database.available(home.current()):
        prepare.django()
        if arguments.list:
            print(_listed(as_json=arguments.json))
            return 0
        found = _figures(arguments)
    print(_data(found) if arguments.json else _table(found))
    return 0


def _figures(arguments: argparse.Namespace) -> list[Figure]:
    from rapport.insight import queries
    from rapport.insight.lake.reader import NoLake
    from rapport.insight.lake.refresh import refresh
    from rapport.insight.metrics.run import NotSliced, UnknownMetric, named
    from rapport.kernel.conditions import ConditionError
    from rapport.team.queries import NotSetUp

    try:
        for name in arguments.names:
            named(name)  # before the lake is refreshed, which takes its time
        if not arguments.no_refresh:
            refresh()
        return queries.figures(
            arguments.names,
            as_of=arguments.as_of,
            start=arguments.start,
            end=arguments.end,
            segment=arguments.segment,
            only={name: chosen for name in SLICES if (chosen := getattr(arguments, name)) is not None},
        )
    except UnknownMetric as error:
        raise Refusal(f"there is no metric {error.args[0]}; `rapport metrics --list` names them") from error
    except NotSliced as error:
        raise Refusal(f"{error}; name the metrics that are") from error
    except ConditionError as error:
        at = "" if error.at is None else f" (at character {error.at + 1})"
        raise Refusal(f"the segment is not understood: {error.message}{at}") from error
    except NoLake as error:
        raise Refusal("there is no lake yet; run it without --no-refresh") from error
    except NotSetUp as error:
        raise Refusal("nothing is set up yet; run `rapport serve` and open it in a browser first") from error


def _data(found: Sequence[Figure]) -> str:
    from rapport.insight.metrics.stored import as_data

    return json.dumps([as_data(figure) for figure in found])


def _listed(*, as_json: bool) -> str:
    from rapport.insight import queries

    found = [(one.name, str(one.label), str(one.definition)) for one in queries.metrics()]
    if as_json:
        return json.dumps([{"name": name, "label": label, "definition": text} for name, label, text in found])
    return "\n".join(f"{name:24} {text}" for name, _label, text in found)


def _table(found: Sequence[Figure]) -> str:
    lines = []
    for figure in found:
        value = "–" if figure.value is None else f"{figure.value:,.2f}"
        between = f" [{figure.interval.low:,.2f}, {figure.interval.high:,.2f}]" if figure.interval else ""
        unit = figure.currency or figure.unit
        note = f" ({figure.refused})" if figure.refused else ""
        lines.append(f"{figure.label:34} {value:>16} {unit:7}{between} n={figure.n:,}{note}")
    return "\n".join(lines)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a day, such as 2024-05-31") from error
