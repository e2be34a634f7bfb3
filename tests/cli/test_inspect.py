from pathlib import Path


def test_every_network_tells_its_five_best_and_how_undecided_it_is(draw, unseen, tiny) -> None:
    source = draw("a.png")
    result = unseen("inspect", source, "--model", tiny, "--model", f"{tiny}?seed=1")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"{source}\n")
    assert result.out.count("thing") == 10
    assert "ICE" in result.out


def test_what_cannot_be_read_does_not_stop_the_others(draw, unseen, tiny, tmp_path: Path) -> None:
    result = unseen("inspect", tmp_path / "none.png", tmp_path, draw("a.png"), "--model", tiny)
    assert result.code == 1
    assert result.out.count("thing") == 5
    assert result.err.splitlines() == [
        f"Error: {tmp_path}/none.png: does not exist; check its name",
        f"Error: {tmp_path}: is a folder; give a photo in it",
    ]


def test_an_unknown_network_is_one_line(draw, unseen) -> None:
    result = unseen("inspect", draw("a.png"), "--model", "lite00")
    assert (result.code, result.err) == (2, "Error: unknown classifier 'lite00'; did you mean 'lite0'?\n")
