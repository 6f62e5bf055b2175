"""In which language a text is."""

from __future__ import annotations

import re
from functools import lru_cache

# As much of a text says it; more would only take longer.
READ_CHARACTERS = 2_000
# Of fewer letters a guess is no better than English.
LEAST_LETTERS = 20
# A third of the words of English news are among these; of German, Dutch, French or Spanish ones, one in twenty.
LEAST_ENGLISH = 0.15
_ENGLISH_WORDS = """
    the of and to in is was were for that with on by as it its from at be has had have are his her he she they their
    this not but who which will would been an or
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=64)
def language_of(text: str) -> str:
    """The ISO 639-1 code of the language of `text`; "en" where it is too short to tell, or in none."""
    head = text[:READ_CHARACTERS]
    if sum(map(str.isalpha, head)) < LEAST_LETTERS and head.isascii():
        return "en"
    # Imported late: only reading articles needs it.
    import py3langid

    language, _ = py3langid.classify(head)
    return "en" if language == _NO_LANGUAGE else str(language)


def looks_english(text: str) -> bool:
    """Whether so many of its words are those that every English text is full of; of a passage, at no cost."""
    found = _WORD.findall(text.lower())
    return len(found) > 0 and sum(word in _ENGLISH for word in found) >= LEAST_ENGLISH * len(found)


# How each of them is told from the others by its letters. Whoever writes Persian, Urdu or Ukrainian uses letters that
# Arabic and Russian do not have; Japanese without kana is rarer than Chinese.
_SCRIPTS = (
    ("ko", "\uac00-\ud7af\u1100-\u11ff\u3130-\u318f"),
    ("ja", "\u3040-\u30ff\uff66-\uff9f"),
    ("zh", "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"),
    ("ur", "ٹڈڑںے"),
    ("fa", "پچژگ"),
    ("ar", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff"),
    ("uk", "іїєґІЇЄҐ"),
    ("ru", "\u0400-\u04ff"),
    ("el", "\u0370-\u03ff\u1f00-\u1fff"),
    ("he", "\u0590-\u05ff"),
    ("th", "\u0e00-\u0e7f"),
    ("hi", "\u0900-\u097f"),
)
_LETTERS = {language: re.compile(f"[{letters}]") for language, letters in _SCRIPTS}
# How the classifier calls what is no text at all: numbers, or signs.
_NO_LANGUAGE = "zxx"
# Written with the same letters, so that one is not told from another by them.
_TOGETHER = (frozenset({"ja", "zh"}), frozenset({"ar", "fa", "ur"}), frozenset({"ru", "uk"}))
# Words that a question in the language has and one in the others has not. "Die", "was" or "an" are two languages'.
_ASKING = {
    "en": "who what when where which how why whose whom did does do the of and to were for that with by from have",
    "de": "wer wie wo wann warum wieso welche welcher welches welchen welchem wem wen wessen woher wohin wofür worüber "
    "viele vielen ist sind waren hat hatte haben wurde wurden wird werden der das den dem ein eine einen einem einer "
    "und nicht mit von zu für im zum zur aus sich",
    "fr": "qui que quoi quand où comment pourquoi quel quelle quels quelles combien est sont était a-t-il qu'est-ce "
    "le la les des du un une et dans pour avec sur au aux cette",
    "es": "quién quiénes qué cuándo dónde cómo cuál cuáles cuánto cuántos cuánta cuántas quien que cuando donde es son "
    "fue el los las del una un y en por para con",
    "it": "chi che cosa quando dove come perché quale quali quanto quanti quanta quante è sono il lo gli della del di "
    "una un e per con nel",
    "pt": "quem que quando onde como qual quais quanto quantos quantas é são foi o os as do da dos das uma um e em por "
    "para com",
    "nl": "wie wat wanneer waar hoe waarom welke hoeveel zijn heeft werd wordt het een van en voor met niet",
}
_ASKING_WORDS = {language: frozenset(words.split()) for language, words in _ASKING.items()}
_ASKED_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def language_asked(question: str) -> str | None:
    """The ISO 639-1 code of the language of a question, where it is sure; None where it may be another.

    A script is sure. Of languages in Latin letters one is sure that has words of its own in the question, more than any
    other language has, and that the letters look like too.
    """
    script = script_of(question)
    if script is not None:
        return script
    if "¿" in question:
        return "es"
    words = _ASKED_WORD.findall(question.lower().replace("’", "'"))
    found = {language: sum(word in own for word in words) for language, own in _ASKING_WORDS.items()}
    language = max(found, key=lambda each: found[each])
    if not found[language] or (language != "en" and found["en"]):
        return None
    if language == "en":
        return "en" if all(not n for each, n in found.items() if each != "en") or found["en"] > 1 else None
    if sorted(found.values())[-2] == found[language]:
        return None
    import py3langid

    return language if py3langid.classify(question)[0] == language else None


def script_of(text: str) -> str | None:
    """A language that is written as most letters of `text` are; None for Latin letters."""
    if text.isascii():
        return None
    letters = sum(map(str.isalpha, text))
    counts = {language: len(pattern.findall(text)) for language, pattern in _LETTERS.items()}
    for together in _TOGETHER:
        if sum(counts[each] for each in together) * 2 > letters:
            return next(language for language, _ in _SCRIPTS if language in together and counts[language])
    language = max(counts, key=lambda each: counts[each])
    return language if counts[language] * 2 > letters else None


def may_be_same(language: str, other: str) -> bool:
    """Whether a question in the one may be meant for articles in the other, which are written alike."""
    return language == other or any({language, other} <= together for together in _TOGETHER)
