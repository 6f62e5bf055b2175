"""Is no article in the language of the question?"""

from __future__ import annotations

from corpus.article import Article
from qa.question.language import is_foreign, is_other, named

KOREAN = Article("bridge", "다리가 열렸다", "오슬로의 항구 다리가 금요일에 열렸다. 시장이 테이프를 끊었다.")
ENGLISH = Article(
    "port", "A port opens", "The mayor opened the new port of the town on Friday, and it was full of people."
)


def test_a_language_of_the_articles_is_no_other() -> None:
    assert not is_other("ko", (("en", 0.9), ("ko", 0.1)), [])
    assert is_other("ko", (("en", 1.0),), [ENGLISH])


def test_one_found_article_in_it_is_enough() -> None:
    assert not is_other("ko", (("en", 1.0),), [ENGLISH, KOREAN])


def test_one_written_alike_may_be_meant() -> None:
    assert not is_other("zh", (("ja", 1.0),), [])
    assert is_other("zh", (("ko", 1.0),), [])


def test_what_may_be_a_mistake_about_one_article_is_not_named() -> None:
    assert named((("en", 0.7), ("ko", 0.28), ("la", 0.02))) == ("en", "ko")
    assert named((("en", 0.04), ("de", 0.03))) == ("en",)


def test_a_passage_is_foreign_that_is_surely_in_another_language() -> None:
    assert is_foreign("ko", ENGLISH.text) and is_foreign("en", KOREAN.text)
    assert not is_foreign("en", ENGLISH.text) and not is_foreign("ko", KOREAN.text)
    # Where it is not known in which language somebody asks, nothing is foreign.
    assert not is_foreign(None, KOREAN.text)
