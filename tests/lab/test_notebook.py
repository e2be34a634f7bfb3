import math
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import torch

from unseen.errors import UnseenError
from unseen.lab import files, notebook
from unseen.lab.notebook import Notebook, code_digest

SETTINGS = {"seed": 0, "limit": 0.35}


def never() -> object:
    raise AssertionError("finished work is done again")


def test_a_value_is_computed_once_and_is_what_json_gives_back(tmp_path: Path) -> None:
    with Notebook(tmp_path, SETTINGS) as book:
        first = book.once("table", lambda: {"row": (1, 2.5), "none": None, 3: math.nan})
        assert book.once("table", never).keys() == first.keys()
    with Notebook(tmp_path, SETTINGS) as book:
        again = book.once("table", never)
        assert book.once("other", lambda: True) is True
    for value in (first, again):
        assert value["row"] == [1, 2.5]
        assert value["none"] is None
        assert math.isnan(value["3"])


def test_tensors_come_back_as_they_were(tmp_path: Path) -> None:
    base = torch.arange(12, dtype=torch.float64).reshape(3, 4)
    given = {
        "turned": base.T,
        "part": base[1:, ::2],
        "labels": torch.tensor([3, 1]),
        "learnt": torch.ones(2).requires_grad_(),
    }
    with Notebook(tmp_path, SETTINGS) as book:
        first = book.tensors_once("noises", lambda: given)
        again = book.tensors_once("noises", never)
    for found in (first, again):
        assert found.keys() == given.keys()
        assert all(torch.equal(found[name], given[name]) and found[name].dtype == given[name].dtype for name in given)
        assert not found["learnt"].requires_grad


def test_rows_are_kept_one_by_one(tmp_path: Path) -> None:
    with Notebook(tmp_path, SETTINGS) as book:
        rows = book.rows("photos")
        assert rows.known == {}
        rows.append("a.png\n", {"top": ("cat", 0.5)})
        rows.append("ü", {"icp": math.inf})
        assert rows.known == {"a.png\n": {"top": ["cat", 0.5]}, "ü": {"icp": math.inf}}
    with Notebook(tmp_path, SETTINGS) as book:
        assert book.rows("photos").known == rows.known
        assert book.rows("others").known == {}


@pytest.mark.parametrize(
    "torn", [b'["c", {"icp": 0.', b'["c", {"icp": 0.5}]', b"\0\0\0\0\n", b"5\n", b'{"c": 1}\n', b"\xff\n"]
)
def test_a_torn_row_is_dropped_and_the_next_begins_a_line(tmp_path: Path, torn: bytes) -> None:
    with Notebook(tmp_path, SETTINGS) as book:
        rows = book.rows("photos")
        for key in "ab":
            rows.append(key, {"icp": 0.25})
        with rows.path.open("ab") as file:
            file.write(torn)
        rows = book.rows("photos")
        assert list(rows.known) == ["a", "b"]
        rows.append("d", {"icp": 0.75})
        assert list(book.rows("photos").known) == ["a", "b", "d"]


def test_other_settings_and_other_code_have_work_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def made_by(settings: dict[str, object]) -> object:
        with Notebook(tmp_path, settings) as book:
            return book.once("value", lambda: settings["seed"])

    assert made_by({"seed": 1, "limit": 0.35}) == 1
    assert made_by({"limit": 0.35, "seed": 1}) == 1
    assert made_by({"seed": 2, "limit": 0.35}) == 2
    with Notebook(tmp_path, {"seed": 1, "limit": 0.35}) as book:
        book.once("value", never)
    monkeypatch.setattr(notebook, "code_digest", lambda folder: "changed")
    with Notebook(tmp_path, {"seed": 1, "limit": 0.35}) as book:
        assert book.once("value", lambda: "new") == "new"


def test_the_digest_is_of_every_python_file_and_of_nothing_else(tmp_path: Path) -> None:
    def written(files: dict[str, str]) -> str:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        for name, text in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        return code_digest(folder)

    code = {"a.py": "x = 1", "b/c.py": ""}
    assert written(code) == written(code | {"__pycache__/a.pyc": "1", "notes.txt": "2"})
    others = ({"a.py": "x = 2"}, {"b/c.py": "\n"}, {"b/d.py": ""}, {"a.py": "x = ", "b/c.py": "1"})
    assert len({written(code | other) for other in others} | {written(code)}) == 1 + len(others)


def test_what_fails_is_not_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Notebook(tmp_path, SETTINGS) as book:
        with pytest.raises(ZeroDivisionError):
            book.once("value", lambda: 1 / 0)
        with pytest.raises(TypeError):
            book.once("value", lambda: {1, 2})
        assert book.once("value", lambda: 7) == 7


LAB = """
import os, signal, sys
from pathlib import Path
import torch
from unseen.lab.notebook import Notebook

folder, fatal = Path(sys.argv[1]), sys.argv[2]

def done(step):
    if step == fatal:
        os.kill(os.getpid(), signal.SIGKILL)
    with (folder.parent / "log").open("a") as log:
        log.write(step)
    return step

with Notebook(folder, {"seed": 0}) as book:
    book.once("a", lambda: done("a"))
    book.tensors_once("b", lambda: {done("b"): torch.ones(2)})
    rows = book.rows("c")
    for key in "cd":
        if key not in rows.known:
            rows.append(key, {"step": done(key)})
    if fatal == "write":
        os.fsync = lambda _: done("write")
    book.once("e", lambda: done("e"))
"""


