"""The tools for language-model clients, served by Gradio over the Model Context Protocol."""

from __future__ import annotations

import json
from functools import partial

import gradio as gr

from corpus.clean import check_readable
from corpus.errors import UserError
from qa.archive import Archive
from qa.limits import DEFAULT_K
from qa.web.gate.errors import Busy, busy_in_words, public_error
from qa.web.gate.places import Places
from qa.web.observe import Observer


def add_tools(archive: Archive, observer: Observer) -> None:
    """Add the tools `ask` and `article` to the Blocks that are being built. Their docstrings are what a model reads."""
    places = Places()

    async def ask(question: str) -> str:
        """Ask the articles a question in plain words. Nothing but the articles is used.

        Args:
            question: The question, complete in itself.

        Returns:
            JSON: "answerable" says whether the articles answer it, "answer" is the answering sentence, verbatim,
            "short" the answering words in it or null, and "citations" are passages, each with "article_id", "quote",
            "start" and "end": article text[start:end].
            A message that is no question, such as "which articles do you have?", has a "reply" instead.
        """
        try:
            answer = await places.run(partial(observer.ask, _text(question), k=DEFAULT_K))
        except Busy as busy:
            raise gr.Error(busy_in_words(busy), print_exception=False) from busy
        except (UserError, ValueError) as error:
            raise _tool_error(error) from error
        return json.dumps(answer.to_json(), ensure_ascii=False)

    def article(article_id: str) -> str:
        """Get an article whole, with its title, source, date, address and text.

        Args:
            article_id: As a citation names it.

        Returns:
            The article as JSON.
        """
        try:
            found = archive.article(_text(article_id))
        except (UserError, ValueError) as error:
            raise _tool_error(error) from error
        published = found.published.isoformat() if found.published else None
        record = {
            "article_id": found.article_id, "title": found.title, "source": found.source, "published": published,
            "url": found.url, "text": found.text,
        }  # fmt: skip
        return json.dumps(record, ensure_ascii=False)

    # Past the queue, which Gradio would ask over HTTP from itself.
    gr.api(ask, api_name="ask", queue=False)
    gr.api(article, api_name="article", queue=False)


def keep_tools_alone(demo: gr.Blocks) -> None:
    """Take from the mounted server what it would do beside the tools.

    To read a resource or a prompt, of which there are none, Gradio opens a connection to itself first, at the address
    that the request names: whoever asks could send the server wherever he likes.
    """
    from mcp import types

    handlers = demo.mcp_server_obj.mcp_server.request_handlers
    for request in set(handlers) - {types.PingRequest, types.ListToolsRequest, types.CallToolRequest}:
        del handlers[request]


def _text(value: object) -> str:
    """What a model sent, which may be anything. Raises ValueError for what is no text."""
    if not isinstance(value, str):
        raise ValueError("the argument is missing or no text")
    return check_readable(value)


def _tool_error(error: UserError | ValueError) -> gr.Error:
    message = public_error(error).message if isinstance(error, UserError) else str(error)
    return gr.Error(message, print_exception=False)
