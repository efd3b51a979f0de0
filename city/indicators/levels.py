"""Levels of the Vietnamese indices and of disaster risk, with their words and colours.

Codes are neutral: the word *Kém* is better than *Xấu* in VN_AQI, and worse in VN_WQI.
"""

from collections.abc import Sequence

import msgspec


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """One level of an index; of two the worse one has the higher code."""

    code: int
    name: str
    name_vi: str
    colour: str
    colour_vi: str | None = None
    """What the legal text calls the colour; None where the colour is our own."""
    effect: str = ""
    effect_vi: str = ""


def _air(code: int, names: tuple[str, str], colours: tuple[str, str], effects: tuple[str, str]) -> Level:
    (name, name_vi), (colour, colour_vi), (effect, effect_vi) = names, colours, effects
    return Level(
        code=code,
        name=name,
        name_vi=name_vi,
        colour=colour,
        colour_vi=colour_vi,
        effect=effect,
        effect_vi=effect_vi,
    )


VN_AQI_LEVELS = (
    _air(1, ("Good", "Tốt"), ("#00E400", "Xanh"), ("no effect", "không ảnh hưởng tới sức khỏe")),
    _air(
        2,
        ("Moderate", "Trung bình"),
        ("#FFFF00", "Vàng"),
        (
            "acceptable; sensitive people may be affected",
            "chấp nhận được; người nhạy cảm có thể chịu tác động nhất định",
        ),
    ),
    _air(
        3,
        ("Poor", "Kém"),
        ("#FF7E00", "Da cam"),
        ("sensitive people are affected", "người nhạy cảm gặp vấn đề sức khỏe, người bình thường ít ảnh hưởng"),
    ),
    _air(
        4,
        ("Bad", "Xấu"),
        ("#FF0000", "Đỏ"),
        ("everyone begins to be affected", "người bình thường bắt đầu bị ảnh hưởng, người nhạy cảm nghiêm trọng hơn"),
    ),
    _air(
        5,
        ("Very bad", "Rất xấu"),
        ("#8F3F97", "Tím"),
        ("everyone is affected more seriously", "mọi người bị ảnh hưởng nghiêm trọng hơn"),
    ),
    _air(
        6,
        ("Hazardous", "Nguy hại"),
        ("#7E0023", "Nâu"),
        ("emergency, the whole population", "cảnh báo khẩn cấp, toàn bộ dân số"),
    ),
)
"""Decision 1459/QĐ-TCMT of 2019-11-12, tables 1 and 4 (effects abridged); English words are ours."""
VN_AQI_TOPS = (50, 100, 150, 200, 300, 500)
"""The highest index of each level, rounded."""

VN_WQI_LEVELS = (
    Level(code=1, name="Very good", name_vi="Rất tốt", colour="#3333FF", colour_vi="Xanh nước biển"),
    Level(code=2, name="Good", name_vi="Tốt", colour="#2E9E5B"),
    Level(code=3, name="Medium", name_vi="Trung bình", colour="#E3C21C"),
    Level(code=4, name="Bad", name_vi="Xấu", colour="#E07B28"),
    Level(code=5, name="Poor", name_vi="Kém", colour="#C4302B"),
    Level(code=6, name="Very heavily polluted", name_vi="Ô nhiễm rất nặng", colour="#6B1F2A"),
)
"""Decision 1460/QĐ-TCMT of 2019-11-12; only the top level's colour is known, the others are ours."""
VN_WQI_BOTTOMS = (91, 76, 51, 26, 10, 0)
"""The lowest index of each level, rounded."""

RISK_LEVELS = (
    Level(code=1, name="Low", name_vi="Thấp", colour="#9AD0F5", colour_vi="xanh dương nhạt"),
    Level(code=2, name="Medium", name_vi="Trung bình", colour="#FFF3A3", colour_vi="vàng nhạt"),
    Level(code=3, name="Large", name_vi="Lớn", colour="#F28C28", colour_vi="da cam"),
    Level(code=4, name="Very large", name_vi="Rất lớn", colour="#D7263D", colour_vi="đỏ"),
    Level(code=5, name="Catastrophe", name_vi="Thảm họa", colour="#7B2D8B", colour_vi="tím"),
)
"""Decision 18/2021/QĐ-TTg of 2021-04-22, Art. 4: names and colours; the hex values are ours.

The level comes from the official bulletin and is never worked out here nor made one with our severity.
"""


def rising(levels: Sequence[Level], tops: Sequence[int], index: int) -> Level:
    """The level of a rounded index of which more is worse."""
    return next((level for level, top in zip(levels, tops, strict=True) if index <= top), levels[-1])


def falling(levels: Sequence[Level], bottoms: Sequence[int], index: int) -> Level:
    """The level of a rounded index of which less is worse."""
    return next((level for level, bottom in zip(levels, bottoms, strict=True) if index >= bottom), levels[-1])
