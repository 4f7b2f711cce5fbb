"""One corpus with every mistake an officer can make: each is reported with its line and remedy, the rest loads."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from assistant.errors import CorpusError
from assistant.knowledge import Corpus, Problem, load_corpus
from assistant.settings import REPOSITORY

SHIPPED = REPOSITORY / "corpus"


@dataclass(frozen=True)
class Mistake:
    """An entry of mistakes.yaml, where the fields are explained."""

    name: str
    file: str
    old: str
    new: str
    what: str
    remedy: str
    at: str = ""


MISTAKES = [
    Mistake(**entry) for entry in yaml.safe_load(Path(__file__).with_name("mistakes.yaml").read_text(encoding="utf-8"))
]
NEW_FILES = {
    "cases/2026-leer.md": "---\nid: case-2026-leer\ntitle: 空\ndate: '2026-01-01'\nauthority: 某院\n"
    "patterns: [loan-ab]\n"
    "sources:\n- title: 某报\n  publisher: 某社\n  url: https://example.com/\n---\n\n## 启示\n无\n",
    "patterns/lending/loan-unheard.yaml": "id: loan-unheard\nsummary: 谁也没登记过\n",
    "patterns/debt/debt-list.yaml": "- 只有\n- 一个列表\n",
}
BANK = {
    1: ('{"id": "x-1", "author": "x", "kind": "note", "text": "一段话", "level": "none", "main": null}', ""),
    2: ("{不是 JSON", "`整行` 写法不对"),
    3: (
        '{"id": "x-1", "author": "x", "kind": "note", "text": "另一段", "level": "none", "main": null}',
        "id `x-1` 重复",
    ),
    4: ('{"id": "x-4", "author": "x", "kind": "note", "text": "一段话", "level": "none", "main": null}', "完全相同"),
    5: (
        '{"id": "x-5", "author": "x", "kind": "note", "text": "某事", "level": "high", "main": "loan-abc"}',
        "没有模式 `loan-abc`",
    ),
    6: (
        '{"id": "x-6", "author": "x", "kind": "note", "text": "某话", "level": "high", "main": "core-outsourcing",'
        ' "telling": ["没说过"]}',
        "“没说过”不在 text 里",
    ),
    7: (
        '{"id": "x-7", "author": "x", "kind": "note", "text": "末句", "level": "很高", "main": null}',
        "`level` 写法不对",
    ),
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A copy of the shipped corpus with all mistakes at once."""
    folder = tmp_path_factory.mktemp("broken") / "corpus"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("practices"))
    for mistake in MISTAKES:
        path = folder / mistake.file
        text = path.read_text(encoding="utf-8")
        assert mistake.old in text, mistake.name
        changed = text.replace(mistake.old, mistake.new, 1) if mistake.old else text.rstrip("\n") + "\n" + mistake.new
        path.write_text(changed, encoding="utf-8")
    for name, text in NEW_FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "cases" / "2026-gbk.md").write_bytes("---\nid: 某案\n---\n经过".encode("gb18030"))
    (folder / "practices").mkdir()
    (folder / "practices" / "x.jsonl").write_text("\n".join(line for line, _ in BANK.values()), encoding="utf-8")
    (folder / "practices" / "y.jsonl").write_bytes("{“国标”}".encode("gb18030"))
    return load_corpus(folder)


def only(corpus: Corpus, file: str) -> Problem:
    [problem] = [problem for problem in corpus.problems if problem.file == file]
    return problem


def line_of(corpus: Corpus, file: str, words: str) -> int:
    text = (corpus.folder / file).read_text(encoding="utf-8")
    return text[: text.index(words)].count("\n") + 1


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_reported_with_its_line_and_its_remedy(broken: Corpus, mistake: Mistake) -> None:
    found = [problem for problem in broken.problems if problem.file == mistake.file and mistake.what in problem.what]
    assert len(found) == 1, [str(problem) for problem in broken.problems if problem.file == mistake.file]
    assert mistake.remedy in found[0].expected
    assert found[0].line == line_of(broken, mistake.file, mistake.at or mistake.new.splitlines()[-1])


