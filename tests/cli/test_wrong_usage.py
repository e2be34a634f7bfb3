from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--scheme", "replce"], "unknown scheme 'replce'; did you mean 'replace'?"),
        (["--scheme", "replace?stpe=1"], "scheme 'replace' has no setting 'stpe'; did you mean 'step'?"),
        (
            ["--scheme", "uniform", "--targets", "3"],
            "--targets is for indistinguish and among, not for --scheme",
        ),
        (
            ["--scheme", "away", "--draws", "3"],
            "--draws is for replace, indistinguish and among, not for",
        ),
        (["--model", "lite9"], "unknown classifier 'lite9'; did you mean 'lite2'?"),
        (["--audit-model", "timm:resnett18"], "did you mean 'resnet18"),
        (["--strength", "hi"], "'hi' is not one of 'low', 'medium', 'high'"),
        (["--strength", "low", "--epsilon", "3"], "--strength and --epsilon say the same; give one of them"),
        (["--epsilon", "0"], "epsilon is 0 levels; give 1 to 255"),
        (["--steps", "0"], "steps is 0: give at least 1"),
        (["--shaping", "rump"], "shaping is 'rump': choose one of ramp, sign, momentum"),
        (["--keep", "gps"], "'gps' cannot be kept; choose from date, copyright, all"),
        (["--quality", "0"], "0 is not in the range 1<=x<=100"),
        (["--format", "gif"], "'gif' is not one of 'keep', 'png', 'jpeg', 'webp'"),
        (["--stength", "low"], "--strength"),
        (["--labels", "none.csv"], "none.csv: cannot be read as CSV (No such file or directory)"),
        (["--report", "x.txt"], "--report x.txt: its name must end in .html or .json"),
        (["--report", "none/x.json"], "--report none/x.json: the folder none does not exist; create it first"),
        (["--report", "r.json", "--report", "r.json"], "--report r.json: is given twice"),
        (["--report", "there.json"], "--report there.json: exists already"),
        (["--dry-run", "--json"], "--dry-run reports nothing: leave out --json and --report"),
        (["--device", "cpu", "--precision", "bfloat16"], "--precision bfloat16 is for a GPU"),
        (["-o", "a.png"], "'a.png' is a file"),
        (["empty"], "empty: no photos in this folder"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2_before_any_work(
    arguments: list[str], problem: str, draw, unseen, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    draw("a.png")
    Path("empty").mkdir()
    Path("there.json").touch()
    result = unseen("protect", "a.png", *arguments)
    assert (result.code, result.out) == (2, "")
    assert problem in result.err
    assert result.err.startswith("Error: ")
    assert result.err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "empty", "there.json"]


def test_a_report_folder_that_may_not_be_changed_is_refused(draw, unseen, tmp_path: Path, monkeypatch) -> None:
    source = draw("a.png")
    monkeypatch.setattr("os.access", lambda *_: False)
    result = unseen("protect", source, "--report", tmp_path / "r.json")
    assert result.code == 2
    assert "may not be changed; choose another" in result.err


@pytest.mark.parametrize(
    ("label", "problem"),
    [
        ("thing 70", "label 'thing 70' is no class of"),
        ("12", "give 0 to 11"),
    ],
)
def test_an_unknown_label_is_refused_before_any_work(label, problem, draw, protect, tmp_path: Path) -> None:
    source = draw("a.png")
    table = tmp_path / "labels.csv"
    table.write_text(f"file,label\na.png,{label}\n")
    result = protect(source, "--labels", table)
    assert (result.code, result.out) == (2, "")
    assert problem in result.err
    assert not (tmp_path / "a-unseen.png").exists()


def test_labels_that_name_none_of_the_photos_are_refused(draw, protect, tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_text("file,label\nelsewhere/a.png,3\n")
    result = protect(draw("a.png"), "--labels", table)
    assert result.code == 2
    assert "names none of these photos" in result.err


def test_a_setting_that_no_network_here_can_meet_is_wrong_usage(draw, protect) -> None:
    result = protect(draw("a.png"), "--scheme", "gradient-sign", "--toward", 50)
    assert (result.code, result.out) == (2, "")
    assert result.err == "Error: toward is 50: the network knows 12 classes, counted from 0\n"


def test_nothing_to_do_is_help_or_one_line(unseen) -> None:
    assert unseen("protect").err.startswith("Error: Missing argument 'PATH...'")
    bare = unseen()
    assert bare.code == 2
    assert "Commands:" in bare.err
    assert "Did you mean 'protect'?" in unseen("protct").err
