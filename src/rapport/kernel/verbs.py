"""Verbs: the functions that change rows. One decorator checks the right, opens the transaction and lists the verb."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from django.db import transaction

from rapport.kernel.actors import Actor
from rapport.kernel.doors import Noun, pass_through
from rapport.kernel.permissions import Right

P = ParamSpec("P")
R = TypeVar("R")

VERBS: dict[str, Verb] = {}
published: ContextVar[set[type] | None] = ContextVar("published", default=None)


class Undeclared(RuntimeError):
    """A verb published an event that its decorator does not name: a defect, so nothing is kept."""


@dataclass(frozen=True, slots=True)
class Verb:
    """A listed verb: `name` is domain.noun.function, `offer` names the surfaces that may show it by themselves."""

    name: str
    right: Right
    publishes: tuple[type, ...]
    offer: tuple[str, ...]
    run: Callable[..., Any]

    @property
    def summary(self) -> str:
        """The first line of the verb's docstring."""
        return (inspect.getdoc(self.run) or "").split("\n", 1)[0]


def verb(
    right: Right, *, publishes: tuple[type, ...] = (), offer: tuple[str, ...] = ()
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a verb: it takes `by=actor`, needs `right` on its subject and is one transaction.

    The subject is the first positional argument, when it is a `Noun`. Raises `Forbidden` or `OutOfReach` before
    anything is read, `Undeclared` when it publishes an event that `publishes` does not name.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        name = _name_of(function)

        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            actor = kwargs.get("by")
            if not isinstance(actor, Actor):
                raise TypeError(f"{name} needs by=actor")
            if args and isinstance(args[0], Noun):
                pass_through(args[0], actor, right)
            else:
                actor.require(right)
            with transaction.atomic():
                return _watched(name, publishes, lambda: function(*args, **kwargs))

        VERBS[name] = Verb(name, right, publishes, offer, run)
        return run

    return decorate


def _watched(name: str, declared: tuple[type, ...], call: Callable[[], R]) -> R:
    """Run `call`, and raise `Undeclared` when it published anything beyond `declared`."""
    inner: set[type] = set()
    token = published.set(inner)
    try:
        result = call()
    finally:
        published.reset(token)
    if not inner <= set(declared):
        extra = ", ".join(sorted(kind.__name__ for kind in inner - set(declared)))
        raise Undeclared(f"{name} published {extra} without declaring it")
    return result


def _name_of(function: Callable[..., Any]) -> str:
    """Return domain.noun.function for `rapport.domain.services.noun.function`."""
    parts = function.__module__.split(".")
    domain, noun = parts[-3] if parts[-2] == "services" else parts[-2], parts[-1]
    return f"{domain}.{noun}.{function.__name__}"
