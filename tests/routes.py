"""Every address of an application, however its routes are nested."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles


def addresses_of(app: FastAPI) -> set[tuple[str, str]]:
    """Method and path of every endpoint; static files and the HEAD of a GET are left out."""
    return {(method, path) for route, path in _walk(app.routes, "") for method in route.methods if method != "HEAD"}


def endpoints_of(app: FastAPI) -> list[Any]:
    """Every route that has an endpoint."""
    return [route for route, _ in _walk(app.routes, "")]


def _walk(routes: list[Any], prefix: str) -> Iterator[tuple[Any, str]]:
    for route in routes:
        if hasattr(route, "original_router"):  # a router that an application includes
            yield from _walk(route.original_router.routes, prefix)
        elif isinstance(getattr(route, "app", None), StaticFiles):
            continue
        elif getattr(route, "methods", None):
            yield route, prefix + route.path
        elif hasattr(route, "app"):
            yield from _walk(route.app.routes, prefix + route.path)
