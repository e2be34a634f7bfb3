"""What is known about a classifier beside its arithmetic."""

from dataclasses import dataclass

from unseen.models.preprocessing import Preprocessing, Unprepared

NOT_STATED = "not stated"
"""The licence of weights that nobody says one of."""


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """Where a classifier comes from and what its answers mean.

    Attributes:
        name: as the user wrote it, options included.
        source: where its weights come from, in human words.
        sha256: of the weights file, or None where there is no single file.
        licence: of the weights, `NOT_STATED` where nobody says.
        class_names: one a class, in the order of the logits.
        synsets: WordNet's name of each class, or None where the classes are not ImageNet's.
        preprocessing: how the model was meant to be used.
        parameters: how many numbers were learnt.
        code: SHA-256 of the user's own file that computes with them; None where a library does.
    """

    name: str
    source: str
    sha256: str | None
    licence: str
    class_names: tuple[str, ...]
    synsets: tuple[str, ...] | None
    preprocessing: Preprocessing | Unprepared
    parameters: int
    code: str | None = None


@dataclass(frozen=True, kw_only=True)
class ListedModel:
    """What is known about a classifier without loading or downloading its weights.

    Attributes:
        name: what `load_classifier` takes.
        input_size: height and width in pixels, or None where the module decides itself.
        parameters: how many numbers were learnt, or None where only loading would tell.
        licence: of the weights, `NOT_STATED` where nobody says.
        source: where the weights come from, in human words.
        here: whether they are on this machine.
    """

    name: str
    input_size: tuple[int, int] | None
    parameters: int | None
    licence: str
    source: str
    here: bool
