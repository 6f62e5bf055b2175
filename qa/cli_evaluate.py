"""The verb `evaluate`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.errors import UserError
from qa.archive import CACHE, Archive
from qa.progress import progress_bar
from qa.settings import Settings, load_settings
from qa.show.wording import printable

if TYPE_CHECKING:
    from qa.evaluate.compare.compare import Comparison
    from qa.evaluate.compare.gate import GateResult
    from qa.evaluate.measure.evaluation import Evaluation

# Enough for a median; at half a second each they do not keep anybody waiting.
TIMED = 20

_path = click.Path(path_type=Path)


@click.command()
@click.argument("gold", metavar="[SET]", type=_path, required=False)
@click.option("--out", type=_path, help="Write answers, run, figures and reports into this folder.")
@click.option("--limit", type=click.IntRange(1), help="Ask this many questions only, spread over the set.")
@click.option("--compare", "before", type=_path, metavar="RUN", help="Compare with a run that --out wrote.")
@click.option(
    "--gate",
    "gates",
    multiple=True,
    metavar="MEASURE=X",
    help="With --compare: exit with 1 when MEASURE is significantly worse by X or more. May be repeated.",
)
@click.option("--junit", type=_path, help="With --gate: write a JUnit XML report of the gates to this file.")
@click.option("--cache", type=_path, default=CACHE, show_default=True, help="Keeps the indexes of the sets' articles.")
@click.option("--timed", type=click.IntRange(0), default=TIMED, show_default=True, help="Questions to time.")
@click.option("--seed", type=int, help="Of the resampling behind intervals and tests.")
@click.option("--index", help="Folder or database of the index, for a set without articles.  [default: .article-qa]")
@click.option("--config", type=_path, help="A TOML file of settings.")
@click.option("--encoder", help="The sentence-transformers model, by name or folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
def evaluate(gold: Path | None, **options: Any) -> None:  # noqa: ANN401  (click passes the rest by name)
    """Ask every question of the gold set SET and measure the answers.

    SET is a BEIR folder, a folder of TREC topics and qrels, SQuAD 2.0 JSON, or questions as JSON Lines or CSV. One
    with articles of its own is asked of these, any other of the index. Without SET: the bundled articles' own.
    """
    if options["gates"] and not options["before"]:
        raise click.UsageError("--gate needs --compare RUN")
    if options["junit"] and not options["gates"]:
        raise click.UsageError("--junit needs --gate")
    settings = load_settings(options["config"], index=options["index"], encoder=options["encoder"])
    _evaluate(gold, settings, options)


def _evaluate(path: Path | None, settings: Settings, options: dict[str, Any]) -> None:
    from index.place import place_of
    from qa.evaluate import pipeline
    from qa.evaluate.compare.compare import compare, pair_up
    from qa.evaluate.compare.gate import apply_gates, parse_gate
    from qa.evaluate.measure.bootstrap import SEED
    from qa.evaluate.report.save import save
    from qa.evaluate.run.files import read_run

    gates = [parse_gate(text) for text in options["gates"]]
    earlier = read_run(options["before"]) if options["before"] else None
    seed = SEED if options["seed"] is None else options["seed"]
    asked = {name: options[name] for name in ("limit", "cache", "timed")}
    with progress_bar("evaluate") as on_progress:
        evaluation = Archive(settings).evaluate(path, **asked, seed=seed, on_progress=on_progress)
    lost, folder = evaluation.unreadable, place_of(evaluation.folder)
    if lost:
        click.echo(f"{len(lost)} of the set's articles could not be indexed; the first: {lost[0]}", err=True)
    comparison, results = None, []
    if earlier is not None:
        # Judged anew, by the set as it is now: a corrected gold answer is no change of the run.
        before = pipeline.judge_run(evaluation.gold, earlier, folder)
        comparison = compare(*pair_up(before, evaluation.judgements), seed=seed)
        results = apply_gates(gates, comparison)
    if options["out"]:
        save(evaluation, pipeline.explain(evaluation.judgements, folder), options["out"], comparison, results)
    _print(evaluation, comparison, results, options)


def _print(
    evaluation: Evaluation,
    comparison: Comparison | None,
    results: Sequence[GateResult],
    options: dict[str, Any],
) -> None:
    from qa.evaluate.compare.gate import write_junit
    from qa.evaluate.report.save import metrics_json
    from qa.evaluate.report.text import comparison_lines, evaluation_lines

    if options["as_json"]:
        click.echo(json.dumps(metrics_json(evaluation, comparison, results), ensure_ascii=False))
    else:
        click.echo("\n".join(map(printable, evaluation_lines(evaluation))))
        if comparison:
            click.echo("\n" + "\n".join(map(printable, comparison_lines(comparison, results))))
    if options["out"]:
        click.echo(printable(f"written to {options['out']}"), err=True)
    if options["junit"]:
        write_junit(results, evaluation.gold.name, options["junit"])
    closed = [result.reason for result in results if not result.holds]
    if closed:
        raise UserError(f"{len(closed)} of {len(results)} gates closed: {closed[0]}")
