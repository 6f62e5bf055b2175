"""The bundled articles in each format, an index a format: are the same questions answered with the same sentences?

    python benchmarks/formats.py --questions 20

A row a format: articles read, questions with the sentence that the text files give, citations that are exact to the
character. Exits with 1 where a sentence differs or a citation is not exact.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

import one_of_each  # noqa: E402  (the folders above)

from corpus.bundled import ARTICLES, GOLD  # noqa: E402
from corpus.readers import read_articles  # noqa: E402
from index.generations import IndexFolder  # noqa: E402
from index.update import build_index  # noqa: E402
from qa.answerer import Answerer  # noqa: E402
from qa.build import Models, load_models, open_answerer  # noqa: E402
from qa.check.verify import citation_problem  # noqa: E402
from qa.settings import Settings  # noqa: E402


def opened(folder: Path, sources: list[str], models: Models) -> tuple[Answerer, str]:
    """An answerer over an index of `sources`, and how many articles were read."""
    report = build_index(IndexFolder(folder), read_articles(sources), models.encoder)
    return open_answerer(Settings(index=folder), models), f"{report.added} of {report.added + len(report.unreadable)}"


def said(answerer: Answerer, question: str) -> tuple[bool, list[str]]:
    """Whether there is an answer, and its words: another format may have other blank lines."""
    answer = answerer.ask(question)
    return answer.is_answerable, (answer.text or "").split()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=20)
    lines = (GOLD / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["text"] for line in lines][: parser.parse_args().questions]
    models = load_models(Settings())
    wrong = 0
    print("| format | articles read | same sentence | exact citations | with a page |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        plain, _ = opened(Path(folder, "plain"), [str(ARTICLES)], models)
        expected = [said(plain, question) for question in questions]
        for suffix in (*one_of_each.SINGLE, *one_of_each.SEVERAL):
            name = suffix.lstrip(".").replace(".", "-")
            source = one_of_each.write(Path(folder, "files", name), suffix, one_of_each.bundled())
            answerer, read = opened(Path(folder, name), [str(source)], models)
            same = exact = cited = paged = 0
            for question, (is_answerable, words) in zip(questions, expected, strict=True):
                answer = answerer.ask(question)
                same += (answer.is_answerable, (answer.text or "").split()) == (is_answerable, words)
                for citation in answer.to_json()["citations"]:  # type: ignore[attr-defined]
                    cited += 1
                    paged += "page" in citation
                    exact += citation_problem(citation, answerer.store.article(citation["article_id"])) is None
            wrong += len(questions) - same + cited - exact
            print(f"| `{suffix}` | {read} | {same} of {len(questions)} | {exact} of {cited} | {paged} |", flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
