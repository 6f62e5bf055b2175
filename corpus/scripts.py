"""Scripts that are written otherwise than English, as character classes of regular expressions."""

from __future__ import annotations

# Written without spaces between words: Thai, Lao, Burmese, Khmer, Japanese and Chinese.
UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003134f"
)
# Korean, which has spaces, but whose particles stick to the noun.
HANGUL = r"\uac00-\ud7af"
