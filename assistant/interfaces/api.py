"""The API under the same address as the page: the contract's objects over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from assistant.errors import AssistantError, IndexUnavailable, StorageError, UnreadableSource
from assistant.service import Assistant
from assistant.types import Kind

MOST_HITS = 100
FAULTS = {
    "missing": "没有给出",
    "extra_forbidden": "不是这个接口的字段",
    "string_type": "应是文字",
    "json_invalid": "不是有效的 JSON",
    "date_from_datetime_parsing": "应是 2026-01-31 这样的日期",
    "date_parsing": "应是 2026-01-31 这样的日期",
    "int_parsing": "应是整数",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
}
"""What is wrong with a field, by the kind of fault; others in the words of the library that checks."""


class AssessRequest(BaseModel):
    """A description of a partner's practice; `id` comes back with the result."""

    model_config = ConfigDict(extra="forbid")
    text: str
    id: str | None = None


class AskRequest(BaseModel):
    """A question about the rules, answered as of a day (today unless said)."""

    model_config = ConfigDict(extra="forbid")
    question: str
    as_of: date | None = None
    id: str | None = None


def add_routes(app: FastAPI, assistant: Assistant) -> None:
    """Add the API of `assistant` to `app`, and the one place where our failures become HTTP."""
    app.add_exception_handler(AssistantError, _failure)
    app.add_exception_handler(RequestValidationError, _bad_request)

    @app.post("/api/assess")
    def assess(request: AssessRequest) -> dict[str, object]:
        return assistant.assess(request.text).as_json(request.id)

    @app.post("/api/ask")
    def ask(request: AskRequest) -> dict[str, object]:
        return assistant.ask(request.question, request.as_of).as_json(request.id)

    @app.get("/api/search")
    def search(
        query: str,
        top: Annotated[int, Query(ge=1, le=MOST_HITS)] = 10,
        kind: Annotated[list[Kind] | None, Query()] = None,
    ) -> dict[str, object]:
        hits = assistant.search(query, top, tuple(kind) if kind else None)
        shown = {"source_id", "kind", "law", "article", "title", "score", "text"}
        return {"hits": [hit.model_dump(include=shown) for hit in hits]}

    @app.get("/api/health")
    def health() -> dict[str, object]:
        return {"status": assistant.readiness.phase, **assistant.readiness.model_dump()}


async def _failure(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, UnreadableSource):
        code = 422
    elif isinstance(error, IndexUnavailable | StorageError):
        code = 503
    else:
        code = 500
    return JSONResponse({"error": str(error)}, status_code=code)


async def _bad_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = "；".join(
        f"{'.'.join(map(str, fault['loc'][1:] or fault['loc']))} {FAULTS.get(fault['type'], fault['msg'])}"
        for fault in error.errors()
    )
    return JSONResponse({"error": f"请求有误：{faults}。请按接口说明改正后重试。"}, status_code=400)
