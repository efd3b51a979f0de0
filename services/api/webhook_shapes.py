"""What goes in and out of `/v1/webhooks`: wishes, endpoints, deliveries, attempts."""

from collections.abc import Mapping, Set
from typing import Any, Literal

import msgspec
from sqlalchemy import Row

from schemas.errors import Invalid
from schemas.incidents import CHANGE_KINDS, STATES
from schemas.sentences import say
from schemas.signals import SEVERITIES
from schemas.times import At

DeliveryState = Literal["waiting", "delivered", "failed", "unsaid", "withheld"]
KNOWN = {"kinds": CHANGE_KINDS, "severity": SEVERITIES, "state": STATES}


class Filters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which changes are told; an empty list lets everything through."""

    kinds: list[str] = []
    """Kinds of change: `opened`, `updated`, `merged`, `resolved`, …"""
    severity: list[str] = []
    domain: list[str] = []
    agency: list[str] = []
    zone: list[str] = []
    state: list[str] = []


class Wish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An endpoint to register."""

    form: Literal["webhook", "email", "message"] = "webhook"
    """Systems are told by signed POSTs; people by mail, or through a gateway of short messages (SMS, Zalo)."""
    url: str | msgspec.UnsetType = msgspec.UNSET
    """`webhook`, `message`: where is POSTed to."""
    to: list[str] | msgspec.UnsetType = msgspec.UNSET
    """`email`, `message`: `duty` for whoever is on duty when it is sent (the default), and addresses or numbers."""
    template: dict[str, Any] | list[Any] | msgspec.UnsetType = msgspec.UNSET
    """`message`: the JSON that the gateway wants; `{phone}`, `{text}`, `{name}`, `{incident}`, `{severity}`, `{url}` in
    its texts are replaced."""
    authorization: str | msgspec.UnsetType = msgspec.UNSET
    """`message`: the header `Authorization`; never shown again."""
    description: str = ""
    filters: Filters | msgspec.UnsetType = msgspec.UNSET
    """Without: for people what opens as critical or major, what escalates, and the end of what they know; else all."""
    agency: str | None = None
    """Told only of what names this agency, and managed by its people too, from then on. People and keys of an agency
    name their own or none, which is the same; for others null is the whole city."""


class EndpointChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different about an endpoint; what is left out stays."""

    url: str | msgspec.UnsetType = msgspec.UNSET
    to: list[str] | msgspec.UnsetType = msgspec.UNSET
    template: dict[str, Any] | list[Any] | msgspec.UnsetType = msgspec.UNSET
    authorization: str | msgspec.UnsetType = msgspec.UNSET
    """Empty: none any more; left out it stays, unless `url` names another server."""
    description: str | msgspec.UnsetType = msgspec.UNSET
    filters: Filters | msgspec.UnsetType = msgspec.UNSET


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A registered endpoint."""

    id: str
    form: str
    """`webhook`, `email`, `message`."""
    url: str
    """Empty: `email`."""
    to: list[str]
    """Whom it tells: `duty` is whoever is on duty, the others are addresses or numbers; none: `webhook`."""
    template: Any
    """null but for `message`."""
    authorized: bool
    """It sends a header `Authorization`."""
    description: str
    filters: dict[str, list[str]]
    unknown: dict[str, list[str]]
    """Filter → what it names, or whose it is, that nothing in force is called: it is told nothing of that."""
    agency: str | None
    """Told only of what names this agency, and managed by its people too; null: the whole city's."""
    created_at: At
    disabled_at: At | None
    disabled_reason: str | None
    disabled_reason_vi: str | None
    """null also of what was disabled before there was one."""
    failing_since: At | None
    waiting: int
    """Deliveries that are due or will be tried again."""
    waiting_since: At | None
    """When the oldest of them was queued."""


class NewEndpoint(Endpoint, frozen=True, kw_only=True):
    """A registered endpoint with its secret, which is shown this once."""

    secret: str | None
    """null but for `webhook`."""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One change on its way to one endpoint."""

    id: int
    message_id: str
    """The header `webhook-id`, and the left part of `Message-ID`: stable over retries and replays."""
    incident_id: str
    version: int
    state: str
    """`waiting`, `delivered`, `failed`, `unsaid`, `withheld` (exercise)."""
    attempts: int
    created_at: At
    next_at: At
    tried_at: At | None
    """Of the last attempt, as are `status` and `error`."""
    status: int | None
    error: str | None
    told: list[str]
    """Addresses and numbers of people whom it has reached."""
    body: str
    """The bytes that are signed and sent; people are told in words what they say."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try."""

    at: At
    status: int | None
    error: str | None
    duration_ms: int
    response: str | None


class Attempts(msgspec.Struct, frozen=True):
    """The attempts of one delivery, the oldest first."""

    items: list[Attempt]


class Accepted(msgspec.Struct, frozen=True):
    """It is on its way; the deliveries say what came of it."""

    id: str


class ReplayWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From when on everything is to be sent again."""

    since: At


class SentAgain(msgspec.Struct, frozen=True):
    """How many deliveries are due again."""

    deliveries: int


def checked(filters: Filters) -> dict[str, list[str]]:
    """The filters that narrow anything, as they are stored; raises Invalid naming the filter."""
    found: dict[str, list[str]] = {name: value for name, value in msgspec.to_builtins(filters).items() if value}
    for name, known in KNOWN.items():
        if wrong := [value for value in found.get(name, ()) if value not in known]:
            raise Invalid(say("value_none_of", value=wrong[0], known=", ".join(known)), field=f"filters.{name}")
    return found


def unknown_of(row: Row[Any], known: Mapping[str, Set[str]]) -> dict[str, list[str]]:
    """Filter → the names in it that are none of those known, with the endpoint's own agency."""
    owner = {row.agency} - {None}
    named = {name: set(row.filters.get(name, ())) | (owner if name == "agency" else set()) for name in known}
    return {name: sorted(found - known[name]) for name, found in named.items() if found - known[name]}


def endpoint_view(row: Row[Any], known: Mapping[str, Set[str]]) -> dict[str, Any]:
    """An endpoint as it is shown, without its secrets; `known`: by filter the names in force."""
    names = [name for name in Endpoint.__struct_fields__ if name not in ("authorized", "unknown")]
    worked_out = {"authorized": bool(row.authorization), "unknown": unknown_of(row, known)}
    return {name: getattr(row, name) for name in names} | worked_out


def delivery_view(row: Row[Any]) -> dict[str, Any]:
    """A delivery as it is shown."""
    names = [name for name in Delivery.__struct_fields__ if name != "body"]
    return {name: getattr(row, name) for name in names} | {"body": row.body.decode()}
