"""Scripts that are written otherwise than English, as character classes of regular expressions."""

from __future__ import annotations

# Written without spaces between words: Thai, Lao, Burmese, Khmer, Japanese and Chinese.
UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003134f"
)
# Korean, which has spaces, but whose particles stick to the noun.
HANGUL = r"\uac00-\ud7af"

# Arabic letters that people write one for the other, and Persian and Urdu ones that are typed on an Arabic keyboard, in
# the spelling that stands for all: those of Lucene's Arabic and Persian normalizers. The lengthening stroke is nothing.
ARABIC_SPELLINGS = {
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ىیےئ", "ي"),
    **dict.fromkeys("ةۀہھە", "ه"),
    "ک": "ك",
    "ؤ": "و",
    "ـ": "",
}
