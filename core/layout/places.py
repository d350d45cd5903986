"""Where a text stands in a grid."""

from core.sheets import Grid, Place

__all__ = ["Place", "areas_in_row"]


def areas_in_row(grid: Grid, row: int) -> list[Place]:
    """The cells of a row from the left, each merged area once."""
    return list(grid.places(row))
