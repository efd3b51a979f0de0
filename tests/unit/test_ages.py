"""Where the stages stand, as the recorder tells it."""

from infra.redis.stages import Stage
from schemas.links import LinkTick
from services.recorder.ages import stages_of


def test_a_backlog_is_told_of_the_stage_that_has_it_and_ingest_speaks_for_itself() -> None:
    tick = LinkTick(
        now_ms=0, clock="live", sent_ms=1_000, stages={"ingest": 1_000, "detect": 241_000, "correlate": 241_300}
    )
    assert stages_of(tick, 241_400) == {
        "detect": Stage(0, 241_000, 240_000),
        "correlate": Stage(0, 241_300, 300),
        "recorder": Stage(0, 241_400, 100),
    }


def test_without_a_word_of_ingest_the_first_stage_is_told_all_the_same() -> None:
    tick = LinkTick(now_ms=0, clock="live", sent_ms=1_000, stages={"detect": 1_500})
    assert stages_of(tick, 1_600) == {"detect": Stage(0, 1_500, 0), "recorder": Stage(0, 1_600, 100)}
