import signal
import threading

import pytest

from unseen.interrupts import first_interrupt, held_interrupts, kept_handler


@pytest.fixture(autouse=True)
def _as_python_has_it():
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


def test_the_first_interrupt_acts_and_the_second_interrupts() -> None:
    acted: list[int] = []

    def pressed_twice() -> None:
        with first_interrupt(lambda: acted.append(1)):
            signal.raise_signal(signal.SIGINT)
            acted.append(2)
            signal.raise_signal(signal.SIGINT)
            acted.append(3)

    with pytest.raises(KeyboardInterrupt):
        pressed_twice()
    assert acted == [1, 2]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_held_interrupt_comes_at_the_end() -> None:
    reached: list[int] = []

    def pressed() -> None:
        with held_interrupts():
            signal.raise_signal(signal.SIGINT)
            reached.append(1)
        reached.append(2)

    with pytest.raises(KeyboardInterrupt):
        pressed()
    assert reached == [1]


def test_who_presses_nothing_is_not_interrupted() -> None:
    with held_interrupts():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_is_told_in_place_of_the_interrupt_that_was_held() -> None:
    def pressed_and_failed() -> None:
        with held_interrupts():
            signal.raise_signal(signal.SIGINT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        pressed_and_failed()


def test_who_handles_interrupts_already_goes_on_doing_so() -> None:
    pressed: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: pressed.append(number))
    with held_interrupts():
        signal.raise_signal(signal.SIGINT)
        assert pressed == [signal.SIGINT]


def test_another_thread_changes_no_handler() -> None:
    seen: list[object] = []

    def work() -> None:
        with held_interrupts():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]


def test_what_a_library_sets_for_a_signal_does_not_stay() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with kept_handler(signal.SIGTERM):
        signal.signal(signal.SIGTERM, lambda number, frame: None)
    assert signal.getsignal(signal.SIGTERM) is before
