"""The command `article-qa`: each verb parses, calls the library and prints."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus import bundled
from corpus.errors import UserError
from qa import __version__
from qa.archive import Archive, copy_archive
from qa.cli_evaluate import evaluate
from qa.progress import progress_bar
from qa.settings import Settings, load_settings
from qa.show.wording import printable

if TYPE_CHECKING:
    from index.store.origin import Origin
    from index.update import Report
    from qa.feedback import Feedback

# Files a build names when they could not be read; the rest are counted.
SHOWN_FAILURES = 20

_index = click.option(
    "--index", help="Folder of the index, or the address of its database, postgresql://...  [default: .article-qa]"
)
_config = click.option("--config", type=click.Path(path_type=Path), help="A TOML file of settings.")
_encoder = click.option("--encoder", help="The sentence-transformers model, by name or folder.")
_dry_run = click.option("--dry-run", is_flag=True, help="Show what would come in, and change nothing.")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, an object a line.")


def _utf8(ctx: click.Context, param: click.Parameter, value: Any) -> Any:  # noqa: ANN401  (click's own signature)
    """`value`, one text or several. Bytes that are not UTF-8 come as surrogates, which SQLite and tokenizers refuse."""
    for text in (value,) if isinstance(value, str) else value:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise click.BadParameter(f"{text!r} is not UTF-8 text.", ctx, param) from error
    return value


class _Commands(click.Group):
    """Prints what a user can put right as one line and exits with 1; usage errors exit with 2."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  (click's own signature)
        try:
            return super().invoke(ctx)
        except UserError as error:
            _fail(str(error))
        except BrokenPipeError:
            # `article-qa list | head`: nobody reads on.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            _fail(f"a disk is full ({error.filename or 'that of temporary files, where TMPDIR says'}); free some space")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Ask a set of articles: the best passages, each cited to the character, or a plain "they do not say"."""


@main.command()
@click.argument("sources", nargs=-1)
@_index
@_config
@_encoder
@click.option("--replace", is_flag=True, help="Let go of what the index has now, without asking.")
@_dry_run
@_json
def build(sources: tuple[str, ...], replace: bool, dry_run: bool, as_json: bool, **options: Any) -> None:  # noqa: ANN401  (as in ask)
    """Make a new index of SOURCES: files, folders, addresses or "-"; without any, of the bundled articles."""
    if dry_run:
        from qa.dry_run import show_articles

        show_articles(sources or [str(bundled.ARTICLES)], load_settings(**options), as_json=as_json)
        return
    settings = load_settings(**options)
    # A script means what it says; somebody at a terminal may have forgotten what is in the folder.
    if not replace and sys.stdin.isatty():
        _ask_before_losing(settings, sources)
    with progress_bar("articles") as on_progress:
        archive = Archive.build(sources or None, settings=settings, on_progress=on_progress)
    assert archive.report is not None
    _report(archive.report, as_json)


def _ask_before_losing(settings: Settings, sources: tuple[str, ...]) -> None:
    """Ask whether articles that are in the index and not in `sources` may go; raise UserError where they may not."""
    from corpus.article import Article
    from corpus.readers import read_articles

    try:
        known = {article.article_id for article in Archive(settings).list()}
    except UserError:
        # None, or none that can be read: nothing to lose.
        return
    named = [str(source) for source in sources or (bundled.ARTICLES,)]
    # What an address has is not known before it is fetched.
    is_elsewhere = any("://" in source for source in named)
    found = () if is_elsewhere or not known else read_articles(named)
    lost = known - {each.article_id for each in found if isinstance(each, Article)}
    if not lost:
        return
    articles = "one article" if len(lost) == 1 else f"{len(lost):,} articles"
    which = "" if is_elsewhere else f" that {'is' if len(lost) == 1 else 'are'} not in these sources"
    question = f"The index in {str(settings.index)!r} has {articles}{which}. Replace it?"
    if not click.confirm(question, err=True):
        raise UserError(
            "the index is as it was; use --replace to replace it, or `article-qa add` to keep what is there"
        )


