"""The web app: the chat page and the API under one address.

Nothing is loaded from another host, and a policy in the headers lets the browser refuse it should anything ever try.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

import gradio as gr
import uvicorn
from fastapi import FastAPI, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import SettingsError
from assistant.interfaces.api import add_routes
from assistant.interfaces.web.page import Page, read_asset
from assistant.service import Assistant
from assistant.settings import Settings

POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)


def build_app(assistant: Assistant, settings: Settings) -> FastAPI:
    """The page and the API of one assistant. The pages that document an API load scripts from elsewhere: off."""
    app = FastAPI(title="Partner Lens", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard)
    add_routes(app, assistant)
    _add_icon(app)
    page = Page(assistant, settings.max_characters)
    page.blocks.queue(max_size=64, api_open=False)
    gr.mount_gradio_app(
        app,
        page.blocks,
        path="/",
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        head=f"<style>{read_asset('page.css')}</style><script>{read_asset('page.js')}</script>",
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        allowed_paths=[],
        max_file_size=f"{settings.max_file_mb}mb",
        show_error=False,
    )
    return app


def serve(assistant: Assistant, settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until interrupted. `announce` gets the address once the port is ours.

    Raises `SettingsError` when the port is taken or the address is not one of this machine.
    """
    listener = listen(settings.host, settings.port)
    app = build_app(assistant, settings)
    assistant.start()  # not before the page is made: the two would share one core
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    announce(f"http://{f'[{host}]' if ':' in host else host}:{settings.port}")
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3))
    server.run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Take a port of this machine; `SettingsError` when it is not to be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"无法在 {host}:{port} 上启动网页：端口已被占用或地址不可用。请关闭占用的程序，或用 --port 换一个端口。"
        ) from error
    return listener


class Guard:
    """Adds the headers that keep the page to itself to every response."""

    HEADERS = (
        (b"content-security-policy", POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    )

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the head of its response."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self.HEADERS]
            await send(message)

        await self._app(scope, receive, complete)


def _add_icon(app: FastAPI) -> None:
    icon = read_asset("icon.svg")

    @app.get("/favicon.ico", include_in_schema=False)
    def favicon() -> Response:
        return Response(icon, media_type="image/svg+xml")
