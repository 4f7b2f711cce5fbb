"""The API under the address of the page."""

from __future__ import annotations

import httpx
import pytest

from assistant.settings import Settings

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]


@pytest.fixture
def api(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, timeout=60)


def test_a_description_is_assessed_as_the_contract_says(api: httpx.Client) -> None:
    text = "平台要求客户放款前先交保证金和解冻费，收钱后不放款。"
    found = api.post("/api/assess", json={"id": "a", "text": text}).json()
    assert found["id"] == "a"
    assert found["level"] in ("high", "medium", "low", "none")
    for pattern in found["patterns"]:
        for match in pattern["matched"]:
            assert text[match["start"] : match["end"]] == match["span"]


def test_a_question_is_answered_as_of_a_day(api: httpx.Client) -> None:
    question = {"question": "催收可以几点给欠款人打电话？", "as_of": "2026-06-01"}
    found = api.post("/api/ask", json=question).json()
    assert {"answer", "abstained", "reason", "citations", "notices", "corpus_version"} <= found.keys()
    assert all(citation["verified"] for citation in found["citations"])


def test_a_search_gives_as_many_hits_as_asked_for_and_only_of_the_kind(api: httpx.Client) -> None:
    hits = api.get("/api/search", params={"query": "骗取贷款", "top": 3, "kind": "statute"}).json()["hits"]
    assert len(hits) == 3
    assert {hit["kind"] for hit in hits} == {"statute"}
    assert set(hits[0]) == {"source_id", "kind", "law", "article", "title", "score", "text"}


def test_health_says_how_far_the_start_is(api: httpx.Client) -> None:
    assert api.get("/api/health").json()["phase"] == "ready"


@pytest.mark.parametrize("text", ["", "  ", "。"])
def test_a_text_that_cannot_be_read_is_one_line_of_error(api: httpx.Client, text: str) -> None:
    answer = api.post("/api/assess", json={"text": text})
    assert answer.status_code == 422
    assert "\n" not in answer.json()["error"]


def test_a_text_that_is_too_long_is_refused(api: httpx.Client, settings: Settings) -> None:
    answer = api.post("/api/assess", json={"text": "长" * (settings.max_characters + 1)})
    assert answer.status_code == 422


def test_a_request_of_the_wrong_shape_says_which_field(api: httpx.Client) -> None:
    answer = api.post("/api/ask", json={"question": "可以吗？", "as_of": "明天"})
    assert answer.status_code == 400
    assert "as_of" in answer.json()["error"]
    assert "2026-01-31" in answer.json()["error"]  # how a day is written, in the reader's language


def test_a_field_that_is_missing_or_unknown_is_told_in_chinese(api: httpx.Client) -> None:
    answer = api.post("/api/assess", json={"description": "中介说包过"})
    assert answer.status_code == 400
    assert "text 没有给出" in answer.json()["error"]
    assert "description 不是这个接口的字段" in answer.json()["error"]


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/monitoring", "/gradio_api/file=/etc/passwd"])
def test_nothing_else_is_on_offer(api: httpx.Client, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code in (403, 404) or "root:" not in answer.text
    assert "cdn" not in answer.text


def test_the_page_may_load_nothing_from_another_host(api: httpx.Client) -> None:
    policy = api.get("/").headers["content-security-policy"]
    assert policy.startswith("default-src 'self'")
    assert "http" not in policy


def test_another_site_may_not_use_the_page_for_its_requests(api: httpx.Client) -> None:
    preflight = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    answer = api.options("/api/assess", headers=preflight)
    assert "access-control-allow-origin" not in answer.headers
