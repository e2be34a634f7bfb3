"""The account of a run: these classes are the JSON report, field by field, in this order (`as_json` writes it)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from unseen.errors import UnseenError

Role = Literal["surrogate", "held-out"]
Status = Literal["protected", "not_achieved", "untouched", "failed"]
Version = Literal["original", "protected", "noise"]
"""Whose pixels are read: the photo's, its protected copy's, or the photo's with random noise of the copy's size."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One of a network's guesses, with its probability in [0, 1]."""

    label: str
    probability: float


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one network reads in one picture.

    Attributes:
        icp: probability of the reference, in [0, 1].
        ice: entropy of the answer, in nats.
        top5: the best five guesses, the most probable first; fewer where the network knows fewer classes.
    """

    icp: float
    ice: float
    top5: tuple[Answer, ...]


@dataclass(frozen=True, kw_only=True)
class GroupReading:
    """How probable one network finds one thing that is to be hidden.

    Attributes:
        name: as it was asked for.
        classes: how many of the network's classes it means.
        before: their total probability in the original, in [0, 1].
        after: the same in the file as written.
    """

    name: str
    classes: int
    before: float
    after: float


@dataclass(frozen=True, kw_only=True)
class HiddenReading:
    """How much one network sees of all that is to be hidden.

    Attributes:
        before: total probability of all its classes in the original, in [0, 1].
        after: the same in the file as written; in the original, where no copy was written.
        revealed_before: whether that tells of it: one of them is the first guess, or their total is large enough.
        revealed_after: the same now.
        labels: those among the best guesses, before or now.
        groups: one thing each that the network knows.
    """

    before: float
    after: float
    revealed_before: bool
    revealed_after: bool
    labels: tuple[str, ...]
    groups: tuple[GroupReading, ...]


@dataclass(frozen=True, kw_only=True)
class ModelReading:
    """What one network reads before and after.

    Attributes:
        name: the network.
        role: "surrogate" when the protection was made against it, "held-out" when it never took part.
        reference: the label that the readings are judged by.
        before: the reading of the original.
        after: the reading of the file as written, decoded again; of the original, where no copy was written.
        hidden: what is seen of what is to be hidden; None where nothing is named, or the network knows none of it.
    """

    name: str
    role: Role
    reference: str
    before: Reading
    after: Reading
    hidden: HiddenReading | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """How the written picture differs from the original; None where a number is not defined.

    Attributes:
        mean_abs: mean absolute change of a colour value, in [0, 1].
        max_abs: largest absolute change of a colour value, in [0, 1].
        mean_abs_levels: `mean_abs` in 8-bit levels.
        max_abs_levels: `max_abs` in 8-bit levels.
        psnr: in dB; None also where nothing changed.
        ssim: at most 1, which means identical.
    """

    mean_abs: float | None
    max_abs: float | None
    mean_abs_levels: float | None
    max_abs_levels: float | None
    psnr: float | None
    ssim: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What one network reads in one version of one photo that came to it in one way.

    Attributes:
        photo: the original as it was named.
        network: who read.
        role: "surrogate" when the protection was made against it, "held-out" when it never took part.
        preset: how the photo came to be read.
        version: what was read.
        reference: the label that the answer is judged by.
        answer: the network's first guess; None, as all below, where its answer is no number.
        icp: probability of the reference.
        ice: entropy of the answer, in nats.
        top1, top5: whether the reference is the first guess, or among the best five.
        leaked: whether the first guess means the same as the reference to people, as Egyptian cat does for a tabby;
            None where meanings of the network's classes are not known.
    """

    photo: str
    network: str
    role: Role
    preset: str
    version: Version
    reference: str
    answer: str | None
    icp: float | None
    ice: float | None
    top1: bool | None
    top5: bool | None
    leaked: bool | None


@dataclass(frozen=True, kw_only=True)
class PhotoRow:
    """One photo of the run.

    Attributes:
        input: the photo as it was named.
        output: the protected copy; None where none was written.
        status: "protected", "not_achieved", "untouched" because it reveals nothing that is to be hidden, or "failed".
        error: one line, where it failed.
        seconds: time spent on it.
        iterations: gradient steps spent on it; None where it failed before.
        target: the label or labels that the scheme pushed up; None where it has none.
        target_probability: the lowest probability of the target over the surrogates.
        models: one reading a network, surrogates first.
        change: how the picture differs; None where no copy was made.
        metadata_removed: in words, such as "GPS position".
        notes: what else the owner should know, one sentence each.
        achieved: whether the scheme's own goal held on the rounded working copy; None where it failed before.
        audit: what networks that had no part in it read in the original and in the copy, as files and once they are
            shared or cleaned.
    """

    input: str
    output: str | None
    status: Status
    error: str | None
    seconds: float
    iterations: int | None
    target: str | None
    target_probability: float | None
    models: tuple[ModelReading, ...]
    change: Change | None
    metadata_removed: tuple[str, ...]
    notes: tuple[str, ...] = ()
    achieved: bool | None = None
    audit: tuple[Row, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """A run: the version and settings that fix every pixel, and one row a photo.

    Attributes:
        presets: name -> what it is, of the ways in which the photos' `audit` was read.
    """

    version: str
    settings: Mapping[str, Any]
    photos: tuple[PhotoRow, ...]
    presets: Mapping[str, str] = field(default_factory=dict)

    def merge(self, other: "Report") -> "Report":
        """Join another report of the same version and settings to the end of this one; associative.

        Raises:
            UnseenError: when the two come from runs that cannot be told as one.
        """
        if self.version != other.version:
            raise UnseenError(
                f"reports of the versions {self.version} and {other.version} do not merge; redo one of them"
            )
        different = [
            key for key in {**self.settings, **other.settings} if not _same(key, self.settings, other.settings)
        ]
        if different:
            raise UnseenError(f"reports with different settings ({', '.join(different)}) do not merge; keep them apart")
        return Report(
            version=self.version,
            settings=self.settings,
            photos=self.photos + other.photos,
            presets={**self.presets, **other.presets},
        )


def _same(key: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    return key in first and key in second and bool(first[key] == second[key])