def killed_at(fatal: str, folder: Path) -> int:
    command = [sys.executable, "-c", LAB, str(folder), fatal]
    return subprocess.run(command, check=False, env=os.environ | {"OMP_NUM_THREADS": "1"}, timeout=120).returncode


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_run_resumes_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, log = tmp_path / "lab", tmp_path / "log"
    for fatal, done in (("b", "a"), ("d", "abc"), ("write", "abcde")):
        assert killed_at(fatal, folder) == -signal.SIGKILL
        assert log.read_text() == done
    monkeypatch.setattr(sys, "argv", ["lab", str(folder), ""])
    for _ in range(2):
        exec(compile(LAB, "lab", "exec"), {})
        assert log.read_text() == "abcdee"
    with Notebook(folder, {"seed": 0}) as book:
        assert book.once("e", never) == "e"
        assert torch.equal(book.tensors_once("b", never)["b"], torch.ones(2))


HOLDER = """
import sys, time
from pathlib import Path
from unseen.lab.notebook import Notebook
with Notebook(Path(sys.argv[1]), {"seed": 5}):
    print("held", flush=True)
    time.sleep(100)
"""


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "lab")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(UnseenError, match="lab: another run works in it; wait for its end or name another"):
                Notebook(tmp_path / "lab", SETTINGS)
            with Notebook(tmp_path / "elsewhere", SETTINGS) as book:
                assert book.once("value", lambda: 1) == 1
        finally:
            holder.kill()
    with Notebook(tmp_path / "lab", SETTINGS) as book:
        assert book.once("value", lambda: 1) == 1
        with pytest.raises(UnseenError, match="another run works in it"):
            Notebook(tmp_path / "lab", SETTINGS)
    Notebook(tmp_path / "lab", SETTINGS)


def test_a_dropped_notebook_frees_its_folder(tmp_path: Path) -> None:
    assert Notebook(tmp_path, SETTINGS).once("value", lambda: 1) == 1
    assert Notebook(tmp_path, SETTINGS).once("value", never) == 1


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").touch()
    with pytest.raises(UnseenError, match="holds files that no lab wrote; name an empty or new folder with -o"):
        Notebook(tmp_path, SETTINGS)
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]
    with pytest.raises(UnseenError, match=r"holiday\.jpg: cannot be used as a folder"):
        Notebook(tmp_path / "holiday.jpg", SETTINGS)


def test_a_damaged_page_is_told(tmp_path: Path) -> None:
    with Notebook(tmp_path, SETTINGS) as book:
        book.once("table", lambda: 1)
        book.tensors_once("noises", lambda: {"one": torch.ones(1)})
        for page in tmp_path.glob(".unseen/lab/*/*.*"):
            page.write_bytes(b"{")
        with pytest.raises(UnseenError, match=r"table\.json: is damaged .*; delete it and run again"):
            book.once("table", never)
        with pytest.raises(UnseenError, match=r"noises\.safetensors: is damaged .*; delete it and run again"):
            book.tensors_once("noises", never)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_ends_a_row_in_one_line(tmp_path: Path) -> None:
    with Notebook(tmp_path, SETTINGS) as book:
        rows = book.rows("photos")
        rows.path.unlink()
        rows.path.symlink_to("/dev/full")
        with pytest.raises(UnseenError, match=r"photos\.jsonl: cannot be written \(No space left on device\); free"):
            rows.append("a", {"icp": 0.5})
        assert rows.known == {}
        rows.path.unlink()


@pytest.mark.parametrize("name", ["", "a/b", "..\\b", "a b"])
def test_names_of_pages_are_plain(tmp_path: Path, name: str) -> None:
    with Notebook(tmp_path, SETTINGS) as book:
        for page in (lambda: book.once(name, never), lambda: book.tensors_once(name, never), lambda: book.rows(name)):
            with pytest.raises(ValueError, match="is no name for a page"):
                page()


def test_writing_over_leaves_the_former_file_or_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.json"
    files.write_over(path, b"former")
    files.write_over(path, b"new")
    assert path.read_bytes() == b"new"

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("fsync", "replace"):
        with monkeypatch.context() as patched:
            patched.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), interrupt)
            with pytest.raises(KeyboardInterrupt):
                files.write_over(path, b"newest")
        assert path.read_bytes() == b"new"
        assert [entry.name for entry in tmp_path.iterdir()] == ["report.json"]


def test_what_cannot_be_written_over_is_named(tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()
    with pytest.raises(UnseenError, match=r"report\.json: cannot be replaced \(.*\); move it away"):
        files.write_over(tmp_path / "report.json", b"new")
    with pytest.raises(UnseenError, match=r"missing/a: cannot be written: its folder does not exist; create it"):
        files.write_over(tmp_path / "missing" / "a", b"new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.json"]
