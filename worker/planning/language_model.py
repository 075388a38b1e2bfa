"""An optional language model that puts findings into friendlier words. Without one nothing is imported or called."""

import json
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from worker.planning.voice import Refusal

PROMPT = Path(__file__).parent / "prompts" / "rewording.md"
CHARACTERS_A_TOKEN = 3


class LanguageModelSettings(BaseSettings):
    """MEDIA_PLANNER_LLM names a model as LangChain does, for example openai:gpt-4o-mini. Empty means none."""

    model_config = SettingsConfigDict(env_prefix="MEDIA_PLANNER_")

    llm: str = ""
    llm_base_url: str | None = None
    """Any server that speaks the OpenAI API."""
    llm_api_key: SecretStr | None = None
    llm_seconds: float = Field(default=20.0, gt=0)
    """The longest a whole answer may take, retries included."""
    llm_tries: int = Field(default=2, ge=0)
    """How often one call is sent again after a refusal or a broken line."""
    llm_tokens: int = Field(default=6000, gt=0)
    """The most one plan may cost, prompt and answer together."""

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        if self.llm:
            try:
                _model(self, self.llm_tokens)
            except Exception as problem:  # noqa: BLE001 - each provider raises its own
                why = (str(problem).splitlines() or [type(problem).__name__])[0]
                raise ValueError(
                    f"MEDIA_PLANNER_LLM names no language model that can be asked: {why.rstrip('.')}. "
                    "Name one such as openai:gpt-4o-mini, with its key in MEDIA_PLANNER_LLM_API_KEY, or unset it."
                ) from None
        return self


class Text(BaseModel):
    id: str
    text: str


class Rewording(BaseModel):
    """Answer of the model: a text for every finding."""

    texts: list[Text]


class NoWords(Refusal):
    """The model gave no usable answer. The message says why, without detail of the provider."""


Ask = Callable[[str], Rewording]
"""Send the findings as JSON, get their texts. Raises NoWords."""


def from_settings(settings: LanguageModelSettings) -> Ask | None:
    """The configured model, or None. Nothing of LangChain is imported without one."""
    if not settings.llm:
        return None

    @lru_cache(maxsize=64)
    def ask(findings: str) -> Rewording:
        spend = (len(findings) + len(PROMPT.read_text())) // CHARACTERS_A_TOKEN
        if spend + 500 > settings.llm_tokens:
            raise NoWords("words.too_dear")
        return _in_time(lambda: _answer(settings, findings, settings.llm_tokens - spend), settings.llm_seconds)

    return ask


def _model(settings: LanguageModelSettings, tokens: int) -> Any:
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {
        "timeout": settings.llm_seconds,
        "max_retries": settings.llm_tries,
        "temperature": 0,
        "max_tokens": tokens,
    }
    if settings.llm_base_url is not None:
        options["base_url"] = settings.llm_base_url
    if settings.llm_api_key is not None:
        options["api_key"] = settings.llm_api_key.get_secret_value()
    return init_chat_model(settings.llm, **options)


def _answer(settings: LanguageModelSettings, findings: str, tokens: int) -> Rewording:
    structured = _model(settings, tokens).with_structured_output(Rewording, method="json_schema")
    answer = structured.invoke([("system", PROMPT.read_text()), ("human", findings)])
    if not isinstance(answer, Rewording):
        raise NoWords("words.refused")
    return answer


def _in_time(work: Callable[[], Rewording], seconds: float) -> Rewording:
    """Wait for `work` no longer than `seconds`, even when a server keeps the line open for ever."""
    box: list[Rewording | Exception] = []

    def run() -> None:
        try:
            box.append(work())
        except Exception as problem:  # noqa: BLE001 - providers raise anything; all of it means: no words
            box.append(problem)

    thread = threading.Thread(target=run, daemon=True, name="language-model")
    thread.start()
    thread.join(seconds)
    if not box:
        raise NoWords("words.too_slow")
    if isinstance(box[0], NoWords):
        raise box[0]
    if isinstance(box[0], Exception):
        raise NoWords("words.unusable") from box[0]
    return box[0]


def as_json(value: object) -> str:
    """Stable JSON, so that the same findings are asked once."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
