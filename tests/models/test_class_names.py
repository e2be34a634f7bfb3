from unseen.models.class_names import class_names
from unseen.models.libraries import prepare_imports


def test_imagenet_has_human_names_all_different() -> None:
    prepare_imports()
    classes = class_names(1000)
    assert classes.names[285] == "Egyptian cat"
    assert classes.names[0] == "tench"
    assert len(set(classes.names)) == 1000
    assert classes.synsets is not None
    assert classes.synsets[285] == "n02124075"
    assert (classes.names[134], classes.names[517]) == ("crane (bird)", "crane (machine)")
    assert (classes.names[638], classes.names[639]) == ("maillot (tights)", "maillot (swimsuit)")


def test_larger_imagenets_are_known_by_their_size() -> None:
    prepare_imports()
    classes = class_names(11821)
    assert len(classes.names) == 11821
    assert "Egyptian cat" in classes.names


def test_other_classes_are_numbered() -> None:
    prepare_imports()
    classes = class_names(3)
    assert classes.names == ("class 0", "class 1", "class 2")
    assert classes.synsets is None
