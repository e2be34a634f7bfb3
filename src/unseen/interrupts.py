"""Signals at a moment when work may not simply be dropped, or when a library would answer them."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def first_interrupt(act: Callable[[], None]) -> Iterator[None]:
    """Within it, the first Ctrl-C only calls `act`; a second one interrupts, as it would without this.

    In a thread other than the main one, and where somebody else handles Ctrl-C, it does nothing.
    """
    former = signal.getsignal(signal.SIGINT)
    is_ours = former is signal.default_int_handler and threading.current_thread() is threading.main_thread()
    if not is_ours:
        yield
        return

    def handle(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, former)
        act()

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)


@contextmanager
def held_interrupts() -> Iterator[None]:
    """Within it, the first Ctrl-C waits for its end.

    Raises:
        KeyboardInterrupt: at its end, where Ctrl-C was pressed.
    """
    pressed = threading.Event()
    with first_interrupt(pressed.set):
        yield
    if pressed.is_set():
        raise KeyboardInterrupt


@contextmanager
def kept_handler(number: signal.Signals) -> Iterator[None]:
    """At its end a signal is handled as it was before, whatever a library has set within."""
    former = signal.getsignal(number)
    try:
        yield
    finally:
        if former is not None and threading.current_thread() is threading.main_thread():
            signal.signal(number, former)