@main.command()
@click.argument("sources", nargs=-1, required=True)
@_index
@_config
@_dry_run
@_json
def add(sources: tuple[str, ...], dry_run: bool, as_json: bool, **options: Any) -> None:  # noqa: ANN401  (as in ask)
    """Add SOURCES to the index; an article that is there already is replaced if it differs.

    SOURCES are files, folders, addresses of pages, feeds and sitemaps, or "-".
    """
    if dry_run:
        from qa.dry_run import show_articles

        show_articles(sources, load_settings(**options), as_json=as_json)
        return
    archive = Archive(load_settings(**options))
    with progress_bar("articles") as on_progress:
        report = archive.add(sources, on_progress=on_progress)
    _report(report, as_json)


@main.command()
@click.argument("sources", nargs=-1, required=True)
@click.option("--interval", type=click.IntRange(min=60), default=900, help="Seconds between two looks at addresses.")
@click.option("--remove", "removes", is_flag=True, help="Remove the articles of files that are gone.")
@_index
@_config
@_json
def watch(sources: tuple[str, ...], as_json: bool, interval: int, removes: bool, **options: Any) -> None:  # noqa: ANN401
    """Keep the index as SOURCES are, until interrupted: folders as they change, addresses every quarter of an hour."""
    from qa.watch import watch as watch_sources

    archive = Archive.open(settings=load_settings(**options))
    rounds = watch_sources(archive, sources, interval=interval, removes=removes)
    click.echo("watching; stop with Ctrl-C", err=True)
    with suppress(KeyboardInterrupt):
        for each in rounds:
            if as_json:
                _print_json(asdict(each))
            elif each.report is None:
                click.echo(printable(f"{each.source}: {each.problem}"), err=True)
            else:
                _show_round(each.source, each.report)


@main.command()
@_index
@_config
@_encoder
@_json
def rebuild(index: str | None, config: Path | None, encoder: str | None, as_json: bool) -> None:
    """Make the index anew from its own articles: one of an earlier version, or for another encoder."""
    archive = Archive(load_settings(config, index=index, encoder=encoder))
    with progress_bar("articles") as on_progress:
        report = archive.rebuild(on_progress=on_progress)
    _report(report, as_json)


@main.command()
@click.argument("article_ids", nargs=-1, required=True, callback=_utf8, metavar="ARTICLE_ID...")
@_index
@_config
@_json
def remove(article_ids: tuple[str, ...], index: str | None, config: Path | None, as_json: bool) -> None:
    """Remove articles: all that are named, or none if one is unknown."""
    _report(Archive(load_settings(config, index=index)).remove(article_ids), as_json)


@main.command(name="list")
@_index
@_config
@_json
def list_articles(index: str | None, config: Path | None, as_json: bool) -> None:
    """List the articles, newest first."""
    archive = Archive(load_settings(config, index=index))
    origins = archive.origins() if as_json else {}
    for article in archive.list():
        published = article.published.isoformat() if article.published else None
        if as_json:
            found_in = {"origins": _places(origins.get(article.article_id, ()))}
            _print_json(asdict(article) | {"published": published} | found_in)
        else:
            click.echo(f"{published or 'undated   '}  {article.article_id}  {article.title}")


@main.command()
@click.argument("article_id", callback=_utf8)
@_index
@_config
@_json
def show(article_id: str, index: str | None, config: Path | None, as_json: bool) -> None:
    """Print one article, as it is stored and cited."""
    archive = Archive(load_settings(config, index=index))
    article = archive.article(article_id)
    origins = _places(archive.origins([article_id]).get(article_id, ()))
    published = article.published.isoformat() if article.published else None
    if as_json:
        further = {"published": published, "text_sha256": article.text_sha256, "origins": origins}
        _print_json(article.to_record() | further)
        return
    click.secho(article.title, bold=True)
    click.echo(" · ".join(filter(None, (article.source, published or "undated", article.url))))
    for origin in origins:
        click.echo(f"found in {origin}")
    click.echo()
    click.echo(article.text)


