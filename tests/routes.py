"""Every address of an application, however its routes are nested."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles


def addresses_of(app: FastAPI) -> set[tuple[str, str]]:
    """Method and path of every endpoint; static files and the HEAD of a GET are left out."""
    return {(method, path) for method, path in _walk(app.routes, "") if method != "HEAD"}


def _walk(routes: list[Any], prefix: str) -> Iterator[tuple[str, str]]:
    for route in routes:
        if hasattr(route, "original_router"):  # a router that an application includes
            yield from _walk(route.original_router.routes, prefix)
        elif isinstance(getattr(route, "app", None), StaticFiles):
            continue
        elif hasattr(route, "methods"):
            yield from ((method, prefix + route.path) for method in route.methods or ())
        else:
            yield from _walk(route.app.routes, prefix + route.path)
