"""Where the stages stand, as the recorder and telemetry tell it."""

from infra.redis.stages import Stage
from schemas.links import LinkTick
from schemas.readings import Tick
from services.recorder.ages import stages_of
from services.telemetry.follow import stage_at


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


def test_telemetry_is_as_far_behind_as_in_the_topic_that_it_reads_last() -> None:
    ticks = [Tick(now_ms=90_000, sent_ms=300_000), Tick(now_ms=30_000, sent_ms=60_000)]
    assert stage_at(ticks, 300_500) == Stage(30_000, 300_500, 240_500)
    assert stage_at(ticks[:1], 299_000) == Stage(90_000, 299_000, 0), "a clock set back meanwhile"
