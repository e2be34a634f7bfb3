"""The script behind imagenet-meanings.txt, on a little WordNet of our own."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "docs" / "generate_meanings.py"
LITTLE = """\
  1 This software and database is being provided to you
00000001 03 n 01 entity 0 000 | that which is
00000002 03 n 02 animal 0 beast 0 001 @ 00000001 n 0000 | a living thing
00000003 03 n 01 cat 0 002 @ 00000002 n 0000 ~ 00000004 n 0000 | purrs | or not
00000004 05 n 0b tabby 0 a 0 b 0 c 0 d 0 e 0 f 0 g 0 h 0 i 0 j 0 001 @ 00000003 n 0000 | striped
00000005 05 n 01 Tom 0 001 @i 00000003 n 0000 | one of them
"""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_meanings", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_wordnet_is_read_as_its_manual_says(script: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "data.noun").write_text(LITTLE)
    words, broader = script.nouns(tmp_path / "data.noun")
    assert words["n00000002"] == "animal"
    assert broader == {
        "n00000001": (),
        "n00000002": ("n00000001",),
        "n00000003": ("n00000002",),
        "n00000004": ("n00000003",),
        "n00000005": ("n00000003",),
    }
    anchors = {"n00000002": "beast", "n00000003": "kitty"}
    nearest = [script._meaning(f"n0000000{number}", broader, anchors) for number in range(1, 6)]
    assert nearest == [None, "beast", "kitty", "kitty", "kitty"]


def test_another_wordnet_is_refused(script: ModuleType) -> None:
    with pytest.raises(SystemExit, match="is this WordNet"):
        script._anchors({"n02084071": "cat"})


def test_no_anchor_is_listed_twice(script: ModuleType) -> None:
    listed = [anchor for anchors in script.ANCHORS.values() for anchor in anchors]
    assert len(set(listed)) == len(listed)
