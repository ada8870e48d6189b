"""The reference of the API: its OpenAPI document, and the same as a page for people."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rapport.api.v1.routes import api


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    parameters: list[dict[str, Any]]
    body: str
    answers: dict[str, str]


def document() -> dict[str, Any]:
    """Return the OpenAPI document of version 1, the same on every installation."""
    schema: dict[str, Any] = api.get_openapi_schema(path_prefix="/api/v1/")
    return schema


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI document."""
    return JsonResponse(document())


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show every operation with its parameters, its body and its answers."""
    schema = document()
    context = {"info": schema["info"], "groups": _grouped(schema), "schemas": _shapes(schema)}
    return render(request, "api/reference.html", context)


def _grouped(schema: dict[str, Any]) -> dict[str, list[Operation]]:
    groups: dict[str, list[Operation]] = defaultdict(list)
    for path, methods in schema["paths"].items():
        for method, found in methods.items():
            groups[found["tags"][0]].append(_operation(method, path, found))
    return dict(groups)


def _operation(method: str, path: str, found: dict[str, Any]) -> Operation:
    return Operation(
        id=found["operationId"],
        method=method.upper(),
        path=path,
        summary=found.get("summary", ""),
        text=found.get("description", ""),
        parameters=found.get("parameters", []),
        body=_shape_name(found.get("requestBody", {})),
        answers={code: _shape_name(answer) for code, answer in found["responses"].items()},
    )


def _shape_name(holder: dict[str, Any]) -> str:
    schema = holder.get("content", {}).get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _shapes(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {"text": shape.get("description", ""), "fields": _fields(shape)}
        for name, shape in sorted(schema["components"]["schemas"].items())
    }


def _fields(shape: dict[str, Any]) -> list[dict[str, Any]]:
    required = set(shape.get("required", []))
    return [
        {"name": name, "type": _type(field), "needed": name in required}
        for name, field in shape.get("properties", {}).items()
    ]


def _type(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " | ".join(_type(one) for one in field["anyOf"])
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if field.get("type") == "array":
        return f"[{_type(field.get('items', {}))}]"
    return str(field.get("format") or field.get("type", "any"))
