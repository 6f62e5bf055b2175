"""What the API takes and gives, as pydantic models: validation at the edge and the types of the OpenAPI page."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from corpus.clean import check_readable
from corpus.filters import Filters
from qa.limits import DEFAULT_K, MAX_K, MAX_QUESTION_CHARACTERS, MAX_TURNS
from qa.question.followup import Turn

MAX_COMMENT_CHARACTERS = 2000
MAX_ID_CHARACTERS = 1000


def _only_text(value: object) -> object:
    # Numbers would be taken for seconds since 1970.
    if value is not None and not isinstance(value, str):
        raise ValueError("a date is a text such as '2023-12-13'")
    return value


def _check_whole(value: object) -> object:
    # 5.0 is an integer of JSON; "5" and true are not.
    is_whole = type(value) is int or (isinstance(value, float) and value.is_integer())
    if not is_whole:
        raise ValueError("Input should be a valid integer")
    return int(value)  # type: ignore[call-overload]


_Readable = AfterValidator(check_readable)
# Says the same to who reads the description, as far as a pattern can.
_NO_NUL = Field(json_schema_extra={"pattern": "^[^\\u0000]*$"})
_SOME_WORD = Field(json_schema_extra={"pattern": "^[^\\u0000]*\\S[^\\u0000]*$"})
Text = Annotated[str, _NO_NUL, _Readable]
Question = Annotated[str, Field(max_length=MAX_QUESTION_CHARACTERS), _NO_NUL, _Readable]
Whole = Annotated[int, BeforeValidator(_check_whole)]
ArticleId = Annotated[Text, Field(min_length=1, max_length=MAX_ID_CHARACTERS)]
IsoDate = Annotated[date, BeforeValidator(_only_text)]


class Strict(BaseModel):
    """A body in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid")


class EarlierTurn(Strict):
    """A question asked before, and the answer that was given."""

    question: Question
    answer: Text | None = None


class Message(Strict):
    """A message as chat clients keep them: what was asked, or the answer to it. The system's are left out."""

    content: Text
    role: Literal["user", "assistant", "system"]

    @field_validator("role")
    @classmethod
    def _check_length(cls, role: str, info: ValidationInfo) -> str:
        if role == "user" and len(info.data.get("content", "")) > MAX_QUESTION_CHARACTERS:
            raise ValueError(f"a question has at most {MAX_QUESTION_CHARACTERS:,} characters")
        return role


def _shape(turn: object) -> str:
    if isinstance(turn, str):
        return "text"
    is_message = isinstance(turn, Message) or (isinstance(turn, dict) and ("role" in turn or "content" in turn))
    return "message" if is_message else "turn"


# Told apart first, so that what is wrong with one is said in its own words.
_Earlier = Annotated[
    Annotated[EarlierTurn, Tag("turn")] | Annotated[Message, Tag("message")] | Annotated[Question, Tag("text")],
    Discriminator(_shape),
]


class AskRequest(Strict):
    """A question, what was asked before it, and which articles may answer. Dates are inclusive."""

    # What the description page sends unless it is changed: made up of the types alone it would not be answered.
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "When did South Korea open a diplomatic mission to NATO?"}]}
    )

    question: Annotated[Question, _SOME_WORD] = Field(
        examples=["When did South Korea open a diplomatic mission to NATO?"]
    )
    history: list[_Earlier] = Field(
        default=[],
        description="what was said before, oldest first: questions, questions with their answers, or messages",
    )
    k: Whole = Field(default=DEFAULT_K, ge=1, le=MAX_K, description="passages to cite")
    before: IsoDate | None = None
    after: IsoDate | None = None
    sources: list[Text] = Field(default=[], max_length=100)
    articles: list[ArticleId] = Field(default=[], max_length=100, description="ids; only these articles are asked")
    date: IsoDate | None = Field(
        default=None,
        description="the day the question was asked, if that matters: news of the days around it goes first",
    )

    write: bool = Field(
        default=False, strict=True, description="have the language model sum the passages up, where the server has one"
    )

    @model_validator(mode="after")
    def _check_dates(self) -> AskRequest:
        if self.filters().is_impossible:
            raise ValueError("'before' is earlier than 'after'; no article can be between them")
        return self

    def turns(self) -> list[Turn]:
        """The latest of the history, in the one shape used inside."""
        turns: list[Turn] = []
        for said in self.history:
            if isinstance(said, str):
                turns.append(Turn(said))
            elif isinstance(said, EarlierTurn):
                turns.append(Turn(said.question, said.answer))
            elif said.role == "user":
                turns.append(Turn(said.content))
            elif said.role == "assistant" and turns:
                turns[-1] = Turn(turns[-1].question, said.content)
        return turns[-MAX_TURNS:]

    def filters(self) -> Filters:
        """Which articles may answer."""
        return Filters(self.after, self.before, tuple(self.sources), tuple(self.articles))


