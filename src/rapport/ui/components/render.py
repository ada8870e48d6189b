"""How a component renders its template, and how tag arguments become HTML attributes."""

from __future__ import annotations

from collections.abc import Mapping

from django.forms.utils import flatatt
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe


def render(name: str, **context: object) -> SafeString:
    """Return the template `ui/components/<name>.html` filled with `context` alone."""
    return mark_safe(get_template(f"ui/components/{name}.html").render(context).strip())  # already escaped


def attributes(values: Mapping[str, object]) -> SafeString:
    """Return `values` as HTML attributes: hx_get becomes hx-get, True a bare name, False and None nothing."""
    return flatatt({key.rstrip("_").replace("_", "-"): value for key, value in values.items() if value != ""})