@main.command()
@click.argument("article_id", callback=_utf8)
@_index
@_config
@_json
def history(article_id: str, index: str | None, config: Path | None, as_json: bool) -> None:
    """List what an article was before: each earlier text, the latest first, with its page on the server."""
    from qa.show.address import revision_address

    archive = Archive(load_settings(config, index=index))
    now = archive.article(article_id)
    revisions = archive.history(article_id)
    for article, changed in [(now, None), *((each.article, each.changed) for each in revisions)]:
        until = changed.isoformat() if changed else None
        digits, characters = article.text_sha256, len(article.text)
        if as_json:
            fields = article.to_record() | {"published": article.published and article.published.isoformat()}
            _print_json(fields | {"text_sha256": digits, "changed": until})
        else:
            page = "" if changed is None else f"  {revision_address(article_id, digits)}"
            when = "now       " if until is None else until
            click.echo(f"{when}  {digits[:12]}  {characters:>9,} characters  {article.title}{page}")


@main.command()
@click.argument("question", nargs=-1, required=True, callback=_utf8, metavar="QUESTION")
@click.option("-k", type=int, help="Passages to cite.  [default: 5]")
@click.option("--after", type=click.DateTime(["%Y-%m-%d"]), help="Only articles of this day or later.")
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Only articles of this day or earlier.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="The day of asking: news of the days around it first.")
@click.option("--source", "sources", multiple=True, callback=_utf8, help="Only of this source; may be repeated.")
@click.option(
    "--article", "articles", multiple=True, callback=_utf8, help="Only this article, by its id; may be repeated."
)
@_index
@_config
@_encoder
@_json
@click.option("--full", is_flag=True, help="Print every passage whole.")
def ask(question: tuple[str, ...], as_json: bool, full: bool, **options: Any) -> None:  # noqa: ANN401  (click's rest)
    """Answer QUESTION from the articles; it needs no quotation marks."""
    from corpus.filters import Filters
    from qa.show.terminal import print_answer

    settings = load_settings(options["config"], k=options["k"], index=options["index"], encoder=options["encoder"])
    after, before, asked_on = (_day(options[name]) for name in ("after", "before", "date"))
    filters = Filters(after, before, options["sources"], options["articles"])
    if filters.is_impossible:
        raise UserError(f"no article can be from {after} on and until {before}; change --after or --before")
    answer = Archive(settings).ask(" ".join(question), filters=filters, asked_on=asked_on, write=True)
    if as_json:
        _print_json(answer.to_json())
    else:
        print_answer(answer, full=full)


@main.command()
@click.option("--host", help="Address to serve on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to serve on.  [default: 7860]")
@_index
@_config
@_encoder
def serve(host: str | None, port: int | None, index: str | None, config: Path | None, encoder: str | None) -> None:
    """Serve chat and API, the same as `python app.py`."""
    from qa.web.server import serve as serve_forever

    serve_forever(load_settings(config, host=host, port=port, index=index, encoder=encoder))


@main.command()
@click.option(
    "--export", type=click.Path(path_type=Path), metavar="FILE", help="Write what was found helpful as a gold set."
)
@_index
@_config
@_json
def feedback(export: Path | None, index: str | None, config: Path | None, as_json: bool) -> None:
    """Print what readers thought of answers, oldest first, or make a gold set for `article-qa evaluate` of it."""
    from qa.feedback import feedback_path, read_feedback

    given = read_feedback(feedback_path(load_settings(config, index=index).index))
    if export:
        _export_feedback(given, export)
        return
    for each in given:
        if as_json:
            _print_json(asdict(each))
        else:
            click.echo(f"{each.given_at[:10]}  {each.verdict:<4}  {' '.join(each.question.split())}")


def _export_feedback(given: Sequence[Feedback], file: Path) -> None:
    from qa.evaluate.gold.from_feedback import gather_gold

    gathered = gather_gold(given)
    if not gathered.records:
        raise UserError(f"no answer was found helpful yet by one of {len(given):,} verdicts; nothing was written")
    try:
        file.write_text("".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in gathered.records), "utf-8")
    except OSError as error:
        raise UserError(f"cannot write {str(file)!r} ({error.strerror}); name another file") from error
    click.echo(f"{len(gathered.records):,} questions in {file}; measure with: article-qa evaluate {file}", err=True)
    for number, why in (
        (gathered.unhelpful, "nobody found the answer helpful, and what is right is not known"),
        (gathered.contradicted, "readers contradict each other"),
        (gathered.unknown, "it was not stored what the answer was"),
    ):
        if number:
            click.echo(f"left out, {number:,}: {why}", err=True)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@_index
