"""Serves the built console: its files, and its page for every other address."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from starlette.routing import BaseRoute, Match, Route

from schemas.sentences import say

DIST = Path(__file__).resolve().parents[1] / "console" / "dist"
FOREVER = "public, max-age=31536000, immutable"
NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Smart Operations Center</title>
<h1>The console is not built yet</h1>
<p>Run <code>make setup</code>; the API works meanwhile: <a href="/docs">/docs</a>.</p></html>
"""
RESERVED = ("v1/", "docs/")


def router_of(folder: Path, others: Sequence[BaseRoute] = ()) -> APIRouter:
    """The routes of a console built into `folder`; mount them last, after `others`, which have other methods."""
    router = APIRouter(include_in_schema=False)

    @router.get("/{path:path}")
    async def page(request: Request, path: str) -> Response:
        """A file of the console, or its page."""
        if path.startswith(RESERVED):
            if methods := _methods(request, others):
                raise HTTPException(405, headers={"Allow": ", ".join(sorted(methods))})
            raise HTTPException(404, say("nothing_here"))
        return await asyncio.to_thread(_answer, folder, path)

    return router


def _methods(request: Request, routes: Sequence[BaseRoute]) -> set[str]:
    """Of the routes at the address that was asked for by another method."""
    found = [one for one in routes if isinstance(one, Route) and one.matches(request.scope)[0] is Match.PARTIAL]
    return {method for one in found for method in one.methods or ()}


def _answer(folder: Path, path: str) -> Response:
    wanted = (folder / path).resolve()
    if path and wanted.is_file() and wanted.is_relative_to(folder.resolve()):
        cache = FOREVER if path.startswith("assets/") else "no-cache"
        return FileResponse(wanted, headers={"Cache-Control": cache})
    if "." in path.rsplit("/", maxsplit=1)[-1]:
        raise HTTPException(404, say("no_file"))
    index = folder / "index.html"
    if not index.is_file():
        return HTMLResponse(NOT_BUILT, 503, {"Cache-Control": "no-store"})
    return FileResponse(index, headers={"Cache-Control": "no-cache"})
