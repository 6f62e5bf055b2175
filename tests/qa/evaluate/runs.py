"""Gold questions and runs made by hand, for tests that need no model."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

from qa.answer import Answer, Citation, IndexInfo
from qa.evaluate.gold.gold_set import GoldQuestion
from qa.evaluate.measure.figures import judge_all
from qa.evaluate.measure.judge import ArticleWords, Judgement
from qa.evaluate.run.ask import Asked

ARTICLES = [f"article-{n}" for n in range(40)]


class Nowhere(ArticleWords):
    """No article holds anything."""

    def __init__(self) -> None:
        pass

    def hold(self, answers: Sequence[str]) -> bool:
        return False


def gold_question(number: int, *, is_answerable: bool = True) -> GoldQuestion:
    """Question `number`; its answer, "fact 7 here", stands in article-7; two questions share an article."""
    article = ARTICLES[number % len(ARTICLES)]
    return GoldQuestion(
        question_id=f"q{number}",
        text=f"What is fact {number}?",
        where=f"queries.jsonl:{number + 1}",
        answers=(f"fact {article} here",) if is_answerable else (),
        is_answerable=is_answerable,
        relevant={article: 1} if is_answerable else {},
        near=(article,),
    )


def citation(
    article_id: str, rank: int, quote: str | None = None, *, marked: tuple[int, int] | None = None
) -> Citation:
    quote = f"Some say: fact {article_id} here." if quote is None else quote
    start, end = marked or (0, len(quote))
    return Citation(
        rank=rank,
        article_id=article_id,
        passage_id=f"{article_id}:0-{len(quote)}",
        title=f"Title of {article_id}",
        source=None,
        published=None,
        url=None,
        start=0,
        end=len(quote),
        quote=quote,
        answer_start=start,
        answer_end=end,
        score=round(1 - rank / 100, 2),
        text_sha256=hashlib.sha256(quote.encode()).hexdigest(),
    )


def answer(
    citations: Sequence[Citation], *, question: str = "What?", is_answerable: bool = True, confidence: float = 0.8
) -> Answer:
    return Answer(
        question=question,
        query=question,
        is_answerable=is_answerable,
        confidence=confidence,
        text=citations[0].answer if is_answerable and citations else None,
        citations=tuple(citations),
        index=IndexInfo("1", 40, 40),
        timing_ms={"encode": 1.0, "total": 2.0},
    )


def asked(question: GoldQuestion, articles: Sequence[str], **options: object) -> Asked:
    """`question` answered from `articles`, best first."""
    citations = [citation(article_id, rank) for rank, article_id in enumerate(articles[:10], start=1)]
    return Asked(question.question_id, answer(citations, question=question.text, **options), tuple(articles))


def good_run(questions: Sequence[GoldQuestion], *, seed: int = 0) -> list[Asked]:
    """Every answer but each fifth has its article first; unanswerable questions are mostly refused."""
    chance = random.Random(seed)
    run = []
    for number, question in enumerate(questions):
        others = chance.sample([a for a in ARTICLES if a not in question.relevant], 11)
        is_hard = number % 5 == 0
        best = [*others[:3], *question.relevant, *others[3:]] if is_hard else [*question.relevant, *others]
        is_refused = not question.is_answerable and not is_hard
        certainty = chance.uniform(0.0, 0.4) if is_refused else chance.uniform(0.3, 1.0)
        run.append(asked(question, best, is_answerable=not is_refused, confidence=round(certainty, 4)))
    return run


def shuffled(run: Sequence[Asked], *, seed: int = 0) -> list[Asked]:
    """The same run with every ranking in an order of chance."""
    chance = random.Random(seed)
    broken = []
    for each in run:
        articles = chance.sample(each.articles, len(each.articles))
        citations = [citation(article_id, rank) for rank, article_id in enumerate(articles[:10], start=1)]
        given = each.answer
        broken.append(
            Asked(
                each.question_id,
                answer(
                    citations,
                    question=given.question,
                    is_answerable=given.is_answerable,
                    confidence=given.confidence,
                ),
                tuple(articles),
            )
        )
    return broken


def questions(n: int = 100, unanswerable: int = 30) -> list[GoldQuestion]:
    return [gold_question(number, is_answerable=number < n - unanswerable) for number in range(n)]


def judged(gold: Sequence[GoldQuestion], run: Sequence[Asked]) -> list[Judgement]:
    return judge_all(gold, run, Nowhere())
