"""Who may import whom, read from the source: a room uses only what stands to its left."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "assistant"
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

GROUND = {"errors", "settings", "types"}
WORKING = {"knowledge", "retrieval", "answering", "assessment", "writing"}
LEFT_OF = {
    "errors": set[str](),
    "settings": {"errors"},
    "types": {"errors"},
    "knowledge": GROUND,
    "retrieval": GROUND | {"knowledge"},
    "storage": GROUND,
    "answering": GROUND | {"knowledge", "retrieval"},
    "assessment": GROUND | {"knowledge", "retrieval"},
    "writing": GROUND | {"knowledge", "retrieval", "answering", "assessment"},
    "casework": GROUND | WORKING,
    "service": GROUND | WORKING | {"casework", "storage"},
    "evaluation": GROUND | WORKING | {"casework", "service"},
    "interfaces": GROUND | WORKING | {"casework", "service", "evaluation"},
}
ONLY_IN = {
    "gradio": "interfaces/",
    "typer": "interfaces/",
    "fastapi": "interfaces/",
    "starlette": "interfaces/",
    "uvicorn": "interfaces/",
    "sqlalchemy": "storage/",
    "psycopg": "storage/",
    "sqlite3": ("storage/", "knowledge/statutes.py"),
    "chromadb": "retrieval/store.py",
    "langchain_chroma": "retrieval/store.py",
    "langchain_ollama": "writing/models.py",
    "langchain_openai": "writing/models.py",
    "ollama": "writing/models.py",
    "openai": "writing/models.py",
    "xllamacpp": "writing/models.py",
    "pydantic_settings": "settings.py",
    "dotenv": "settings.py",
}
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}


def tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text("utf-8"))


def imports(module: str) -> Iterator[str]:
    """Every dotted name a module imports, wherever in it the import stands."""
    package = ["assistant", *Path(module).parent.parts]
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            yield from (".".join([*base, *filter(None, [node.module]), name.name]) for name in node.names)


def room(module: str) -> str:
    return Path(module).parts[0].removesuffix(".py")


@pytest.mark.parametrize("module", [module for module in MODULES if module != "__init__.py"])
def test_a_room_imports_only_rooms_to_its_left(module: str) -> None:
    used = {name.split(".")[1] for name in imports(module) if name.startswith("assistant.")}
    assert sorted(used - {room(module)} - LEFT_OF[room(module)]) == []


@pytest.mark.parametrize("module", MODULES)
def test_a_library_appears_only_in_the_room_that_owns_it(module: str) -> None:
    libraries = {name.split(".")[0] for name in imports(module)} & ONLY_IN.keys()
    assert [library for library in libraries if not module.startswith(ONLY_IN[library])] == []


@pytest.mark.parametrize("module", [module for module in MODULES if module != "settings.py"])
def test_only_the_settings_read_the_environment(module: str) -> None:
    names = {node.attr for node in ast.walk(tree(module)) if isinstance(node, ast.Attribute)}
    names |= {name.rsplit(".", 1)[-1] for name in imports(module) if name.startswith("os.")}
    assert sorted(names & ENVIRONMENT) == []


def test_every_room_has_its_place_in_the_order() -> None:
    assert sorted({room(module) for module in MODULES} - {"__init__"} - LEFT_OF.keys()) == []
