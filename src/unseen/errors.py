"""The errors a caller can expect: one line that names the thing and says what to do about it."""

import traceback
from pathlib import Path


class UnseenError(ValueError):
    """Something the user gave cannot be used; the message is one line with the remedy."""

    def __init__(self, message: str) -> None:
        super().__init__(visible(message))


class PhotoError(UnseenError):
    """A photo cannot be read, protected or written.

    Args:
        path: the file it is about; it opens the message.
        problem: what is wrong, in plain words.
        remedy: what the user can do about it.
    """

    def __init__(self, path: Path | str, problem: str, remedy: str) -> None:
        super().__init__(f"{path}: {problem}; {remedy}")
        self.path = Path(path)
        self.problem = problem
        self.remedy = remedy


class UnsupportedError(PhotoError):
    """A file is whole, but no photo of a kind that is read."""


class TooLargeError(PhotoError):
    """A photo is larger than what can be held."""


class ModelError(UnseenError):
    """A classifier cannot be found, downloaded or loaded."""


def one_line_on(path: Path, error: Exception, remedy: str = "please report it") -> str:
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


def visible(text: str) -> str:
    r"""The text in one line that any terminal shows as it is: file names may hold line ends, written `\n` here."""
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii")
