"""Pure: no Django."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_search_for_cycles() -> Iterator[None]:
    """While millions of plain values are made and kept, searching them for reference cycles finds nothing and takes a
    fifth of the time.

    Whoever finds the search off already leaves it off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
