"""What an error of PostgreSQL says to one who writes: wait and try again, this can never be written, or neither."""

from sqlalchemy.exc import DBAPIError, InterfaceError

AWAY = frozenset({"08", "25", "40", "53", "55", "57", "58"})
"""Classes of SQLSTATE that are over some day: connection, state of the transaction (it was idle for too long, the
server only reads), conflict, resources, locks, an operator, the system."""
REFUSED = frozenset({"21", "22", "23", "54"})
"""Classes of what is wrong with the data: cardinality, values, constraints, limits of PostgreSQL."""


def is_away(error: DBAPIError) -> bool:
    """Whether the same may well succeed later: nothing is said against what was to be written."""
    if error.connection_invalidated:
        return True
    state = state_of(error)
    return state[:2] in AWAY if state else error.statement is None or isinstance(error, InterfaceError)


def is_refused(error: DBAPIError) -> bool:
    """Whether PostgreSQL, or its client before it, cannot take what was to be written."""
    state = state_of(error)
    return not is_away(error) and (state == "" or state[:2] in REFUSED)


def only_reads(error: DBAPIError) -> bool:
    """Whether the server takes no writes: another one may by now."""
    return state_of(error) == "25006"


def state_of(error: DBAPIError) -> str:
    """The SQLSTATE; empty where the server said nothing: it was not reached, or not asked."""
    return getattr(error.orig, "sqlstate", None) or ""


def said_by(error: DBAPIError) -> str:
    """What the server or its client says, on one line, for people."""
    return " ".join(str(error.orig).split())
