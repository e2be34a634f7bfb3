"""Other libraries' errors as one line with a remedy."""

from collections.abc import Mapping

from unseen.errors import ModelError


def first_line(error: Exception) -> str:
    """What an error says, as far as the first line tells; its name where it says nothing."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def refused(model: str, arguments: Mapping[str, object], refusal: Exception) -> ModelError:
    """The error for arguments that a zoo's constructor does not take."""
    given = ", ".join(f"{key}={value}" for key, value in arguments.items()) or "no options"
    return ModelError(f"{model} cannot be built with {given} ({first_line(refusal)}); correct or leave out the option")