class FeedbackRequest(Strict):
    """A verdict on an answer; `passage_id` is the first passage that was cited.

    With `answerable` and `answer` as the answer had them, it can become a question of a gold set.
    """

    question: Annotated[Question, Field(min_length=1)]
    verdict: Literal["up", "down"]
    comment: Annotated[str, Field(max_length=MAX_COMMENT_CHARACTERS), _Readable] | None = None
    passage_id: Annotated[str, Field(max_length=MAX_ID_CHARACTERS), _Readable] | None = None
    answerable: Annotated[bool, Field(strict=True)] | None = None
    answer: Annotated[str, Field(max_length=MAX_COMMENT_CHARACTERS), _Readable] | None = None


class FeedbackStored(BaseModel):
    """The verdict's number."""

    number: int


class CopyModel(BaseModel):
    """The same passage in another article."""

    article_id: str
    title: str
    source: str | None
    published: date | None
    url: str | None
    start: int
    end: int


class TimeModel(BaseModel):
    """A word of time in a marked sentence, and the day, month or year that it means there, as `2022-11`."""

    words: str
    when: str


class CitationModel(BaseModel):
    """A passage: `quote` is `text[start:end]` of the article, half-open, in Unicode code points."""

    rank: int
    article_id: str
    passage_id: str
    title: str
    source: str | None
    published: date | None
    url: str | None
    start: int
    end: int
    quote: str
    answer_start: int
    answer_end: int
    short_start: int | None = Field(description="the answering words, inside the answer; null where there are none")
    short_end: int | None
    page: int | None = Field(default=None, description="the page it stands on; only in an article with pages")
    score: float
    text_sha256: str
    headline_answers: bool = Field(default=False, description="the title answers; only where it does")
    also_in: list[CopyModel] = Field(default=[], description="copies in other articles; only where there are some")
    updates: list[CopyModel] = Field(default=[], description="what earlier articles said instead, newest first")
    times: list[TimeModel] = Field(
        default=[], description="what “last November” means in the sentence; only where it says such"
    )


class IndexModel(BaseModel):
    """What was searched."""

    version: str
    articles: int
    passages: int


class WrittenSentenceModel(BaseModel):
    """A sentence of a language model; `citations` are the ranks of those that bear it out."""

    text: str
    citations: list[int]


class WrittenModel(BaseModel):
    """What a language model wrote about the citations; `left_out` sentences were not borne out by them."""

    model: str
    sentences: list[WrittenSentenceModel]
    left_out: int
    problem: str = Field(default="", description="why nothing was written")


class TimelineModel(BaseModel):
    """What one article says, by the `rank` of its citation; `confidence` is the probability that this answers."""

    rank: int
    published: date
    answer: str
    confidence: float


class CorrectionModel(BaseModel):
    """A word as it was typed, and the one of the articles that was searched instead."""

    typed: str
    taken: str


class OtherLanguageModel(BaseModel):
    """Languages as ISO 639-1 codes; `told` says it in the question's language."""

    asked: str
    articles: list[str]
    told: str


class AnswerModel(BaseModel):
    """What the articles say; when `answerable` is false, `citations` are the nearest passages only."""

    question: str
    query: str = Field(description="the stand-alone form that was searched")
    answerable: bool
    confidence: float = Field(description="the probability that the first citation holds the answer")
    answer: str | None
    short: str | None = Field(description="the answering words of the first citation; null where there are none")
    citations: list[CitationModel]
    index: IndexModel
    timing_ms: dict[str, float]
    newest: date | None = Field(
        default=None, description="only in a refusal of a question about a later time: the day of the newest article"
    )
    timeline: list[TimelineModel] = Field(
        default=[], description="what articles of different years say, newest first; only where they may differ"
    )
    written: WrittenModel | None = Field(default=None, description="only where a language model was asked to write")
    understood: str | None = Field(
        default=None,
        description="how a time in the question was understood, such as “this week”; only where it matters",
    )
    corrected: list[CorrectionModel] = Field(
        default=[], description="words taken for misspelt ones; one between quotation marks is taken as it is"
    )
    other_language: OtherLanguageModel | None = Field(
        default=None, description="only where the question is in a language that the articles do not have"
    )
    reply: str | None = Field(
        default=None, description="only to a message that is no question, such as thanks: what to say; nothing is cited"
    )


class ListedArticleModel(BaseModel):
    """An article without its text."""

    article_id: str
    title: str
    source: str | None
    published: date | None
    url: str | None
    passages: int
    characters: int


class ArticleList(BaseModel):
    """Articles, newest first, undated ones last: every one of them where no `limit` was asked for."""

    articles: list[ListedArticleModel]
    total: int = Field(description="how many articles there are")


class ArticleModel(BaseModel):
    """An article whole; citations count the code points of `text`."""

    article_id: str
    title: str
    source: str | None
    published: date | None
    url: str | None
    text: str
    text_sha256: str
    pages: list[int] = Field(default=[], description="where its pages begin; only in an article with pages")
    changed: date | None = Field(default=None, description="only of an earlier text: the day it was replaced")
    link: str | None = Field(default=None, description="the original at the passage; null without an address")


class Status(BaseModel):
    """`ok`."""

    status: Literal["ok"] = "ok"


class ErrorDetail(BaseModel):
    """`code` for programs, `message` for people."""

    code: str
    message: str


class ErrorModel(BaseModel):
    """Every error has this shape."""

    error: ErrorDetail
