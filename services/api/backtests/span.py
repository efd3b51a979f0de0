"""Which stretch of the history a backtest is about."""

from datetime import datetime, timedelta
from typing import Any

from schemas.backtests import Proposal
from schemas.errors import Invalid
from schemas.sentences import say
from services.api.moments import check_from_to

USUAL, LONGEST = timedelta(hours=24), timedelta(days=31)


def span(proposal: Proposal, now: datetime) -> tuple[datetime, datetime]:
    """From when to when, event time; by default the last 24 hours. Raises Invalid naming the field."""
    to = proposal.to or now
    start = proposal.start or to - USUAL
    check_from_to(start, to)
    if to - start > LONGEST:
        raise Invalid(say("too_far_before", days=LONGEST.days), field="from")
    return start, to


PARTS = ("rules", "domains", "conditions", "limits")


def check_something(proposal: Proposal) -> None:
    """Raises Invalid if nothing would be different, or one thing is proposed twice."""
    parts: dict[str, list[Any]] = {name: getattr(proposal, name) for name in PARTS}
    if not (proposal.without or any(parts.values())):
        raise Invalid(say("nothing_proposed"), field="rules")
    for name, items in parts.items():
        ids = [one.id for one in items]
        for number, one in enumerate(ids):
            if one in ids[:number]:
                raise Invalid(say("proposed_twice"), field=f"{name}.{number}.id")
