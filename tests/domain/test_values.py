"""The closed vocabularies."""

from __future__ import annotations

import inspect

import pytest

from kaa_bridge.domain import values
from kaa_bridge.domain.values import Word

WORDS = [one for _, one in inspect.getmembers(values, inspect.isclass) if issubclass(one, Word) and one is not Word]


@pytest.mark.parametrize("vocabulary", WORDS)
def test_a_word_is_found_by_its_text_and_its_text_by_the_word(vocabulary: type[Word]) -> None:
    assert list(vocabulary)
    for word in vocabulary:
        by_word: dict[str, int] = {word: 1}
        assert by_word[str(word.value)] == 1
        assert word in frozenset({str(word.value)})
