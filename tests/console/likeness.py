"""How like a picture of a screen is to the one that is kept: pixel by pixel, or by blocks where letters differ."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

NOISE = 1
"""Of 255: how far a colour may be apart in the same browser with the same letters."""
NOISY = 0.001
"""Share of the pixels that may be further apart than noise: what a small picture leaves at its edges."""
FAR = 16
"""Of 255: from here on it is another colour."""
STRAY = 0.0001
"""Share of the pixels that may be of another colour: 105 of a desk's screen, less than two edges of a button. The map
of the wall, drawn at another part of a pixel, had 525 of 8.3 million."""
BLOCK = 48
"""Width and height of a block in pixels: two lines of text."""
BLOCK_APART = 24
"""Of 255: how far the mean colour of a block may be apart where letters differ."""
BLOCKS_APART = 0.04
"""Share of the blocks that may be further apart: lines break elsewhere. Three other fonts had up to 1.1 %."""
MEAN_APART = 4.0
"""Of 255: how far all blocks may be apart in the mean. Other fonts had up to 2.9, pages without margins 2.3 to 5.4."""


@dataclass(frozen=True)
class Unlike:
    """What is wrong in words, and where: left, top, right, bottom in pixels."""

    words: str
    box: tuple[int, int, int, int]

    def __str__(self) -> str:
        return f"{self.words} within {self.box}"


def _size(kept: Image.Image, seen: Image.Image) -> Unlike | None:
    return None if kept.size == seen.size else Unlike(f"it is {seen.size}, not {kept.size}", (0, 0, *seen.size))


def _apart(kept: Image.Image, seen: Image.Image) -> NDArray[np.uint8]:
    """By row and column the colour that is furthest apart."""
    found: NDArray[np.uint8] = np.asarray(ImageChops.difference(kept.convert("RGB"), seen.convert("RGB"))).max(axis=2)
    return found


def _box(far: NDArray[np.bool_], scale: int) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(far)
    edges = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    left, top, right, bottom = (int(edge) * scale for edge in edges)
    return left, top, right, bottom


def unlike(kept: Image.Image, seen: Image.Image) -> Unlike | None:
    """What differs pixel by pixel; nothing where browser and letters are the same and so is the screen."""
    if wrong := _size(kept, seen):
        return wrong
    apart = _apart(kept, seen)
    far, noisy = apart > FAR, apart > NOISE
    if far.mean() > STRAY:
        return Unlike(f"{far.sum()} pixels are of another colour", _box(far, 1))
    return Unlike(f"{noisy.mean():.1%} of the pixels differ", _box(noisy, 1)) if noisy.mean() > NOISY else None


def blocks(image: Image.Image) -> Image.Image:
    """Each block as one pixel of its mean colour; what is left over at the right and below is left out."""
    across, down = image.width // BLOCK, image.height // BLOCK
    return image.convert("RGB").resize((across, down), Image.Resampling.BOX, (0, 0, across * BLOCK, down * BLOCK))


def unlike_in_blocks(kept: Image.Image, seen: Image.Image) -> Unlike | None:
    """What differs in surfaces and places: what other letters, or another browser, do not explain."""
    if wrong := _size(kept, seen):
        return wrong
    apart = _apart(blocks(kept), blocks(seen))
    far = apart > BLOCK_APART
    if far.mean() > BLOCKS_APART:
        return Unlike(f"{far.mean():.1%} of the blocks differ by more than {BLOCK_APART}", _box(far, BLOCK))
    if apart.mean() > MEAN_APART:
        return Unlike(f"blocks differ by {apart.mean():.1f} in the mean", _box(apart > MEAN_APART, BLOCK))
    return None
