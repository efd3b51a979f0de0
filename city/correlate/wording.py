"""How alike two texts are, in words of any order and spelling: citizens write with and without diacritics."""

import unicodedata
from re import compile as pattern

LETTERS = 3
WORD = pattern(r"[^\W_]+")
Grams = frozenset[str]


def grams(text: str) -> Grams:
    """The runs of three letters within each word, a blank before and after it; case and diacritics do not count."""
    bare = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    words = WORD.findall("".join(letter for letter in bare if not unicodedata.combining(letter)))
    return frozenset(f" {word} "[start : start + LETTERS] for word in words for start in range(len(word) + 3 - LETTERS))


def likeness(one: Grams, other: Grams) -> float:
    """0 to 1: Dice's coefficient (1945) of the two sets; 0 where one of them is empty."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
