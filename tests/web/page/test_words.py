"""What the page says of results, without a browser: made-up results in, sentences out."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unseen.photo.photo import Finding

Ask = Callable[[str], Any]
RESULTS = Path(__file__).parents[3] / "docs" / "results.md"
WAYS = {"file": "the file itself", "jpeg-75": "saved again as JPEG 75", "blur": "blurred a little"}


def model(role: str, before: str, after: str) -> dict[str, Any]:
    """What a network reads of a photo and its copy, that of one class after another."""
    readings = [
        {"icp": 0.5, "ice": 1.0, "top5": [{"label": label, "probability": 0.3} for label in top.split()]}
        for top in (before, after)
    ]
    return {
        "name": f"the {role}",
        "role": role,
        "reference": before.split(maxsplit=1)[0],
        "before": readings[0],
        "after": readings[1],
        "hidden": None,
    }


def audit(preset: str, before: bool, after: bool) -> list[dict[str, Any]]:
    """What a network not used says of a photo and its copy once they are shared in one way."""
    told = {"preset": preset, "network": "n", "role": "held-out"}
    return [
        {**told, "version": version, "answer": "cat" if right else "dog", "top1": right, "leaked": right}
        for version, right in (("original", before), ("protected", after))
    ]


def result(*, others: str = "dog", shared: dict[str, tuple[bool, bool]] | None = None, **own: Any) -> dict[str, Any]:
    """A result of a photo that the networks used misread; `others` is what those not used say of the copy."""
    rows = [row for preset, pair in (shared or {}).items() for row in audit(preset, *pair)]
    row = {
        "input": "a.jpg",
        "status": own.get("status", "protected"),
        "models": [model("surrogate", "cat", "dog"), model("held-out", "cat", others)],
        "audit": rows,
        "metadata_removed": own.get("removed", []),
    }
    settings = {"keep": own.get("keep", []), "pictures": own.get("pictures", []), "picture_only": False}
    return {"row": row, "settings": settings, "report": {"presets": WAYS}, "metadata": own.get("metadata", [])}


@pytest.fixture
def account(ask: Ask) -> Callable[..., Any]:
    """The summary of results as sentences."""
    return lambda *results: ask(
        f'import {{ account }} from "./summary.js"; console.log(JSON.stringify(account({json.dumps(results)})))'
    )


def test_a_copy_that_others_still_read_is_not_called_protected(account, ask: Ask):
    assert account(result())["outcome"] == "Your photo is protected."
    assert account(result(others="cat"))["outcome"] == (
        "Your photo is misread by the networks it was made against, still read by others."
    )
    assert account(result(), result(others="cat"), result(others="cat"))["outcome"] == (
        "1 of 3 photos is protected. 2 are misread by the networks they were made against, still read by others."
    )
    assert account(result(status="not_achieved"))["outcome"] == "Your photo is not protected."
    before = "Before, networks not used named the right thing; "
    assert f"{before}now they do not." in account(result())["gained"]
    assert f"{before}they still do." in account(result(others="cat"))["lost"]
    row, settings = (json.dumps(result(others="cat")[part]) for part in ("row", "settings"))
    script = 'import {{ {0} }} from "./verdicts.js"; console.log(JSON.stringify({0}({1}, {2})))'
    assert ask(script.format("outcome", row, settings)) == "in_part"
    assert ask(script.format("statusInWords", row, settings)).endswith(
        "no longer give the true answer first, but the held-out, which had no part in it, still does."
    )


def test_what_others_named_before_and_name_after_sharing_is_no_gain(account):
    shared = [{"jpeg-75": (True, True), "blur": (True, number > 0)} for number in range(9)] + [
        {"jpeg-75": (False, False)}
    ]
    told = account(*(result(shared=one) for one in shared))
    words = (
        "After sharing (saved again as JPEG 75 or blurred a little), networks not used named the right thing in 9 "
        "of 10 originals, now in 8 to 9."
    )
    assert words in told["lost"]
    assert words not in told["gained"]


def test_what_fewer_of_the_recognised_ones_tell_after_sharing_is_a_gain(account):
    shared = [{"jpeg-75": (True, number < 2), "blur": (number > 4, False)} for number in range(6)]
    told = account(*(result(shared=one) for one in shared), result(shared={"blur": (False, True)}))
    assert any("in 1 to 6 of 7 originals, now in 0 to 2." in words for words in told["gained"]), told

    one = account(result(shared={"jpeg-75": (True, False)}))
    assert "After sharing (saved again as JPEG 75), networks not used no longer name the right thing." in one["gained"]
    one = account(result(shared={"jpeg-75": (True, False), "blur": (True, True)}))
    assert any("still name the right thing, at least in one" in words for words in one["lost"])
    none = account(result(shared={"blur": (False, False)}))
    assert any("do not name the right thing in the originals either." in words for words in none["lost"])


def test_looks_in_brief_do_not_claim_what_nobody_recognised(ask: Ask):
    looks = ["unknown unknown", "hidden hidden", "hidden unknown", "hidden close recognised"]
    given = json.dumps([[{"verdict": name} for name in found.split()] for found in looks])
    script = f'import {{ inBrief }} from "./result.js"; console.log(JSON.stringify({given}.map(inBrief)))'
    assert ask(script) == [
        "the original is not recognised either",
        "hidden in every way that was tried",
        "hidden in 1 of 2 looks, in the others the original is not recognised either",
        "still told in 2 of 3 looks",
    ]


def test_people_see_the_same_only_where_the_picture_is_the_same(account):
    same = "People see in the copies what they saw before, and whoever holds an original needs no copy."
    assert same in account(result())["lost"]
    assert same in account(result(pictures=[{"scheme": "Universal"}]))["lost"]
    told = account(result(), result(pictures=[{"scheme": "Crop"}]))["lost"]
    assert same not in told
    assert "Whoever holds an original needs no copy." in told


def test_what_is_kept_in_a_copy_is_told(account, ask: Ask):
    found = [str(Finding.EXIF), str(Finding.GPS), str(Finding.THUMBNAIL)]
    told = account(result(keep=["all"], metadata=found, removed=["thumbnail"]))
    assert "Kept in 1 file, as you chose: EXIF and GPS position." in told["lost"]
    assert "thumbnail removed from 1 file." in told["gained"]
    told = account(result(keep=["date"], metadata=found, removed=["EXIF except date", "GPS position", "thumbnail"]))
    assert "Kept in 1 file, as you chose: date." in told["lost"]
    assert not any("Kept" in words for words in account(result(metadata=found, removed=found))["lost"])

    cases = [
        ("", found, found, "A copy will not.", "EXIF, GPS position and thumbnail"),
        ("all", found, ["thumbnail"], "A copy will tell EXIF and GPS position, too, for you chose to keep all.",
         "thumbnail; kept, as you chose: EXIF and GPS position"),
        ("all", found[:2], [], "A copy will tell it, too, for you chose to keep all.",
         "nothing; kept, as you chose: EXIF and GPS position"),
        ("all", found[2:], found[2:], "A copy will not.", "thumbnail"),
        ("date,copyright", found[:1], ["EXIF except date and copyright"],
         "A copy will not, but for the date and copyright and author, which you chose to keep.",
         "EXIF except date and copyright; kept, as you chose: date and copyright"),
        ("all", [], [], "A copy will not.", "nothing: it held no metadata"),
    ]  # fmt: skip
    for keep, metadata, removed, will, did in cases:
        given = result(keep=[word for word in keep.split(",") if word], removed=removed)
        script = f"""import {{ removedInWords, willKeep }} from "./kept.js";
          const found = {json.dumps(metadata)};
          console.log(JSON.stringify([willKeep(found, "{keep}"), removedInWords(found, {json.dumps(given)})]));"""
        assert ask(script) == [will, did]


@pytest.mark.parametrize("levels", [4, 8, 16])
def test_strength_is_told_as_it_was_measured(ask: Ask, levels: int):
    text = RESULTS.read_text()
    exactly, alike = re.search(
        rf"^\| `\w+`, {levels} levels \| \d+ \| ([\d.]+)% \| [\d.]+% \| ([\d.]+)% \|", text, re.MULTILINE
    ).groups()  # type: ignore[union-attr]
    (originals,) = re.search(r"^\| the file itself \| (\d+)\s% \|", text, re.MULTILINE).groups()  # type: ignore[union-attr]
    told = ask(f'import {{ testedInWords }} from "./tested.js"; console.log(JSON.stringify(testedInWords({levels})))')
    assert re.findall(r"(\d+) (?:photo )?of (\d+)", told) == [
        ("1", str(round(100 / float(exactly)))),
        ("1", str(round(100 / float(alike)))),
        (f"{int(originals) / 20:g}", "5"),
    ]


def test_copies_are_named_as_the_persons_own_files_are(ask: Ask):
    given = [
        ("photo.jpg", "photo.jpg"),
        ("scan.tiff", "scan.webp"),
        ("x" * 250 + ".jpg", "x" * 196 + ".jpg"),
        ("why? 5:30.jpg", "why_ 5_30.jpg"),
        ("no suffix", "no suffix.jpg"),
        ("../a.b.png", "a.b.png"),
    ]
    photos = json.dumps([{"name": own, "result": {"name": made}} for own, made in given])
    script = f'import {{ copyName }} from "./names.js"; console.log(JSON.stringify({photos}.map(copyName)))'
    assert ask(script) == [
        "photo.jpg", "scan.webp", "x" * 250 + ".jpg", "why? 5:30.jpg", "no suffix.jpg", "a.b.png",
    ]  # fmt: skip


def test_an_open_network_is_told_of_and_this_machine_is_none(ask: Ask):
    places = [("http:", "localhost"), ("http:", "127.0.0.2"), ("http:", "[::1]"), ("http:", "192.168.0.7")]
    places += [("https:", "studio.lan"), ("http:", "studio.lan"), ("http:", "127.0.0.1.example")]
    given = json.dumps([{"protocol": protocol, "hostname": name} for protocol, name in places])
    script = f'import {{ isOpenToOthers }} from "./where.js"; console.log(JSON.stringify({given}.map(isOpenToOthers)))'
    assert ask(script) == [False, False, False, True, False, True, True]
