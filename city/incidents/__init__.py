"""From explained groups to incidents with a life, and what people command (DESIGN D4, D5): pure."""

from city.incidents.commands import RESHAPING, obey
from city.incidents.due import fire
from city.incidents.model import Command, Fact, Moment, Outcome, State, Tracked
from city.incidents.overrule import reshape
from city.incidents.scene import Reshaped, Scene
from city.incidents.suppression import Judged, suppress
from city.incidents.undoing import overrule_named
from city.incidents.update import update

__all__ = [
    "RESHAPING",
    "Command",
    "Fact",
    "Judged",
    "Moment",
    "Outcome",
    "Reshaped",
    "Scene",
    "State",
    "Tracked",
    "fire",
    "obey",
    "overrule_named",
    "reshape",
    "suppress",
    "update",
]
