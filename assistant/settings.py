"""Every setting with its default and its meaning; read once, handed down as values."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError

REPOSITORY = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Settings of one installation, from the environment (`PARTNER_LENS_…`) or a `.env` file in the working folder."""

    model_config = SettingsConfigDict(env_prefix="PARTNER_LENS_", env_file=".env", extra="ignore", frozen=True)

    corpus: Path = Field(default=REPOSITORY / "corpus", description="folder with the institution's knowledge")
    data: Path = Field(
        default_factory=lambda: user_data_path("partner-lens"),
        description="folder for the index and the local database",
    )
    encoder: str = Field(
        default="bundled",
        description="`bundled`, a folder with a sentence-transformers model, or a hub id such as `BAAI/bge-m3`",
    )
    chroma_url: str = Field(default="", description="address of a Chroma server; empty keeps Chroma embedded in `data`")
    database_url: str = Field(
        default="", description="SQLAlchemy address of the database; empty keeps SQLite in `data`"
    )
    host: str = Field(default="127.0.0.1", description="address the web app listens on")
    port: int = Field(default=7860, ge=1, le=65535, description="port the web app listens on")
    max_characters: int = Field(default=20_000, ge=100, description="longest text one assessment or question may have")
    max_file_mb: int = Field(default=20, ge=1, description="largest file that may be uploaded or assessed, in MB")
    embed_statutes: bool = Field(
        default=True, description="embed the remaining national statutes in the background (keyword search needs none)"
    )
    chat_model: str = Field(
        default="",
        description="chat model that rewords replies: `openai:MODEL@http://host/v1`, `ollama:MODEL[@http://host]` or "
        "the path of a `.gguf` file; empty uses none",
    )
    chat_key: SecretStr = Field(
        default=SecretStr(""), description="key of the chat model's service, where it asks for one"
    )
    chat_timeout: int = Field(default=60, ge=1, description="longest time one reworded reply may take, in seconds")
    chat_retries: int = Field(
        default=2, ge=0, le=10, description="how often a refused request (429, 5xx) is tried again"
    )
    chat_tokens: int = Field(default=1200, ge=50, description="longest reworded reply, in tokens")


def load_settings(**overrides: object) -> Settings:
    """Read the settings; `overrides` win over the environment.

    Raises `SettingsError` naming each setting that cannot be used.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        faults = "; ".join(
            f"PARTNER_LENS_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors()
        )
        raise SettingsError(f"设置有误：{faults}。请改正环境变量或 .env 后重试。") from error
