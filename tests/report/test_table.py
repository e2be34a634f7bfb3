from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from unseen.report import Answer, PhotoRow, Report, table


def rendered(report: Report, width: int) -> str:
    console = Console(file=StringIO(), width=width)
    console.print(table(report))
    return console.file.getvalue()


def test_each_photo_and_network_has_its_line(report: Report) -> None:
    lines = rendered(report, 140).splitlines()
    cat, second, third = [line.split() for line in lines if "lite" in line][:3]
    assert cat[:2] == ["cat.jpg", "lite0"]
    assert " ".join(cat[2:]) == "Egyptian cat, 81.0% chain mail, 99.3% 81.0% → <0.01% hidden"
    assert second[:2] == ["protected", "lite1"]
    assert third[:6] == ["change:", "very", "small", "lite2", "*", "Egyptian"]
    assert " ".join(third).endswith("hidden, but among its guesses")


def test_failures_and_the_meaning_of_the_star_stand_below(report: Report) -> None:
    text = rendered(report, 140)
    assert (
        text.index("torn.jpg")
        < text.index("album/torn.jpg: the file ends early; copy it again")
        < text.index("True answer")
    )
    assert "* This network was not used to make the protection." in text
    of_picture = rendered(replace(report, settings={"picture_only": True}), 140)
    assert "No network was used to make the protection" in of_picture
    assert "This network was not used" not in of_picture


@pytest.mark.parametrize("width", [80, 100, 200])
def test_no_chance_is_cut_off(report: Report, width: int) -> None:
    text = rendered(report, width)
    assert "81.0% → <0.01%" in text
    assert max(map(len, text.splitlines())) <= width


def test_an_answer_of_low_probability_is_called_unsure(report: Report, protected_row: PhotoRow) -> None:
    lite0 = protected_row.models[0]
    uniform = replace(lite0, after=replace(lite0.after, top5=(Answer(label="velvet", probability=0.002),)))
    assert "unsure; at best velvet, 0.20%" in rendered(
        replace(report, photos=(replace(protected_row, models=(uniform,)),)), 160
    )


def test_names_are_neither_markup_nor_escape_codes(report: Report, protected_row: PhotoRow) -> None:
    text = rendered(replace(report, photos=(replace(protected_row, input="[red]x[/red]\x1b[2J.jpg"),)), 160)
    assert "red]?[2J.jpg" in text
    assert "\x1b" not in text


def test_a_remedy_and_what_is_to_be_known_stand_below(report: Report) -> None:
    missed = report.photos[1]
    twice = replace(report, photos=(*report.photos, replace(missed, input="album/fox.png")))
    told = " ".join(rendered(twice, 140).split())
    assert "album/dog.png: Still recognised by lite0." in told
    assert "album/fox.png: Still recognised by lite0." in told
    assert told.count("Try a higher strength or another scheme.") == 1
    assert "album/cat.jpg: Saved at JPEG quality 95 4:4:4." in told


def test_a_usual_name_and_a_short_answer_need_one_line_each(report: Report, protected_row: PhotoRow) -> None:
    text = rendered(replace(report, photos=(replace(protected_row, input="IMG_20240506_0708.jpg"),)), 120)
    line = next(line for line in text.splitlines() if "IMG_20240506_0708.jpg" in line)
    assert "Egyptian cat, 81.0%" in line
    assert "chain mail, 99.3%" in line
