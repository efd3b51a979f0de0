"""Detection: readings and events become signals, judged by conditions that are data (DESIGN D2)."""

from city.detect.columns import LeanPack, decode_lean_record
from city.detect.detector import Detector
from city.detect.flat import FlatColumns, FlatPack
from city.detect.indices import INDEX
from city.detect.together import Record, Together
from city.detect.winds import Winds

__all__ = [
    "INDEX",
    "Detector",
    "FlatColumns",
    "FlatPack",
    "LeanPack",
    "Record",
    "Together",
    "Winds",
    "decode_lean_record",
]
