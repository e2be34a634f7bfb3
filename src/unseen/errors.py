"""The errors a caller can expect: one line that names the thing and says what to do about it."""

import traceback
from pathlib import PurePath
from typing import Any


class UnseenError(ValueError):
    """Something the user gave cannot be used; the message is one line with the remedy."""

    def __init__(self, message: str) -> None:
        super().__init__(visible(message))

    def __reduce__(self) -> tuple[Any, ...]:
        """As it is, whatever its class is made of, so that it survives the way from another process."""
        return _made_again, (type(self), self.args, self.__dict__)


class PhotoError(UnseenError):
    """A photo cannot be read, protected or written.

    Args:
        path: the file it is about; it opens the message.
        problem: what is wrong, in plain words.
        remedy: what the user can do about it.
    """

    def __init__(self, path: PurePath | str, problem: str, remedy: str) -> None:
        super().__init__(f"{path}: {problem}; {remedy}")
        self.path = path if isinstance(path, PurePath) else PurePath(path)
        self.problem = problem
        self.remedy = remedy


class UnsupportedError(PhotoError):
    """A file is whole, but no photo of a kind that is read."""


class TooLargeError(PhotoError):
    """A photo is larger than what can be held."""


class FullError(PhotoError):
    """The disk or the store takes no more, such as for want of room: no photo's own failure, and it ends a run."""


class ModelError(UnseenError):
    """A classifier cannot be found, downloaded or loaded."""


class ClusterError(UnseenError):
    """Machines that were to help cannot be reached, do not fit together, or are gone."""


def one_line_on(path: PurePath, error: Exception, remedy: str = "please report it") -> str:
    """What went wrong with one of many photos.

    Args:
        remedy: against an error that nobody foresaw: it must not stop the others, but is told as it is.
    """
    if isinstance(error, PhotoError):
        return str(error)
    if isinstance(error, UnseenError):
        return visible(f"{path}: {error}")
    told = " ".join(str(error).split())[:200]
    return visible(f"{path}: unexpected {type(error).__name__} ({told}); {remedy}")


def let_go(error: BaseException | None) -> None:
    """Have an error that is kept hold nothing of what its frames worked on, such as pixels; where it arose stays."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def _made_again(kind: type[UnseenError], args: tuple[Any, ...], attributes: dict[str, Any]) -> UnseenError:
    """An error that was pickled."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error


def visible(text: str) -> str:
    r"""The text in one line that any terminal shows as it is: file names may hold line ends, written `\n` here."""
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii")
