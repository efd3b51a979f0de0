"""Answers of ingest that the API passes on, for the OpenAPI document."""

import msgspec


class Refused(msgspec.Struct, frozen=True):
    """An event of a batch that was not taken."""

    index: int
    id: str | None
    detail: str


class Hooked(msgspec.Struct, frozen=True):
    """How many readings and events a post of another form brought."""

    accepted: int
    rejected: int
    """They are in the dead letters."""
    duplicates: int
    detail: str
    """Why the first of those that are rejected is; empty if none is."""


class Taken(msgspec.Struct, frozen=True):
    """How many events were taken, and which were not."""

    accepted: int
    rejected: list[Refused] = []
    duplicates: int = 0
    """Events with a source and id that were taken before."""
