"""What was said before a question, as turns: our own form, messages with roles, pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpus.errors import UserError
from qa.evaluate.gold.columns import known_as
from qa.question.followup import Turn

_ASKS = frozenset({"user", "human"})
_ANSWERS = frozenset({"assistant", "ai", "bot", "chatbot", "gpt", "model"})
# Said by neither.
_ASIDE = frozenset({"system", "developer", "tool", "function"})
_ROLES = _ASKS | _ANSWERS | _ASIDE
# Where OpenAI, ShareGPT, LangChain and transcripts write who speaks, and what is said.
_SPEAKER = ("role", "from", "type", "speaker")
_SAID = ("content", "value", "text", "message")
# What was answered, in a turn that is one object.
_ANSWER = frozenset({"response", "output", "assistant", "ai", "bot"})


def read_turns(values: Sequence[Any], name: str, where: str) -> tuple[Turn, ...]:
    """The turns of the field `name`, oldest first. Raises UserError.

    A value is a question, `{"question", "answer"}`, a pair of both, or a message with a role; what an assistant says
    before anybody asked is left out.
    """
    turns: list[Turn] = []
    for value in values:
        role, said = _message(value)
        if role is None or (role in _ASKS and not said):
            turns.append(_turn(value, name, where))
        elif role in _ASKS:
            turns.append(Turn(said))
        elif role in _ANSWERS and turns and said:
            before = turns.pop()
            turns.append(Turn(before.question, f"{before.answer} {said}" if before.answer else said))
    return tuple(turns)


def split_conversation(values: Sequence[Any], name: str, where: str) -> tuple[tuple[Turn, ...], str]:
    """The turns before, and the question that ends a conversation. Raises UserError when an answer ends it."""
    turns = read_turns(values, name, where)
    if not turns or turns[-1].answer is not None:
        raise UserError(f"{where}: field {name!r} has no question at its end; end it with what the user asks")
    return turns[:-1], turns[-1].question


def _message(value: Any) -> tuple[str | None, str]:  # noqa: ANN401  (JSON)
    """Who speaks, and what is said; None for what is no message."""
    if isinstance(value, Mapping):
        roles = [value[key].lower() for key in _SPEAKER if isinstance(value.get(key), str)]
        said = next((value[key] for key in _SAID if key in value), None)
    elif _is_pair(value):
        roles, said = [str(value[0]).lower()], value[1]
    else:
        return None, ""
    return next((role for role in roles if role in _ROLES), None), _text(said)


def _text(said: object) -> str:
    """A message's text; one in parts is theirs together."""
    if isinstance(said, list):
        return " ".join(str(part["text"]) for part in said if isinstance(part, Mapping) and part.get("text"))
    return said if isinstance(said, str) else ""


def _turn(value: Any, name: str, where: str) -> Turn:  # noqa: ANN401  (JSON)
    question, answer = value, None
    if isinstance(value, Mapping):
        question = next((value[key] for key in value if known_as(key) == "text" or key.lower() in _ASKS), None)
        answer = next((value[key] for key in value if known_as(key) == "answers" or key.lower() in _ANSWER), None)
    elif _is_pair(value):
        question, answer = value
    if isinstance(question, str) and (answer is None or isinstance(answer, str)):
        return Turn(question, answer)
    raise UserError(
        f'{where}: field {name!r} has {value!r:.80}; write {{"question": "...", "answer": "..."}} '
        'or {"role": "user", "content": "..."}'
    )


def _is_pair(value: Any) -> bool:  # noqa: ANN401  (JSON)
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)
