"""`/healthz`, `/readyz`, `/metrics`: whether this process and everything behind it works."""

from functools import partial

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.api.answers import gives, json_answer
from services.api.center import Here
from services.api.gauges import families
from services.api.readiness import Readiness, readiness

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="This process is alive", openapi_extra={"security": []})
async def healthz() -> dict[str, str]:
    """Asks nothing of anybody."""
    return {"status": "alive"}


@router.get("/metrics", summary="Metrics for Prometheus", openapi_extra={"security": []})
async def metrics(center: Here) -> Response:
    """Of this process, and of the whole center as far as it can be looked up."""
    whole = generate_latest(await center.vitals.found(partial(families, center)))
    return Response(generate_latest() + whole, media_type=CONTENT_TYPE_LATEST)


@router.get(
    "/readyz",
    summary="Everything it needs works",
    openapi_extra={"security": []},
    **gives(Readiness, "Every dependency by name; 503 with the same body until all are ready"),
)
async def readyz(center: Here) -> Response:
    """PostgreSQL, Redis, Kafka, ingest, and each stage with its age."""
    found = await readiness(center)
    return json_answer(found, 200 if found.ready else 503)
