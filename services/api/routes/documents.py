"""`/openapi.json`, `/asyncapi.json`, `/docs`: what the API says of itself, with no outside request."""

from importlib.resources import files

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from schemas.sentences import say
from services.api.answers import json_answer
from services.api.asyncapi import document

router = APIRouter(include_in_schema=False)
ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Smart Operations Center API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>
"""
START = """window.ui = SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null, persistAuthorization: false,
});
"""


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The OpenAPI document."""
    return json_answer(request.app.openapi())


@router.get("/asyncapi.json")
async def asyncapi() -> Response:
    """The AsyncAPI document."""
    return json_answer(document())


@router.get("/docs")
async def docs() -> Response:
    """The OpenAPI document to read and try."""
    return HTMLResponse(PAGE)


@router.get("/docs/start.js")
async def start() -> Response:
    """Starts the page; a file of its own, since the content policy allows no inline script."""
    return Response(START, media_type="text/javascript")


@router.get("/docs/{name}")
async def asset(name: str) -> Response:
    """A file of Swagger UI, out of the package that ships it."""
    if name not in ASSETS:
        raise HTTPException(404, say("no_file"))
    content = files("fastapi_offline").joinpath("static", name).read_bytes()
    return Response(content, headers={"Cache-Control": "public, max-age=86400"}, media_type=ASSETS[name])
