"""Which stretch of the history a backtest is about."""

from datetime import datetime, timedelta

from schemas.backtests import Proposal
from schemas.errors import Invalid

USUAL, LONGEST = timedelta(hours=24), timedelta(days=31)


def span(proposal: Proposal, now: datetime) -> tuple[datetime, datetime]:
    """From when to when, event time; by default the last 24 hours. Raises Invalid naming the field."""
    to = proposal.to or now
    start = proposal.start or to - USUAL
    if start >= to:
        raise Invalid("is not before `to`", field="from")
    if to - start > LONGEST:
        raise Invalid(f"is more than {LONGEST.days} days before `to`", field="from")
    return start, to


def check_something(proposal: Proposal) -> None:
    """Raises Invalid if nothing would be different, or one rule is proposed twice."""
    if not (proposal.rules or proposal.without):
        raise Invalid("propose a rule, or one to be without", field="rules")
    ids = [rule.id for rule in proposal.rules]
    for number, name in enumerate(ids):
        if name in ids[:number]:
            raise Invalid("is proposed twice", field=f"rules.{number}.id")
