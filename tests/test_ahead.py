"""Batches that are made ahead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from lenet_explain.training.prefetch import ahead


def counted(made: list[int], until: int) -> Iterator[int]:
    for number in range(until):
        made.append(number)
        yield number
    made.append(-1)


def test_items_come_in_their_order_and_all_of_them() -> None:
    made: list[int] = []
    assert list(ahead(counted(made, 5))) == [0, 1, 2, 3, 4]
    assert made == [0, 1, 2, 3, 4, -1]


def test_no_more_than_one_is_made_ahead_and_none_after_the_end() -> None:
    made: list[int] = []
    with closing(ahead(counted(made, 1000))) as items:
        assert [next(items), next(items)] == [0, 1]
    assert made == [0, 1, 2]


def test_a_fault_in_the_making_reaches_who_asks_for_the_item() -> None:
    def broken() -> Iterator[int]:
        yield 0
        raise ValueError("no such image")

    items = ahead(broken())
    assert next(items) == 0
    with pytest.raises(ValueError, match="no such image"):
        next(items)
