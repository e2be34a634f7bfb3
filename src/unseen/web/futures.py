"""Results that several threads may give: the first one counts."""

from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")


def fulfil(future: "Future[Result]", result: Result) -> None:
    """Give a result, unless there is one."""
    with suppress(InvalidStateError):
        future.set_result(result)


def break_off(future: "Future[Result]", error: Exception) -> None:
    """Tell why there will be none, unless there is one."""
    with suppress(InvalidStateError):
        future.set_exception(error)
