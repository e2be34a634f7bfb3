import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, wait
from pathlib import Path

import pytest
from PIL import Image

from unseen.cli import main
from unseen.errors import ModelError, PhotoError, TooLargeError, UnseenError, UnsupportedError
from unseen.report import Report
from unseen.watch import GivenUpError
from unseen.web.desk import Desk
from unseen.web.limits import Limits
from unseen.web.line import LineFullError, TooManyWaitingError
from unseen.web.offer import Offer
from unseen.web.side_table import StoppingError
from unseen.web.ticket import Finished
from unseen.web.wishes import Wishes

Opened = Callable[..., Desk]
ALWAYS = Wishes(scheme="away", settings={"allowed_score": 1e-30, "max_iterations": 1000, "epsilon": 1.0, "step": 0.01})
"""Steps that reach nothing, for as long as anybody waits."""


def done(ticket) -> Finished:
    return ticket.result.result(timeout=60)


@pytest.fixture
def gathering(monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk waits long enough for photos that are handed in at once, also on a machine that is busy."""
    monkeypatch.setattr("unseen.web.desk.GATHER", 0.5)


def test_a_lone_photo_and_photos_together_are_what_the_command_writes(
    gathering: None,
    same_threads: None,
    opened: Opened,
    offer: Offer,
    photos: list[bytes],
    tiny: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for photo in ("0.jpg", "1.jpg"):
        (tmp_path / "two").mkdir(exist_ok=True)
        (tmp_path / "two" / photo).write_bytes((tmp_path / photo).read_bytes())
    for paths, out in (("0.jpg", "lone"), ("two", "both")):
        models = ["--model", tiny, "--audit-model", f"{tiny}?seed=1"]
        given = ["unseen", "protect", str(tmp_path / paths), "-o", str(tmp_path / out), *models]
        monkeypatch.setattr("sys.argv", given)
        with pytest.raises(SystemExit):
            main()
    batches: list[int] = []
    desk = opened(offer, on_batch=batches.append)
    lone = done(desk.hand_in(photos[0], "0.jpg", Wishes(), "me"))
    assert lone.data == (tmp_path / "lone" / "0.jpg").read_bytes()
    assert (lone.name, lone.format, lone.preview) == ("0.jpg", "jpeg", None)
    assert lone.report.settings["lanes"] == 1
    tickets = [desk.hand_in(photos[number], f"{number}.jpg", Wishes(), "me") for number in range(2)]
    assert [done(ticket).data for ticket in tickets] == [
        (tmp_path / "both" / f"{number}.jpg").read_bytes() for number in range(2)
    ]
    assert done(tickets[0]).report.settings["lanes"] == 4
    assert batches == [1, 2]


def test_the_report_is_the_commands_and_holds_no_folder(opened: Opened, offer: Offer, photos: list[bytes]) -> None:
    desk = opened(offer)
    wishes = Wishes(scheme="crop+shield", strength="low", format="png")
    finished = done(desk.hand_in(photos[0], "my photo.jpg", wishes, "me", with_preview=True))
    (row,) = finished.report.photos
    assert (row.input, row.output, finished.name, finished.format) == (
        "my photo.jpg",
        "my photo.png",
        "my photo.png",
        "png",
    )
    assert finished.report.settings["scheme"] == "crop+shield"
    assert finished.report.settings["epsilon_levels"] == 4
    assert set(finished.report.presets) == {one.preset for one in row.audit} != set()
    assert finished.preview is not None
    merged: Report = finished.report.merge(finished.report)
    assert len(merged.photos) == 2


def test_clients_share_lanes(gathering: None, opened: Opened, slow: Offer, photos: list[bytes]) -> None:
    batches: list[int] = []
    desk = opened(slow, on_batch=batches.append)
    tickets = [desk.hand_in(photo, "a.jpg", Wishes(seed=3), f"client {n}") for n, photo in enumerate(photos)]
    assert desk.waiting > 0
    assert all(done(ticket).data for ticket in tickets)
    assert sum(batches) == 8
    assert len(batches) <= 3
    assert desk.waiting == 0 or not wait([ticket.result for ticket in tickets]).not_done


def test_a_photo_is_followed_from_the_line_to_the_last_check(opened: Opened, tiny: str, photos: list[bytes]) -> None:
    desk = opened(Offer(models=(f"{tiny}?pause=0.05",), audit_models=(), device="cpu"))
    first = desk.hand_in(photos[0], "a.jpg", Wishes(settings={"steps": 10}), "me")
    second = desk.hand_in(photos[1], "b.jpg", Wishes(seed=1), "me")
    seen: dict[str, list[tuple[int, int]]] = {}
    ahead = []
    while not second.result.done():
        progress = desk.progress(first)
        seen.setdefault(progress.stage, []).append((progress.step, progress.of))
        ahead.append(desk.progress(second).ahead)
        time.sleep(0.002)
    assert list(seen) == [stage for stage in ("waiting", "reading", "protecting", "checking") if stage in seen]
    steps = [step for step, of in seen["protecting"] if of == 10]
    assert max(steps) >= 8
    assert steps == sorted(steps)
    assert ahead[0] == 1
    assert ahead[-1] == 0


def test_who_gives_up_frees_the_lane_and_the_others_go_on(opened: Opened, slow: Offer, photos: list[bytes]) -> None:
    desk = opened(slow)
    endless = desk.hand_in(photos[0], "a.jpg", ALWAYS, "gone")
    while desk.progress(endless).stage != "protecting":
        time.sleep(0.002)
    waiting = desk.hand_in(photos[1], "b.jpg", ALWAYS, "gone")
    kept = desk.hand_in(photos[2], "c.jpg", Wishes(scheme="crop"), "kept")
    desk.give_up(waiting)
    with pytest.raises(CancelledError):
        waiting.result.result(timeout=1)
    assert not endless.result.done()
    desk.give_up(endless)
    with pytest.raises(GivenUpError):
        done(endless)
    assert done(kept).data
    desk.give_up(kept)


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (b"", PhotoError, "a.jpg: is empty"),
        (b"hello", UnsupportedError, "a.jpg: is not a photo; give JPEG"),
        (b"GIF89a", UnsupportedError, "a.jpg: is a GIF"),
        (b"\xff\xd8\xff\xe0", PhotoError, "a.jpg: is truncated or damaged"),
    ],
)
def test_what_is_no_photo_has_its_own_error(opened: Opened, offer: Offer, data: bytes, kind: type, words: str) -> None:
    desk = opened(offer)
    for future in (
        desk.hand_in(data, "a.jpg", Wishes(), "me").result,
        desk.look(data, "a.jpg"),
        desk.show(data, "a.jpg"),
    ):
        with pytest.raises(kind, match=words) as raised:
            future.result(timeout=60)
        assert type(raised.value) is kind


def test_a_bomb_is_refused_from_its_header(opened: Opened, offer: Offer, tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (20_000, 10_000)).save(path)
    desk = opened(offer)
    with pytest.raises(TooLargeError, match="has more than the 64 megapixels allowed; make it smaller first"):
        done(desk.hand_in(path.read_bytes(), "bomb.png", Wishes(), "me"))


def test_one_bad_photo_or_label_does_not_harm_its_company(
    gathering: None, opened: Opened, slow: Offer, photos: list[bytes]
) -> None:
    batches: list[int] = []
    desk = opened(slow, on_batch=batches.append)
    damaged = desk.hand_in(photos[0][:200], "damaged.jpg", Wishes(), "a")
    mislabelled = desk.hand_in(photos[0], "odd.jpg", Wishes(label="no such thing"), "b")
    good = desk.hand_in(photos[1], "good.jpg", Wishes(label="thing 3"), "c")
    with pytest.raises(PhotoError, match=r"damaged\.jpg: is truncated or damaged"):
        done(damaged)
    with pytest.raises(UnseenError, match="label 'no such thing' is no class of"):
        done(mislabelled)
    assert done(good).report.photos[0].models[0].reference == "thing 3"
    assert batches == [3]


def test_wishes_that_do_not_go_together_are_told_and_the_desk_goes_on(
    opened: Opened, offer: Offer, photos: list[bytes]
) -> None:
    desk = opened(offer)
    with pytest.raises(UnseenError, match="cannot push down a whole group"):
        done(desk.hand_in(photos[0], "a.jpg", Wishes(scheme="uniform", hide=("thing 1",)), "me"))
    with pytest.raises(UnseenError, match="quality 200 is out of range"):
        done(desk.hand_in(photos[0], "a.jpg", Wishes(quality=200), "me"))
    with pytest.raises(UnseenError, match="no way to protect 'shild'"):
        desk.hand_in(photos[0], "a.jpg", Wishes(scheme="shild"), "me")
    assert done(desk.hand_in(photos[0], "a.jpg", Wishes(scheme="crop"), "me")).data


def test_a_photo_that_shows_nothing_to_hide_has_no_copy(opened: Opened, offer: Offer, photos: list[bytes]) -> None:
    desk = opened(offer)
    seen = desk.look(photos[0], "a.jpg").result(timeout=60).readings[0][1].top5
    hidden = (set(offer.networks[0].class_names) - {guess.label for guess in seen}).pop()
    finished = done(desk.hand_in(photos[0], "a.jpg", Wishes(hide=(hidden,)), "me"))
    assert finished.data is None
    assert finished.report.photos[0].status == "untouched"


def test_looking_tells_what_networks_read_and_shows_the_photo(opened: Opened, offer: Offer, draw) -> None:
    path: Path = draw(
        "a.png", size=(800, 600), exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    )
    desk = opened(offer)
    looked = desk.look(path.read_bytes(), "a.png", edge=320).result(timeout=60)
    assert (looked.name, looked.format, looked.size) == ("a.png", "png", (800, 600))
    assert looked.metadata == ("EXIF",)
    assert [network.name for network, _ in looked.readings] == list(offer.names)
    assert all(len(reading.top5) == 5 for _, reading in looked.readings)
    assert looked.picture is not None
    assert looked.picture.startswith(b"\xff\xd8\xff")
    alone = desk.look(path.read_bytes(), "a.png", (offer.names[1],)).result(timeout=60)
    assert alone.readings[0][1] == looked.readings[1][1]
    assert alone.picture is None
    assert desk.show(path.read_bytes(), "a.png").result(timeout=60).startswith(b"\x89PNG")


def test_no_more_is_taken_in_than_the_limits_allow(opened: Opened, slow: Offer, photos: list[bytes]) -> None:
    desk = opened(slow, waiting=3, waiting_each=2)
    endless = desk.hand_in(photos[0], "a.jpg", ALWAYS, "a")
    while desk.progress(endless).stage != "protecting":
        time.sleep(0.002)
    for _ in range(2):
        desk.hand_in(photos[0], "a.jpg", ALWAYS, "a")
    with pytest.raises(TooManyWaitingError):
        desk.hand_in(photos[0], "a.jpg", ALWAYS, "a")
    desk.hand_in(photos[0], "a.jpg", ALWAYS, "b")
    with pytest.raises(LineFullError):
        desk.hand_in(photos[0], "a.jpg", ALWAYS, "c")


def test_who_stops_leaves_nobody_waiting(opened: Opened, slow: Offer, photos: list[bytes]) -> None:
    desk = opened(slow)
    busy = desk.hand_in(photos[0], "a.jpg", ALWAYS, "a")
    while desk.progress(busy).stage != "protecting":
        time.sleep(0.002)
    waiting = desk.hand_in(photos[1], "b.jpg", ALWAYS, "b")
    desk.stop()
    for ticket in (busy, waiting):
        with pytest.raises(StoppingError):
            ticket.result.result(timeout=1)
    with pytest.raises(StoppingError):
        desk.hand_in(photos[0], "a.jpg", Wishes(), "a")
    with pytest.raises(StoppingError):
        desk.look(photos[0], "a.jpg")
    assert "computing" not in {thread.name for thread in threading.enumerate()}


def test_networks_that_cannot_be_had_are_told(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def network():\n    raise RuntimeError('no weights')\n")
    told: list[Exception] = []
    desk = Desk(Offer(models=(f"{tmp_path}/broken.py:network",)), Limits())
    desk.on_failure = told.append
    desk.start()
    desk.stop()
    assert isinstance(desk.failure, ModelError)
    assert told == [desk.failure]
    assert not desk.is_ready


def test_who_stops_while_a_copy_is_checked_is_told_at_once(opened: Opened, tiny: str, photos: list[bytes]) -> None:
    desk = opened(Offer(models=(f"{tiny}?pause=0.4",), audit_models=(f"{tiny}?pause=0.4&seed=1",), device="cpu"))
    ticket = desk.hand_in(photos[0], "a.jpg", Wishes(scheme="crop"), "me")
    while desk.progress(ticket).stage != "checking":
        time.sleep(0.002)
    started = time.monotonic()
    desk.stop()
    assert time.monotonic() - started < 1.5
    with pytest.raises(StoppingError):
        ticket.result.result(timeout=0)


def test_an_error_that_nobody_foresaw_does_not_end_the_desk(opened: Opened, offer: Offer, photos: list[bytes]) -> None:
    def failing(count: int) -> None:
        if count == 1:
            raise RuntimeError("never thought of")

    desk = opened(offer, on_batch=failing)
    with pytest.raises(RuntimeError, match="never thought of"):
        done(desk.hand_in(photos[0], "a.jpg", Wishes(), "me"))
    assert desk.is_ready
    desk.on_batch = lambda count: None
    assert done(desk.hand_in(photos[0], "a.jpg", Wishes(scheme="crop"), "me")).data


def test_photos_have_a_limit_of_their_own(opened: Opened, offer: Offer, draw) -> None:
    data = draw("a.png", size=(1001, 1000)).read_bytes()
    desk = opened(offer, pixels=10**6)
    for future in (
        desk.hand_in(data, "a.png", Wishes(), "me").result,
        desk.look(data, "a.png"),
        desk.show(data, "a.png"),
    ):
        with pytest.raises(TooLargeError, match="has more than the 1 megapixels allowed"):
            future.result(timeout=60)
