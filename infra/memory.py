"""How often a process looks for garbage that refers to itself."""

import gc


def keep_apart() -> None:
    """All that lives now is left out of collections until this is called again; then what died meanwhile goes first.

    Without it the collector of cycles looks through a whole city each time that what lives has grown by a quarter:
    an eighth of correlate's time in a storm.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def collect_seldom() -> None:
    """Young objects are looked through less often: for processes whose work makes many at once and no cycles.

    A batch of the recorder costs a twentieth less, in a storm a tenth; signals of correlate a twentieth less.
    """
    gc.set_threshold(50_000, 20, 20)
