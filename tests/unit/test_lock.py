"""The locks: what `make install` will put on an officer's laptop."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def locked(name: str) -> dict[str, str]:
    """Package -> exact version."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return dict(line.split("==", 1) for line in lines if re.match(r"[a-z0-9]", line))


def required(*extras: str) -> set[str]:
    """The packages that `pyproject.toml` names, with those of some extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    requirements = [*project["dependencies"]]
    for extra in extras:
        requirements += project["optional-dependencies"][extra]
    return {re.split(r"[\[<>=~!]", requirement, maxsplit=1)[0] for requirement in requirements}


def test_no_cuda_package_gets_into_the_locks() -> None:
    packages = locked("requirements.lock").keys() | locked("requirements-test.lock").keys()
    assert [name for name in packages if name.startswith(("nvidia-", "cuda-", "triton"))] == []


def test_torch_is_locked_to_a_version_that_every_index_knows() -> None:
    assert re.fullmatch(r"[\d.]+", locked("requirements.lock")["torch"])


def test_the_test_lock_holds_the_same_versions_and_more() -> None:
    assert locked("requirements.lock").items() < locked("requirements-test.lock").items()


def test_everything_the_project_names_is_locked() -> None:
    assert required() <= locked("requirements.lock").keys()


def test_the_locks_name_no_index_and_no_folder() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        assert not re.search(r"https?:|file:|--|/", (ROOT / name).read_text("utf-8"))


def test_every_library_that_the_source_imports_is_named_in_pyproject() -> None:
    sources = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "assistant").rglob("*.py")]
    nodes = [node for source in sources for node in ast.walk(source)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    libraries = {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"assistant"}
    owners = packages_distributions()
    named = required("gguf")
    unnamed = [name for name in libraries if not {owner.lower() for owner in owners.get(name, [name])} & named]
    assert sorted(unnamed) == []


def test_the_model_that_only_tests_may_use_is_not_on_an_officers_laptop() -> None:
    assert [name for name in locked("requirements.lock") if "gemma" in name] == []
    assert [name for name in required("gguf") if "gemma" in name] == []
