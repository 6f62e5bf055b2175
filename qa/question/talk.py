"""Messages that are no question to the articles: greetings, thanks, "what can you do?", "which articles do you have?".

Only a message that is nothing else counts. "Thanks, and when was that?" is a question; what it opens with is left out.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Talk(StrEnum):
    """What is said; where a message says several things, the last of these is what it wants."""

    GREETING = "greeting"
    NOTED = "noted"
    THANKS = "thanks"
    FAREWELL = "farewell"
    ABILITY = "ability"
    ARTICLES = "articles"
    SOURCES = "sources"


# What is longer says more than this.
MAX_CHARACTERS = 200
# By language, phrase by phrase: without accents, signs and capitals as `_plain` leaves them.
_ARTICLE_WORDS = r"(?:articles|documents|texts|stories|sources)"
_SAID = {
    "en": {
        Talk.GREETING: r"""
            (?:hi+|hello+|hey+|hiya|howdy|greetings|good (?:morning|afternoon|evening|day))
                (?: there| all| everyone| everybody| again| folks)?
            | how are you(?: doing)?(?: today)? | nice to meet you | what is up
        """,
        Talk.NOTED: r"""
            ok | okay | k | kk | alright | all right | fine | sure | yes | yeah | yep | no | nope | great | cool | wow
            | perfect | awesome | excellent | super | haha | lol | got it | i see | understood | makes sense
            | interesting
            | (?:very |so )?(?:good|helpful)(?: to know)? | (?:good|great|nice) (?:answer|job|work|one) | well done
            | never mind | that is (?:all|great|fine|good|helpful|interesting)(?: for now)?
        """,
        Talk.THANKS: r"""
            (?:many |ok |no )?(?:thanks|thank you|thankyou|thx|thanx|ty|cheers)
                (?: very much| so much| a lot| a million| again| anyway)?(?: for (?:your|the) help| for that)?
            | much appreciated | i appreciate it
        """,
        Talk.FAREWELL: r"""
            (?:bye|goodbye|good bye|bye bye|farewell|see you|see ya|good night)(?: later| soon| then| now| tomorrow)?
            | have a (?:nice|good|great) (?:day|evening|weekend)
        """,
        Talk.ABILITY: r"""
            (?:please )?help(?: me)?(?: please)? | i need help | can you help(?: me)?
            | what (?:can|do|could) you do(?: here| for me)? | what can i do here | what are you(?: for)?
            | what can i ask(?: you| here)? | who are you | what is your name
            | who (?:made|built) you | introduce yourself
            | what is this (?:tool|site|app|page|bot|chat|chatbot)(?: for)?
            | how do(?:es)? (?:you|this (?:tool|site|app|page|bot|chat)) work
            | how (?:do|can|should) i use (?:this|you)(?: tool| site| app| page| bot| chat)?
            | are you (?:a |an )?(?:bot|robot|human|ai|person|real|chatbot|machine)
        """,
        Talk.ARTICLES: rf"""
            (?:which|what|how many) {_ARTICLE_WORDS} (?:do you have|have you got|(?:do|can) you (?:know|search))
            | (?:please |can you )?(?:list|show)(?: me)?(?: all)?(?: of)?(?: the| your) {_ARTICLE_WORDS}
                (?: you have)?(?: please)?
            | what do you know(?: about)? | what can i ask(?: you)? about
            | what (?:topics|subjects) (?:do you (?:cover|know|have)|are covered|are there)
            | what are (?:the|your|these) {_ARTICLE_WORDS} about
            | how many (?:articles|documents) (?:are (?:there|here|in here|in total)|have you)
            | (?:from|of) (?:which|what) (?:days|dates|years?|time|period) are (?:the|your|these) {_ARTICLE_WORDS}
            | how (?:old|recent|new) are (?:the|your|these) {_ARTICLE_WORDS}
            | (?:which|what) (?:days|dates|years|period|time) do (?:the|your|these) {_ARTICLE_WORDS} cover
        """,
        Talk.SOURCES: """
            (?:which|what|how many) sources (?:(?:are|is) (?:there|here|in here)|do you have|have you got)
            | (?:please |can you )?(?:list|show)(?: me)?(?: all)?(?: of)?(?: the| your) sources
                (?: you have)?(?: please)?
            | where (?:are|do) (?:the|your|these) articles (?:come )?from
            | (?:which|what) (?:papers?|newspapers?|sites?|websites?|sources?)(?: are| do) (?:the|your|these) articles
                (?: come)? from
            | (?:from|of) (?:which|what) (?:papers?|newspapers?|sites?|websites?|sources?)
                (?: are| do) (?:the|your|these) articles(?: come)?
        """,
    },
    "de": {
        Talk.GREETING: "hallo(?: zusammen)? | guten (?:morgen|tag|abend) | moin | servus | gruss gott | gruezi",
        Talk.NOTED: "gut | alles klar | in ordnung | ja | nein | verstanden | prima",
        Talk.THANKS: "danke(?: schon| sehr| dir| ihnen)? | dankeschon | (?:vielen|herzlichen|besten) dank",
        Talk.FAREWELL: "tschuss | tschus | auf wiedersehen | bis (?:bald|spater|dann) | gute nacht",
        Talk.ABILITY: "hilfe | was (?:kannst du|konnen sie) | wer (?:bist du|sind sie)",
        Talk.ARTICLES: """
            (?:welche|wie viele) artikel (?:hast du|haben sie)
            | (?:zeige?|liste)(?: mir)? (?:alle|die) artikel(?: auf)? | worum geht es (?:hier|in den artikeln)
        """,
    },
    "fr": {
        Talk.GREETING: "bonjour | bonsoir | salut | coucou",
        Talk.NOTED: "d accord | oui | non | parfait | tres bien | compris",
        Talk.THANKS: "merci(?: beaucoup| bien)?",
        Talk.FAREWELL: "au revoir | a bientot | bonne nuit",
        Talk.ABILITY: "aide | aidez moi | (?:que|qu est ce que) (?:tu )?peux tu faire | que pouvez vous faire"
        " | qui (?:es tu|etes vous)",
        Talk.ARTICLES: """
            (?:quels articles|combien d articles) (?:as tu|avez vous) | (?:liste|montre)[rz]?(?: moi)? les articles
            | de quoi parlent les articles
        """,
    },
    "es": {
        Talk.GREETING: "hola | buenos dias | buenas(?: tardes| noches)?",
        Talk.NOTED: "vale | de acuerdo | si | perfecto | entendido | muy bien",
        Talk.THANKS: "(?:muchas |mil )?gracias",
        Talk.FAREWELL: "adios | hasta (?:luego|pronto|la vista|manana)",
        Talk.ABILITY: "ayuda | que puedes? hacer | quien (?:eres|es usted)",
        Talk.ARTICLES: """
            (?:que|cuantos) articulos tienes? | (?:lista|muestra)r?(?:me)? los articulos | de que tratan los articulos
        """,
    },
    "others": {
        Talk.GREETING: """
            こんにちは | こんばんは | おはよう(?:ございます)? | 안녕(?:하세요)? | 你好 | 您好 | مرحبا | السلام عليكم
        """,
        Talk.THANKS: "ありがとう(?:ございます|ございました)? | 감사합니다 | 고맙습니다 | 谢谢 | 謝謝 | شكرا",
        Talk.ARTICLES: """
            어떤 기사가 있나요 | 무슨 기사가 있나요 | 기사는 몇 개(?:가)? 있나요 | 기사가 몇 개(?:나)? 있나요
            | どんな記事がありますか | 記事はいくつありますか | 有哪些文章 | 有多少篇文章
        """,
        Talk.FAREWELL: "さようなら | 안녕히 계세요 | 再见 | 再見 | مع السلامة",
    },
}
# Behind a question these are about what was said: "What is this about?".
_OPENING = {
    Talk.ABILITY: """
        how does (?:this|it) work | what is this | wie funktioniert das | comment ca marche | como funciona(?: esto)?
    """,
    Talk.ARTICLES: rf"""
        what is (?:this|it)(?: all)? about | (?:which|what|how many) {_ARTICLE_WORDS} (?:are|is) (?:there|here|in here)
        | (?:which|what) {_ARTICLE_WORDS} | worum geht es | (?:welche|wie viele) artikel gibt es | de quoi s agit il
        | de que (?:se )?trata(?: esto)? | (?:que|cuantos) articulos hay
    """,
}
_SHORT_FORM = re.compile(r"\b(what|who|that|it|how)['’]s\b", re.IGNORECASE)
# What may be left out in front of a question, and what must stand between where no sign does.
_LEAD = frozenset({Talk.GREETING, Talk.NOTED, Talk.THANKS})
_LEADING = re.compile(r"\s*(?P<lead>[^,.!?;:…–—-]{1,40})(?:[,.!;:…]|\s[–—-])+\s+(?P<rest>\S.*)", re.DOTALL)
_ASKING = re.compile(
    r"\s*(?P<lead>\S+(?: \S+)??)\s+(?P<rest>(?:(?:and|but|so) )?(?:who|whom|whose|what|which|when|where|why|how)\b.*)",
    re.IGNORECASE | re.DOTALL,
)
# A capital may be that of a title: "Hello, Dolly! opened when?".
_OPENS_QUESTION = re.compile(
    r"[^\W\d_A-Z]|(?:Who|What|Which|When|Where|Why|How|And|But|So|Is|Are|Was|Were|Do|Does|Did|Has|Have|Had|Can|Could|Will"
    r"|Would|Should|In|On|At|For|From|Tell|Please|I)\b"
)
# In front of a question that has its own question word: "I'd like to know when it opened".
_TO_ASK = re.compile(
    r"""
    ^\s*(?:please,?\s+)?
    (?: (?:can|could|would|will)\ (?:you|anyone|anybody|someone|somebody)\ (?:please\ |kindly\ )?
            (?:(?:tell|show|remind|inform)\ (?:me|us)|explain(?:\ to\ (?:me|us))?|say)
      | (?:tell|remind)\ (?:me|us) | (?:do\ you|does\ any(?:one|body))\ (?:happen\ to\ )?know
      | (?:do\ you\ have\ )?any\ idea | i(?:['’]d|\ would)\ (?:like|love|want)\ to\ know | i\ (?:want|need)\ to\ know
      | i(?:['’]m|\ am)\ (?:wondering|curious) | i\ wonder | i\ was\ wondering | (?:let\ me|i\ wish\ to)\ know
      | explain
      | (?:according\ to|based\ on|in|from)\ (?:the|this|these|your)\ (?:articles?|documents?|texts?|passages?|news) )
    (?:\ please)?[,:]?\s+
    (?=(?:(?:in|on|at|for|from|by|to|with|of|about)\ )?(?:who|whom|whose|what|which|when|where|why|how)\b)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SO_SAY_ARTICLES = re.compile(
    r",? (?:according to|based on) (?:the|this|these|your) (?:articles?|documents?|texts?|passages?)(?=\s*[?.!]*$)",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"(?:(?P<sign>[?.!])|[,;–—-])\s*(?:please|thanks|thank you|thx|cheers|many thanks)"
    r"(?: (?:a lot|very much|so much|in advance))?\s*(?P<last>[?.!]*)\s*$",
    re.IGNORECASE,
)


def read_talk(message: str, *, opens: bool = True) -> Talk | None:
    """What kind of talk the whole `message` is; None for a question.

    `opens`: no question came before it, to whose answer "What is this about?" would point.
    """
    if len(message) > MAX_CHARACTERS:
        return None
    words, found = _plain(message), []
    while words:
        end, kind = max((_end(kind, words, opens), kind) for kind in Talk)
        if not end:
            return None
        found.append(kind)
        words = words[end:].lstrip()
    return max(found, key=list(Talk).index) if found else None


def without_courtesies(question: str) -> str:
    """What is asked, without greeting, thanks, or "could you tell me" in front of it, or "please" or thanks behind.

    Of "Hi, do you know who won? Thanks!" comes back "who won?". The reader and the models learned of bare questions: of
    100 of SQuAD, "I would like to know ..." lost the answering words of thirteen.
    """
    bare = _BEHIND.sub(lambda found: found["sign"] or found["last"], question)
    for pattern in (_LEADING, _ASKING):
        found = pattern.fullmatch(bare)
        if found and read_talk(found["lead"]) in _LEAD and _OPENS_QUESTION.match(found["rest"]):
            return without_courtesies(found["rest"])
    bare = _SO_SAY_ARTICLES.sub("", _TO_ASK.sub("", bare))
    return bare if bare.strip() and read_talk(bare) is None else question


def _end(kind: Talk, words: str, opens: bool) -> int:
    """Where the longest phrase of that kind ends that `words` begin with; 0 for none."""
    patterns = [*_PATTERNS[kind], *(_OPENING_PATTERNS.get(kind, ()) if opens else ())]
    return max((match.end() for pattern in patterns if (match := pattern.match(words))), default=0)


def _plain(text: str) -> str:
    """`text` in small letters, without accents and signs, "what's" as "what is"."""
    return " ".join(re.findall(r"\w+", _without_accents(_SHORT_FORM.sub(r"\1 is", text).casefold())))


def _patterns(phrases: str) -> list[re.Pattern[str]]:
    """The phrases, parted by " | ", in the letters that `_plain` leaves; each ends with a word."""
    # A phrase may go on in the next line.
    parts = re.split(r"\s+\|\s+", re.sub(r"\s+(?=\(\?: )", "", phrases.strip()))
    return [re.compile(rf"{_without_accents(part)}(?= |$)") for part in parts]


def _without_accents(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


_PATTERNS = {
    kind: [p for said in _SAID.values() for p in _patterns(said.get(kind, "")) if kind in said] for kind in Talk
}
_OPENING_PATTERNS = {kind: _patterns(phrases) for kind, phrases in _OPENING.items()}
