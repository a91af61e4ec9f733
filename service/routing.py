"""Routers of many parts as one, which every application of a process shares.

FastAPI works out what a route asks for when it is first looked at, for each time that its router was included: some
0.2 s of a processor for all of the service. An application that is given the routes of one router shares that.
"""

from typing import Any

from fastapi import APIRouter


def together(*routers: APIRouter, **options: Any) -> APIRouter:
    """A router that holds others; applications are made with a list of its `routes`. `options`: of the router."""
    holder = APIRouter(**options)
    for one in routers:
        holder.include_router(one)
    return holder