@_config
@_json
def verify(file: Path, index: str | None, config: Path | None, as_json: bool) -> None:
    """Check every citation of a saved answer or run (JSON, an answer a line) against the articles."""
    result = Archive(load_settings(config, index=index)).verify(file)
    if as_json:
        _print_json(asdict(result))
    else:
        for problem in result.problems:
            click.echo(printable(problem))
        exact = result.citations - len(result.problems)
        click.echo(f"{exact} of {result.citations} citations in {result.answers} answers are exact")
    if result.problems:
        sys.exit(1)


@main.command()
@_index
@_config
@_json
def info(index: str | None, config: Path | None, as_json: bool) -> None:
    """Say what is in the index."""
    from qa.check.describe import describe_index

    facts = describe_index(load_settings(config, index=index).index)
    if as_json:
        _print_json(facts)
        return
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        click.echo(printable(f"{name:<{width}}  {'-' if value is None else value}"))


@main.command()
@_index
@_config
@_json
def doctor(index: str | None, config: Path | None, as_json: bool) -> None:
    """Say what is wrong with the installation or the index, and the command that mends it."""
    from qa.check.doctor import examine

    findings = examine(load_settings(config, index=index))
    for finding in findings:
        if as_json:
            _print_json(asdict(finding))
        else:
            click.echo(
                f"{'ok  ' if finding.is_ok else 'BAD '}  {finding.what}{'' if finding.is_ok else f': {finding.mend}'}"
            )
    if not all(finding.is_ok for finding in findings):
        sys.exit(1)


@main.command()
@click.argument("source", metavar="FROM", callback=_utf8)
@click.argument("target", metavar="TO", callback=_utf8)
@_json
def copy(source: str, target: str, as_json: bool) -> None:
    """Copy the index FROM a folder or a database TO another, and compare the two; once stopped, it goes on."""
    with progress_bar("articles") as on_progress:
        report = copy_archive(source, target, on_progress=on_progress)
    _report(report, as_json)


main.add_command(evaluate)


def _places(origins: Sequence[Origin]) -> list[str]:
    """Each file or address once: an article may be in a file under two ids."""
    return list(dict.fromkeys(origin.place for origin in origins))


def _report(report: Report, as_json: bool) -> None:
    from corpus.readers.find import count_suffixes
    from qa.dry_run import count_reasons

    if as_json:
        _print_json(asdict(report) | {"reasons": count_reasons(report)})
    else:
        counts = {name: getattr(report, name) for name in ("added", "updated", "unchanged", "removed")}
        click.echo(", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing changed")
    for remark in report.remarks[:SHOWN_FAILURES]:
        click.echo(f"note: {remark.origin}: {remark.text}", err=True)
    if len(report.remarks) > SHOWN_FAILURES:
        click.echo(f"note: and {len(report.remarks) - SHOWN_FAILURES} more like these", err=True)
    if report.left_out:
        endings = count_suffixes(file.origin for file in report.left_out)
        click.echo(f"left out: {endings}; name such a file itself to have it looked at", err=True)
    failures = report.unreadable
    for failure in failures[:SHOWN_FAILURES]:
        click.echo(f"not read: {failure.origin}: {failure.reason}", err=True)
    if len(failures) > SHOWN_FAILURES:
        for reason, count in count_reasons(report).items():
            click.echo(f"of all not read, {count}: {reason}", err=True)
    if failures:
        more = f", the first {SHOWN_FAILURES} named above" if len(failures) > SHOWN_FAILURES else ""
        _fail(f"{len(failures)} could not be read{more}; the rest is in the index")


def _show_round(source: str, report: Report) -> None:
    """One line where something changed, and one for each file that was not read."""
    counts = {name: getattr(report, name) for name in ("added", "updated", "removed")}
    if any(counts.values()):
        click.echo(printable(f"{source}: {', '.join(f'{count} {name}' for name, count in counts.items() if count)}"))
    for failure in report.unreadable:
        click.echo(f"not read: {failure.origin}: {failure.reason}", err=True)


def _day(value: Any) -> date | None:  # noqa: ANN401  (click's datetime)
    return value.date() if value else None


def _print_json(value: Mapping[str, object]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False))


def _fail(message: str) -> None:
    click.echo(printable(f"article-qa: {' '.join(message.split())}"), err=True)
    sys.exit(1)
