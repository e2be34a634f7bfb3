import pytest


def test_between_points_it_is_read_off_and_outside_not_at_all() -> None:
    from strength import at_equal

    points = [(0.4, 0.02), (0.1, 0.2), (0.2, 0.1)]
    assert at_equal(points, 0.15) == pytest.approx(0.15)
    assert at_equal(points, 0.3) == pytest.approx(0.06)
    assert at_equal(points, 0.05) is None
    assert at_equal(points, 0.5) is None
