"""Puts the application together: routes, errors, documents, console."""

from pathlib import Path
from typing import Any

import msgspec
from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi

from infra.settings import Settings
from services.api import passing, problems, site
from services.api.answers import COMPONENT, published
from services.api.answers import problems as problems_of
from services.api.center import Center
from services.api.parameters import parameters_known
from services.api.preconditions import unconditional
from services.api.requests import Envelope
from services.api.routes import (
    adoptions,
    air,
    areas,
    assets,
    audit,
    backtests,
    changes,
    city,
    commands,
    conditions,
    daily,
    dead_letters,
    desk_load,
    documents,
    duty,
    edits,
    figures,
    handovers,
    health,
    incident_cap,
    incident_deliveries,
    incident_parts,
    incidents,
    indicator_values,
    indicators,
    judging,
    keys,
    live,
    park_report,
    parks,
    readings,
    rivers,
    room,
    sensors,
    sessions,
    signals,
    silences,
    sources,
    traffic,
    users,
    webhooks,
    works,
)
from services.api.unfit import address_fit

TITLE, VERSION = "Smart Operations Center", "1.0.0"
DESCRIPTION = (
    "City feeds in; incidents an operator can act on out, within a second, explained. Lists are pages: give `next` as "
    "`cursor` for the page after. Times are RFC 3339 UTC, positions `[lon, lat]`, errors problem documents (RFC 9457)."
)
RESOURCES = (
    incidents,
    incident_cap,
    incident_deliveries,
    incident_parts,
    changes,
    commands,
    handovers,
    signals,
    readings,
    adoptions,
    sensors,
    sources,
    assets,
    city,
    areas,
    judging,
    conditions,
    edits,
    backtests,
    live,
    passing,
    dead_letters,
    webhooks,
    duty,
    silences,
    works,
    indicators,
    desk_load,
    room,
    daily,
    indicator_values,
    park_report,
    parks,
    figures,
    air,
    rivers,
    traffic,
    audit,
    keys,
    users,
    sessions,
    health,
    documents,
)
SECURITY = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "soc_session",
        "description": "From POST /v1/session, which names it `soc_session_<port>` where the address has a port",
    },
}


def build(center: Center | None, folder: Path = site.DIST) -> FastAPI:
    """The application; without a center only its documents can be asked for."""
    hidden: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    checks = [Depends(check) for check in (address_fit, parameters_known, unconditional)]
    app = FastAPI(title=TITLE, version=VERSION, dependencies=checks, **hidden)
    app.state.center = center
    problems.install(app)
    for resource in RESOURCES:
        app.include_router(resource.router)
    app.include_router(site.router_of(folder, [route for resource in RESOURCES for route in resource.router.routes]))
    app.add_middleware(Envelope, body_limit=(center.settings if center else Settings()).api_body_limit)
    app.openapi = lambda: openapi(app)  # type: ignore[method-assign]
    return app


def openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document: FastAPI's routes with the schemas of the msgspec types they name."""
    if app.openapi_schema is None:
        found = get_openapi(title=TITLE, version=VERSION, description=DESCRIPTION, routes=app.routes)
        for operation in (one for path in found["paths"].values() for one in path.values() if "requestBody" in one):
            operation["responses"].setdefault("413", problems_of(413)[413])
        components = found.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        schemas.update(msgspec.json.schema_components(published, ref_template=COMPONENT)[1])
        components["securitySchemes"] = SECURITY
        found["security"] = [{"key": []}, {"session": []}]
        found["servers"] = [{"url": "/", "description": "This center"}]
        app.openapi_schema = msgspec.json.decode(msgspec.json.encode(found))  # tuples of defaults become lists
    return app.openapi_schema
