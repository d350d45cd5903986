"""Long lists in portions that one statement of either database can carry. Pure: no Django."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
PORTION = 500


def portions(items: Sequence[Item], size: int = PORTION) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start:start + size]
