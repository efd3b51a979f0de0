"""What `/metrics` of the API tells of the whole center: its servers and stages, what waits, what is open.

Whoever runs several APIs gets the same figures from each: take the largest.
"""

import asyncio
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from aiokafka.errors import KafkaError
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError

from city.delivery import EMAIL, MESSAGE, WEBHOOK
from infra import log
from infra.clock import utc_now
from infra.kafka.lag import lags
from infra.postgres.standing import STATES, Standing, standing
from schemas.incidents import LIVE_STATES
from schemas.signals import SEVERITIES
from services.api.center import Center
from services.api.readiness import Readiness, readiness

PATIENCE_S = 4.0
"""A scrape is given up after 10 s by default."""
FORMS = (WEBHOOK, EMAIL, MESSAGE)
_log = log.logger("api")


class Gauge(NamedTuple):
    """A metric as it is declared."""

    name: str
    help: str
    labels: tuple[str, ...] = ()

    def of(self, values: Mapping[tuple[str, ...], float]) -> GaugeMetricFamily:
        """The metric with these values by labels."""
        family = GaugeMetricFamily(self.name, self.help, labels=self.labels)
        for labels, value in values.items():
            family.add_metric(labels, value)
        return family


READY = Gauge("soc_ready", "1 while a server or stage that the center needs works, as /readyz says", ("dependency",))
AGE = Gauge("soc_stage_age_seconds", "Seconds since a stage passed a tick on, or said that it lives", ("stage",))
LAG = Gauge("soc_lag_records", "Records of a topic that a stage has not put behind it yet", ("stage", "topic"))
INCIDENTS = Gauge("soc_incidents", "Live incidents", ("state", "severity"))
OUTBOX = Gauge("soc_outbox_rows", "Rows of the outbox that the relay has yet to publish")
OUTBOX_AGE = Gauge("soc_outbox_age_seconds", "Age of the oldest row that the relay has yet to publish")
DELIVERIES = Gauge("soc_deliveries_waiting", "Deliveries that wait, by form of their endpoint", ("form",))
ENDPOINTS = Gauge("soc_endpoints", "Endpoints of webhooks and people: well, failing or disabled", ("form", "state"))


def _of_readiness(found: Readiness) -> Iterator[GaugeMetricFamily]:
    yield READY.of({(name,): float(one.ready) for name, one in found.dependencies.items()})
    yield AGE.of({(name,): one.age_s for name, one in found.dependencies.items() if one.age_s is not None})


def _of_standing(found: Standing) -> Iterator[GaugeMetricFamily]:
    """Zeros are told too, so that what is not there yet can be compared."""
    kinds = [(state, severity) for state in LIVE_STATES for severity in SEVERITIES]
    yield INCIDENTS.of({kind: found.incidents.get(kind, 0) for kind in kinds})
    yield OUTBOX.of({(): found.outbox_rows})
    yield OUTBOX_AGE.of({(): found.outbox_age_s})
    yield DELIVERIES.of({(form,): found.waiting.get(form, 0) for form in FORMS})
    kinds = [(form, state) for form in FORMS for state in STATES]
    yield ENDPOINTS.of({kind: found.endpoints.get(kind, 0) for kind in kinds})


async def families(center: Center) -> list[GaugeMetricFamily]:
    """What can be found; of a server that does not answer nothing is told but that."""
    ready, counted = await asyncio.gather(readiness(center), _standing(center))
    families = [*_of_readiness(ready), *(_of_standing(counted) if counted else ())]
    if ready.dependencies["kafka"].ready:
        families.append(LAG.of(await _lags(center, counted.positions if counted else {})))
    return families


async def _standing(center: Center) -> Standing | None:
    try:
        async with asyncio.timeout(PATIENCE_S), center.engine.connect() as connection:
            return await standing(connection, utc_now())
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        _log.info("vitals_without_postgres", reason=str(error))
        return None


async def _lags(center: Center, positions: Mapping[tuple[str, str, int], int]) -> dict[tuple[str, ...], float]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return {place: count for place, count in (await lags(center.settings.kafka, positions)).items()}
    except (KafkaError, OSError, TimeoutError) as error:
        _log.info("vitals_without_lag", reason=str(error))
        return {}
