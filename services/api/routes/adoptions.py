"""`/v1/sensors/{id}`, written: a sensor that reports without being in the city folder is adopted, and given back."""

from asyncio import to_thread
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from city.space import Position
from infra.cities.adoption import Adoption, Offer, offers
from infra.postgres.past import in_force
from schemas.errors import Invalid
from schemas.sentences import say
from services.api.adopting import ByConnector, adopt, take_back
from services.api.answers import Page, body_as, gives, json_answer, takes
from services.api.center import Here
from services.api.editing import Revision, Undone
from services.api.examples import ADOPTION
from services.api.people import READ, may
from services.api.routes.sensors import Sensor, sensor_of

router = APIRouter(prefix="/v1/sensors", tags=["sensors"], dependencies=[Depends(may(READ))])
Near = Annotated[
    str | None, Query(description="lon,lat in degrees: the nearest to there first", examples=["106.65,10.98"])
]


@router.put(
    "/{sensor_id:path}",
    summary="Adopt a sensor",
    openapi_extra=takes(Adoption, ADOPTION),
    **gives(Sensor, "The sensor, registered", 404, 409),
)
async def put_sensor(edit: ByConnector, sensor_id: str, revision: Revision = None) -> Response:
    """A sensor that reports is registered as the city folder would; from its next reading on it is judged for what it
    measures and watched for silence. The same once more changes nothing; something else edits the adoption. Stays
    over the city folder until it is taken back. Needs supervisor, admin or integrator.
    """
    await adopt(edit, sensor_id, await body_as(edit.request, Adoption), revision)
    return json_answer(await sensor_of(edit.center, sensor_id))


@router.delete("/{sensor_id:path}", summary="Take an adoption back", **gives(Undone, "What is in force now", 404, 409))
async def delete_sensor(edit: ByConnector, sensor_id: str, revision: Revision = None) -> Response:
    """It is what the city folder says, if that has it by now, else unregistered again. Its readings stay."""
    return json_answer(await take_back(edit, sensor_id, revision))


@router.get("/{sensor_id:path}/offers", summary="What it may measure", **gives(Page[Offer], "A few assets", 404))
async def offered(center: Here, sensor_id: str, near: Near = None) -> Response:
    """Assets of the kinds that sensors of the same quantities measure; for who adopts it."""
    sensor, place = await sensor_of(center, sensor_id), _place(near)
    async with center.engine.connect() as connection:
        assets = (await in_force(connection, "assets"))["assets"]
    found = await to_thread(offers, sensor_id, sensor.quantities, assets, place or sensor.position)
    return json_answer(Page(items=found))


def _place(text: str | None) -> Position | None:
    if text is None:
        return None
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise Invalid(say("not_position"), field="near") from None
    return lon, lat
