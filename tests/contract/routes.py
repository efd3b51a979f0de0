"""The routes of the API, and which rights each asks for."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant

from services.api import site
from services.api.app import RESOURCES
from services.api.people import Right


def routes_of(routers: Iterable[APIRouter]) -> list[Any]:
    """Their routes, each with what it depends on."""
    return [route for router in routers for route in router.routes]


ROUTES = routes_of([*(one.router for one in RESOURCES), site.router_of(site.DIST)])


def asked(dependant: Dependant) -> Iterator[tuple[Right, bool]]:
    """The rights that are asked for, and whether the person is handed over."""
    for one in dependant.dependencies:
        right = getattr(one.call, "__self__", None)
        if isinstance(right, Right):
            yield right, one.name is not None
        yield from asked(one)


def rights_of(route: Any) -> list[Right]:
    """All rights that somebody needs for this route."""
    return [right for right, _ in asked(route.dependant)]


def is_of_whole_city(route: Any) -> bool:
    """Whether people of an agency are refused."""
    return any(not right.of_agency for right in rights_of(route))
