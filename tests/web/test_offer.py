import pytest

from unseen.errors import UnseenError
from unseen.schemes import Away, Shield
from unseen.web.offer import Offer
from unseen.web.wishes import Wishes


def test_nothing_is_loaded_until_it_is_needed(tiny: str) -> None:
    offer = Offer(models=(tiny,), audit_models=(f"{tiny}?seed=1", tiny))
    assert offer.names == (tiny, f"{tiny}?seed=1")
    offer.check(Wishes(models=(tiny,)))
    assert "networks" not in vars(offer)
    assert [network.name for network in offer.networks] == list(offer.names)
    assert offer.named([]) == offer.networks


def test_wishes_become_what_the_command_would_make_of_them(offer: Offer, tiny: str) -> None:
    wishes = Wishes(
        scheme="crop away", settings={"max_iterations": 7}, strength="high", seed=3, hide=("thing 1,thing 2",)
    )
    protection, name = offer.protection(wishes, alone=True)
    assert name == "crop+away"
    assert protection.scheme == Away(epsilon=16 / 255, max_iterations=7)
    assert [type(picture).__name__ for picture in protection.pictures] == ["Crop"]
    assert (protection.seed, protection.lanes, protection.hidden_names) == (3, 1, ("thing 1", "thing 2"))
    assert [network.name for network in protection.surrogates] == [tiny]
    assert [network.name for network in protection.held_out] == [f"{tiny}?seed=1"]
    assert offer.protection(Wishes(), alone=False)[0].lanes == 4
    assert offer.protection(Wishes(lanes=2), alone=True)[0].lanes == 2
    assert offer.protection(Wishes(), alone=True)[0].scheme == Shield(epsilon=8 / 255)


def test_who_names_networks_is_judged_by_all_others_of_the_server(tiny: str) -> None:
    names = (tiny, f"{tiny}?seed=1", f"{tiny}?seed=2")
    offer = Offer(models=names[:2], audit_models=names[2:], device="cpu")

    def roles(**wishes: object) -> tuple[list[str], list[str]]:
        protection, _ = offer.protection(Wishes(**wishes), alone=True)  # type: ignore[arg-type]
        return [one.name for one in protection.surrogates], [one.name for one in protection.held_out]

    assert roles() == (list(names[:2]), [names[2]])
    assert roles(models=names[2:]) == ([names[2]], list(names[:2]))
    assert roles(models=names[:1], audit_models=(names[2],)) == ([names[0]], [names[2]])
    assert roles(audit_models=()) == (list(names[:2]), [])


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"scheme": "shild"}, "no way to protect 'shild' is offered here; did you mean 'shield'?"),
        ({"scheme": "style:hayao"}, "no way to protect 'style:hayao' is offered here"),
        ({"scheme": "universal?weights=/etc/passwd"}, "no way to protect 'universal\\?weights=/etc/passwd'"),
        ({"scheme": "crop+"}, "no way to protect '' is offered here"),
        ({"scheme": "universal", "settings": {"weights": "/etc/passwd"}}, "weights names a file"),
        ({"scheme": "shield+crop"}, "crop makes another picture, so it comes first"),
        ({"settings": {"stepz": 3}}, "has no setting 'stepz'; did you mean 'step'"),
        ({"settings": {"epsilon": 8}, "strength": "low"}, "strength and epsilon say the same; give one of them"),
        ({"strength": "huge"}, "no strength 'huge' is offered here"),
        ({"models": ("/tmp/evil.py:network",)}, "no network '/tmp/evil.py:network' is offered here"),
        ({"audit_models": ("timm:vgg16",)}, "no network 'timm:vgg16' is offered here"),
        ({"keep": "everything"}, "'everything' cannot be kept"),
        ({"hide": (",",)}, "hide names nothing to hide"),
        ({"lanes": 9}, "lanes is 9; give 1 to 8"),
    ],
)
def test_what_is_not_offered_is_refused_before_anything_is_loaded(offer: Offer, wishes: dict, words: str) -> None:
    with pytest.raises(UnseenError, match=words):
        offer.check(Wishes(**wishes))
    assert "networks" not in vars(offer)


def test_files_are_offered_by_names_that_are_settled_at_the_start(tiny: str) -> None:
    offer = Offer(models=(tiny,), audit_models=(), added=(("squared", "pixelate?squares=12"),))
    protection, name = offer.protection(Wishes(scheme="squared+away"), alone=True)
    assert name == "pixelate+away"
    assert protection.pictures[0].squares == 12  # type: ignore[attr-defined]
    with pytest.raises(UnseenError, match="'crop' cannot name a way"):
        Offer(added=(("crop", "blur"),))
    with pytest.raises(UnseenError, match=r"'\.\./x' cannot name a way"):
        Offer(added=(("../x", "blur"),))
    with pytest.raises(UnseenError, match="unknown scheme"):
        Offer(added=(("mine", "blurr"),))


def test_a_server_needs_networks_that_there_are() -> None:
    with pytest.raises(UnseenError, match="nothing to protect against"):
        Offer(models=())
    with pytest.raises(UnseenError, match="unknown classifier 'lite9'"):
        Offer(models=("lite9",))
