"""What is kept apart from collections is let go once it is dead."""

import gc
import weakref

from infra.memory import keep_apart


class Knot:
    """Refers to itself: only a collection lets it go."""

    def __init__(self) -> None:
        self.own = self


def test_what_is_kept_apart_and_died_goes_when_the_next_is() -> None:
    knot = Knot()
    seen = weakref.ref(knot)
    try:
        keep_apart()
        del knot
        gc.collect()
        assert seen() is not None and gc.get_freeze_count() > 0
        keep_apart()
        assert seen() is None
    finally:
        gc.unfreeze()
