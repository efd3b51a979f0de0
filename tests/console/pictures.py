"""What a picture of the screen shows, without a stored picture: fonts and renderers differ from machine to machine."""

from typing import TypedDict

from playwright.sync_api import Page

LOOK = """async (bytes) => {
  const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
  const canvas = new OffscreenCanvas(320, Math.round((320 * picture.height) / picture.width));
  const context = canvas.getContext('2d');
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Map();
  let light = 0;
  for (let at = 0; at < data.length; at += 4) {
    light += 0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2];
    const colour = (data[at] >> 4) * 256 + (data[at + 1] >> 4) * 16 + (data[at + 2] >> 4);
    colours.set(colour, (colours.get(colour) ?? 0) + 1);
  }
  const pixels = data.length / 4;
  return { light: light / pixels, colours: colours.size, largest: Math.max(...colours.values()) / pixels };
}"""
COVERED = """() => [...document.querySelectorAll('.mark')].filter((mark) => {
  const { left, top, width, height } = mark.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  const map = document.querySelector('[data-map]').getBoundingClientRect();
  if (x < map.left || y < map.top || x > map.right || y > map.bottom) return false;
  const top_ = document.elementFromPoint(x, y)?.closest('.mark, .zoom, details');
  return mark.querySelector('polygon.body')?.getAttribute('fill') === '#ff4d4f' && top_?.classList.contains('mark') &&
    top_ !== mark && top_.querySelector('polygon.body')?.getAttribute('fill') !== '#ff4d4f';
}).length"""


class Look(TypedDict):
    """Mean lightness 0 to 255; how many colours of 4,096; the share of the commonest."""

    light: float
    colours: int
    largest: float


def look(page: Page, selector: str | None = None) -> Look:
    """Of the whole page, or of a part of it; call it when the map is idle."""
    taken = page.locator(selector).screenshot() if selector else page.screenshot(animations="disabled")
    found: Look = page.evaluate(LOOK, list(taken))
    return found


def hidden_critical_marks(page: Page) -> int:
    """Critical marks of the map that lie under something less severe."""
    return int(page.evaluate(COVERED))


def structure(page: Page) -> str:
    """Roles and headings of the page, without what changes by the second."""
    lines = page.locator("body").aria_snapshot().splitlines()
    return "\n".join(
        line for line in lines if any(word in line for word in ("heading", "region", "navigation", "main"))
    )