def test_a_case_without_facts_is_reported_where_they_should_stand(broken: Corpus) -> None:
    problem = only(broken, "cases/2026-leer.md")
    assert (problem.line, problem.what) == (12, "没有写案情")


def test_a_pattern_the_taxonomy_does_not_list_is_reported_with_how_to_list_it(broken: Corpus) -> None:
    problem = only(broken, "patterns/lending/loan-unheard.yaml")
    assert "taxonomy.yaml 里没有 `loan-unheard`" in problem.what
    assert "taxonomy.yaml" in problem.expected or "是不是" in problem.expected


def test_a_file_that_is_a_list_is_reported_and_points_to_the_guide(broken: Corpus) -> None:
    problem = only(broken, "patterns/debt/debt-list.yaml")
    assert "corpus/README.md" in problem.expected


@pytest.mark.parametrize("file", ["cases/2026-gbk.md", "practices/y.jsonl"])
def test_a_file_in_another_encoding_is_reported_with_the_one_to_use(broken: Corpus, file: str) -> None:
    assert "UTF-8" in only(broken, file).expected


def test_a_bad_line_of_the_bank_is_reported_and_its_neighbours_count(broken: Corpus) -> None:
    found = {problem.line: problem.what for problem in broken.problems if problem.file == "practices/x.jsonl"}
    assert found.keys() == {number for number, (_, what) in BANK.items() if what}
    assert all(BANK[number][1] in what for number, what in found.items())
    assert [practice.id for practice in broken.practices] == ["x-1"]


def test_a_broken_file_is_left_out_and_everything_else_loads(broken: Corpus) -> None:
    whole = load_corpus(SHIPPED)
    files = {problem.file for problem in broken.problems}
    for kind in ("patterns", "cases", "regulations"):
        left = {item.id for item in getattr(whole, kind) if whole.places[item.id][0] not in files}
        assert {item.id for item in getattr(broken, kind)} == left
    assert len(whole.patterns) - len(broken.patterns) == 10
    assert len(whole.cases) - len(broken.cases) == 6
    assert len(whole.regulations) - len(broken.regulations) == 5


def test_a_bad_entry_of_a_list_leaves_its_neighbours(broken: Corpus) -> None:
    whole = load_corpus(SHIPPED)
    assert broken.speech == whole.speech


def test_every_problem_reads_as_file_line_what_and_remedy(broken: Corpus) -> None:
    for problem in broken.problems:
        assert str(problem) == f"{problem.file}:{problem.line}: {problem.what}（{problem.expected}）"
        assert problem.line >= 1
        assert problem.what
        assert problem.expected


def test_the_shipped_corpus_loads_without_a_problem() -> None:
    assert load_corpus(SHIPPED).problems == ()


def test_a_broken_taxonomy_is_reported_and_does_not_raise(tmp_path: Path) -> None:
    (tmp_path / "taxonomy.yaml").write_text("- id: [\n", encoding="utf-8")
    corpus = load_corpus(tmp_path)
    assert only(corpus, "taxonomy.yaml").what.startswith("YAML 写法有误")
    assert corpus.patterns == ()


def test_a_taxonomy_that_lists_an_id_twice_is_reported(tmp_path: Path) -> None:
    entry = "- {id: loan-ab, domain: lending, name: 某手法, gist: 某种手法}\n"
    (tmp_path / "taxonomy.yaml").write_text(entry * 2, encoding="utf-8")
    found = [(problem.line, problem.what) for problem in load_corpus(tmp_path).problems]
    assert (2, "id `loan-ab` 重复") in found


def test_a_folder_without_a_taxonomy_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"没有 taxonomy\.yaml。请检查 PARTNER_LENS_CORPUS"):
        load_corpus(tmp_path)


def test_windows_line_ends_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "corpus", ignore=shutil.ignore_patterns("practices"))
    path = tmp_path / "corpus" / "cases" / "2024-taizhou-moujie-abdai.md"
    before = {case.id: case for case in load_corpus(tmp_path / "corpus").cases}
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    after = load_corpus(tmp_path / "corpus")
    assert {case.id: case for case in after.cases} == before
    assert after.problems == ()
