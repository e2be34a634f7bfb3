import pytest

from unseen.catalogue import WAYS, scheme_settings
from unseen.styles import STYLES


def test_schemes_tells_every_scheme_and_setting(unseen) -> None:
    out = unseen("schemes").out
    for name in WAYS:
        assert f"\n{name}" in f"\n{out}"
        for field in scheme_settings(name):
            assert field.name == "lanes" or f"--{field.name.replace('_', '-')} " in out
    for name, style in STYLES.items():
        (line,) = [line for line in out.splitlines() if line.startswith(f"style:{name}: ")]
        assert style.about in line
        needed = "give weights=FILE" if style.architecture else "needs no weights"
        assert (style.licence if style.url else needed) in line
    assert "shield (default): " in out
    assert "limit of every value's change [8 levels]" in out


def test_models_tells_what_is_here(unseen, tiny) -> None:
    result = unseen("models", tiny)
    assert result.code == 0
    for name, size in (("lite0", "224×224"), ("lite1", "240×240"), ("lite2", "260×260")):
        (line,) = [line for line in result.out.splitlines() if line.strip().startswith(name)]
        assert size in line
        assert "apache-2.0" in line
        assert line.rstrip().endswith("yes")


@pytest.mark.parametrize("name", ["lit0", "timm:resnett18"])
def test_an_unknown_model_is_told_with_the_nearest(name: str, unseen) -> None:
    result = unseen("models", name)
    assert result.code == 2
    assert "did you mean" in result.err
