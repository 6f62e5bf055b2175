"""Names in a text: runs of capitalised words."""

from __future__ import annotations

import re

# Latin, Greek and Cyrillic: to `[A-Z]` Bjørn Ødegård is a Bjørn.
CAPITAL = "".join(letter for letter in map(chr, range(0x530)) if letter.isupper())
_CAPITALISED = rf"[{CAPITAL}0-9][\w’'.-]*[\w]"
_NAME = re.compile(rf"(?:\b(?:the|The) )?\b[{CAPITAL}][\w’'-]*\w(?:(?: (?:of|and|for|de|van|von|al))? {_CAPITALISED})*")
# They have a capital only because a question or a sentence opens with them.
_OPENERS = {
    "en": """
        Who Whom Whose What Which When Where Why How Is Are Was Were Do Does Did Has Have Had Can Could Will Would
        Should And But So Or In On At By For From Of To With About
    """,
}
_QUESTION_OPENERS = frozenset(_OPENERS["en"].split())


def names_in(text: str) -> list[re.Match[str]]:
    """Runs of words with capitals, without a word that has its capital only because it opens the sentence.

    Where all is in capitals they make no name.
    """
    found: list[re.Match[str]] = []
    if text.isupper() and " " in text:
        return found
    for match in _NAME.finditer(text):
        opens = match.start() == 0 or text[: match.start()].rstrip().endswith((".", "?", "!", "“", '"'))
        is_one_word = " " not in match.group()
        if match.group().split()[0] in _QUESTION_OPENERS:
            rest = _NAME.search(text, match.start() + len(match.group().split()[0]), match.end())
            if rest:
                found.append(rest)
        elif not (opens and is_one_word and not text.startswith(match.group() + "’") and not match.group().isupper()):
            found.append(match)
    return found


def without_names(question: str) -> str:
    """`question` with "it" in the place of each name.

    "How many people attended the Jeju Forum?" becomes "How many people attended it?". Its vector is nearer to that of
    the sentence that says how many than to those of sentences that only name the forum.
    """
    bare, last = [], 0
    for name in names_in(question):
        bare += [question[last : name.start()], "its" if name.group().endswith(("'s", "’s")) else "it"]
        last = name.end()
    return "".join([*bare, question[last:]])
