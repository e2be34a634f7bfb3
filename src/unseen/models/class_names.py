"""Human names of classes."""

from collections.abc import Sequence
from dataclasses import dataclass

# The four classes of ImageNet-1k whose first lemma is not theirs alone.
_TOLD_APART = {
    "n02012849": "crane (bird)",
    "n03126707": "crane (machine)",
    "n03710637": "maillot (tights)",
    "n03710721": "maillot (swimsuit)",
}


@dataclass(frozen=True, kw_only=True)
class ClassNames:
    """Names a person reads and, for ImageNet's classes, WordNet's synsets in the same order."""

    names: tuple[str, ...]
    synsets: tuple[str, ...] | None


def class_names(count: int) -> ClassNames:
    """The names of ImageNet's subsets that are known by their size ("Egyptian cat"), else "class 0", "class 1", ..."""
    from timm.data import ImageNetInfo, infer_imagenet_subset

    subset = infer_imagenet_subset({"num_classes": count})
    if subset is None:
        return ClassNames(names=tuple(f"class {index}" for index in range(count)), synsets=None)
    imagenet = ImageNetInfo(subset)
    synsets = tuple(imagenet.label_names())
    lemmas = imagenet.label_descriptions(as_dict=True)
    names = tuple(_TOLD_APART.get(synset, lemmas[synset].split(",")[0]) for synset in synsets)
    return ClassNames(names=names, synsets=synsets)


def class_named(label: str, names: Sequence[str], synsets: Sequence[str] | None = None) -> int | None:
    """The class that a label means: an index, a name in any case or a synset; None where there is none."""
    if label.isdecimal():
        return int(label) if int(label) < len(names) else None
    for known in (names, synsets or ()):
        for index, name in enumerate(known):
            if name.casefold() == label.casefold():
                return index
    return None
