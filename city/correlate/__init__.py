"""From signals to explained groups: a pure function of the set of signals, computed incrementally (DESIGN D4)."""

from city.correlate.correlator import Correlator
from city.correlate.window import Window

__all__ = ["Correlator", "Window"]
