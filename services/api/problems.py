"""Every error as a problem document (RFC 9457); the one table from errors to HTTP."""

from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from redis.exceptions import RedisError
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from infra import log
from infra.postgres.refusals import is_away
from schemas.errors import CenterError, Conflict, Invalid, Unavailable, Unknown
from schemas.sentences import Sentence, preferred, say, title, told
from services.api.answers import PROBLEM, Problem
from services.api.query_faults import asked_wrongly

STATUS: dict[type[CenterError], int] = {Invalid: 422, Unknown: 404, Conflict: 409, Unavailable: 503}
RETRY_S = "5"
_log = log.logger("api")


def problem(request: Request, status: int, said: str, *, field: str | None = None, current: Any = None) -> Response:
    """The problem document of an error, in the language that the request prefers."""
    language = preferred(request.headers.get("accept-language"))
    document = Problem(
        title=told(title(status), language),
        status=status,
        detail=str(told(said, language)),
        code=said.code if isinstance(said, Sentence) else "",
        instance=request.url.path,
        request_id=getattr(request.state, "request_id", ""),
        field=field,
        current=current,
    )
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    headers |= {"Retry-After": RETRY_S} if status == 503 else {}
    return Response(msgspec.json.encode(document), status, headers, PROBLEM)


def of_center(request: Request, error: Exception) -> Response:
    """The answer to one of the four errors of the center."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    said, field = getattr(error, "said", str(error)), getattr(error, "field", None)
    return problem(request, status, said, field=field, current=getattr(error, "current", None))


def _of_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    said = error.detail if isinstance(error.detail, Sentence) else title(error.status_code)
    answer = problem(request, error.status_code, said, field=getattr(error, "field", None))
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


def _of_query(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"] if part not in {"query", "path", "header"})
    return problem(request, 422, asked_wrongly(first), field=field or None)


def _of_database(request: Request, error: Exception) -> Response:
    _log.error("database_failed", path=request.url.path, reason=str(error).splitlines()[0])
    if isinstance(error, PoolTimeout) or (isinstance(error, DBAPIError) and is_away(error)):
        return problem(request, 503, say("postgres_down"))
    if isinstance(error, DataError):
        return problem(request, 422, say("database_cannot_keep"))
    return problem(request, 500, say("database_refused"))


def _of_redis(request: Request, error: Exception) -> Response:
    return problem(request, 503, say("redis_down"))


def _of_cut_off(request: Request, error: Exception) -> Response:
    """Nobody reads it: who sent the body has gone before its end."""
    return problem(request, 400, say("cut_off"))


def _of_anything(request: Request, error: Exception) -> Response:
    _log.error("request_failed", path=request.url.path, exc_info=error)
    return problem(request, 500, say("failed"))


def install(app: FastAPI) -> None:
    """Makes every error of the application a problem document."""
    app.add_exception_handler(CenterError, of_center)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(ClientDisconnect, _of_cut_off)
    app.add_exception_handler(RequestValidationError, _of_query)
    app.add_exception_handler(SQLAlchemyError, _of_database)
    app.add_exception_handler(RedisError, _of_redis)
    app.add_exception_handler(Exception, _of_anything)
