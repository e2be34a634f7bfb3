from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("a.png,cat", "the label 'cat'; give the number of its class"),
        ("a.png,1\na.jpg,2", "a is the name of two photos"),
        ("a.png,1", "weights"),
    ],
)
def test_what_would_stop_a_run_late_stops_it_at_once(
    lines: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import heldout

    (tmp_path / "labels.csv").write_text(f"file,label\n{lines}\n")
    for name in ("a.png", "a.jpg"):
        (tmp_path / name).touch()
    if problem != "weights":
        monkeypatch.setattr(heldout, "held_out", lambda weights: {})
        monkeypatch.setattr(heldout, "alike", lambda weights: None)
    with pytest.raises(SystemExit, match=problem):
        heldout.ready(tmp_path / "labels.csv", tmp_path / "weights")
