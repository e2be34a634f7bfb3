"""Write src/unseen/profiles/imagenet-meanings.txt from WordNet 3.0: python docs/generate_meanings.py FOLDER.

FOLDER holds `data.noun`, as Debian's package wordnet-base installs it (/usr/share/wordnet). The table says of each of
ImageNet's 1000 classes what a person would call the thing: a tabby and an Egyptian cat are both a "cat".

The rule: a class belongs to the nearest of the `ANCHORS` on its way up WordNet's hypernyms (the broader nouns: tabby ->
domestic cat -> cat -> feline -> carnivore -> ...), of equally near ones to the first listed. Anchors stand at the level
of everyday words, where people name things at first sight (Rosch et al. 1976), and where in doubt one step above, so
that a leak is rather counted too often than missed. A class without an anchor means itself. Where WordNet goes by
another sense than ImageNet's pictures, the class is an anchor of its own: a radiator grille is part of a car.
"""

import argparse
from collections import Counter
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

from unseen.models.class_names import class_names
from unseen.models.libraries import prepare_imports

TABLE = Path(__file__).parents[1] / "src" / "unseen" / "profiles" / "imagenet-meanings.txt"

ANCHORS: Mapping[str, tuple[str, ...]] = {
    "dog": ("dog n02084071",),
    "wolf, fox or wild dog": ("canine n02083346", "hyena n02117135"),
    "cat": ("feline n02120997",),
    "bear": ("bear n02131653", "giant_panda n02510455"),
    "small carnivore": ("carnivore n02075296",),
    "monkey or ape": ("primate n02469914",),
    "hoofed animal": ("ungulate n02370806",),
    "elephant": ("elephant n02503517", "tusker n01871265"),
    "rodent": ("rodent n02329401",),
    "rabbit": ("lagomorph n02323449",),
    "marsupial or platypus": ("marsupial n01874434", "monotreme n01871875"),
    "sea mammal": ("aquatic_mammal n02062017",),
    "sloth or armadillo": ("edentate n02453611",),
    "bird": ("bird n01503061",),
    "fish": ("fish n02512053",),
    "snake": ("snake n01726692",),
    "lizard": ("lizard n01674464",),
    "turtle": ("chelonian n01662622",),
    "crocodile or dinosaur": ("archosaur n01695681", "crocodilian_reptile n01696633"),
    "frog or salamander": ("amphibian n01627424",),
    "insect": ("insect n02159955",),
    "spider or scorpion": ("arachnid n01769347",),
    "crab or lobster": ("crustacean n01974773",),
    "snail or shell": ("mollusk n01940736",),
    "sea creature": ("coelenterate n01909422", "echinoderm n02316707"),
    "worm or centipede": ("worm n01922303", "arthropod n01767661"),
    "person": ("person n00007846",),
    "flower": ("flower n11669921",),
    "mushroom": ("fungus n12992868", "mushroom n07734744"),
    "printed matter": (
        "publication n06589574",
        "menu n07565083",
        "book_jacket n07248320",
        "crossword_puzzle n06785654",
    ),
    "food or drink": ("food n00021265", "food n07555863", "fruit n13134947", "beverage n07881800"),
    "landscape": ("geological_formation n09287968",),
    "land vehicle": (
        "wheeled_vehicle n04576211",
        "public_transport n04019101",
        "sled n04235291",
        "farm_machine n03322940",
        "golfcart n03445924",
        "car_wheel n02974003",
        "car_mirror n02965783",
        "grille n03459775",
        "disk_brake n03208938",
        "seat_belt n04162706",
    ),
    "boat or ship": ("vessel n04530566",),
    "aircraft": ("aircraft n02686568", "spacecraft n04264914", "wing n04592741"),
    "building or structure": (
        "structure n04341686",
        "pier n03933933",
        "stage n04296562",
        "roof n04105068",
        "bell_cote n02825657",
    ),
    "furniture": ("furniture n03405725",),
    "bottle, cup or pot": (
        "vessel n04531098",
        "kitchen_utensil n03621049",
        "glass n03438257",
        "bowl n02880940",
        "shaker n04183329",
        "measure n03733644",
        "milk_can n03764736",
        "spoon n04284002",
    ),
    "box, bag or basket": ("container n03094503",),
    "clothing or jewellery": (
        "clothing n03051540",
        "footwear n03380867",
        "jewelry n03597469",
        "spectacles n04272054",
        "sunglass n04355933",
        "cloak n03045698",
        "body_armor n02862048",
        "breastplate n02895154",
        "pickelhaube n03929855",
        "mask n03725035",
        "ski_mask n04229816",
        "holster n03527444",
    ),
    "musical instrument": ("musical_instrument n03800933",),
    "weapon": ("weapon n04565375",),
    "household appliance": ("appliance n02729837", "heater n03508101", "radiator n04040759", "fan n03320046"),
    "camera or optical device": (
        "camera n02942699",
        "optical_instrument n03852280",
        "scientific_instrument n04147495",
    ),
    "electronic device": (
        "electronic_equipment n03278248",
        "electronic_device n03277771",
        "electrical_device n03269401",
        "computer n03082979",
        "keyboard n03614007",
        "memory_device n03744840",
        "communication_system n03078287",
        "remote_control n04074963",
        "duplicator n03257586",
    ),
    "clock or watch": ("timepiece n04437953",),
    "measuring instrument": ("measuring_instrument n03733925", "navigational_instrument n03813176"),
    "lamp or light": ("source_of_illumination n04263760", "lamp n03636649"),
    "sports gear": ("game_equipment n03414162", "sports_equipment n04285146", "ski n04228054", "puck n04019541"),
    "medical device": ("medical_instrument n03739693", "breathing_device n02895606"),
    "toy or ride": ("plaything n03964744", "ride n04088797"),
    "tool or hardware": ("implement n03563967", "fastener n03323703", "chain n02999410", "hook n03532672"),
    "vending or cash machine": ("slot_machine n04243941", "cash_machine n02977058"),
    "cloth or bedding": (
        "fabric n03309808",
        "bedclothes n02820210",
        "pillow n03938244",
        "rug n04118021",
        "mat n03727837",
    ),
    "cover or screen": ("protective_covering n04014297", "shoji n04201297"),
    "toiletry": ("toiletry n04447443", "toilet_tissue n15075141"),
    "sign or signal": ("sign n06793231", "signal n06791372"),
}
"""What people say -> WordNet's nouns for it, each as the first word of a synset and its number."""


def main() -> None:
    """Write the table and tell how large the groups are."""
    parser = argparse.ArgumentParser(description="Write the table of meanings of ImageNet's classes.")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="holds WordNet's data.noun")
    words, broader = nouns(parser.parse_args().folder / "data.noun")
    anchors = _anchors(words)
    prepare_imports()
    classes = class_names(1000)
    lines = [
        f"{synset}\t{_meaning(synset, broader, anchors) or name}\t{name}"
        for synset, name in zip(classes.synsets or (), classes.names, strict=True)
    ]
    TABLE.write_text("\n".join(lines) + "\n", "utf-8")
    for meaning, count in Counter(line.split("\t")[1] for line in lines).most_common():
        print(f"{count:4} {meaning}")  # noqa: T201


def nouns(path: Path) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The first word of each of WordNet's nouns, and the nouns just above it (hypernyms), by number ("n02123045").

    Source: the manual page wndb(5WN): offset, file, type, count of words in hexadecimal, words, count of pointers,
    pointers of four fields each; "@" points at a hypernym, "@i" at that of an instance.
    """
    words, broader = {}, {}
    for line in path.read_text("latin-1").splitlines():
        if line.startswith("  "):
            continue  # the licence
        offset, _, _, count, *rest = line.partition(" | ")[0].split()
        pointers = rest[2 * int(count, 16) + 1 :]
        words[f"n{offset}"] = rest[0]
        pairs = zip(pointers[::4], pointers[1::4], strict=True)
        broader[f"n{offset}"] = tuple(f"n{target}" for symbol, target in pairs if symbol in ("@", "@i"))
    return words, broader


def _anchors(words: Mapping[str, str]) -> dict[str, str]:
    """The meaning that each anchor stands for, in the order of the table."""
    found = {}
    for meaning, anchors in ANCHORS.items():
        for anchor in anchors:
            word, synset = anchor.split()
            if words.get(synset) != word:
                raise SystemExit(f"{synset} is {words.get(synset)!r}, not {word!r}: is this WordNet 3.0?")
            found[synset] = meaning
    return found


def _meaning(synset: str, broader: Mapping[str, tuple[str, ...]], anchors: Mapping[str, str]) -> str | None:
    """That of the nearest anchor above a noun, or of the noun itself where it is one."""
    level = {synset}
    while level:
        met = next((meaning for anchor, meaning in anchors.items() if anchor in level), None)
        if met is not None:
            return met
        level = set(chain.from_iterable(broader[noun] for noun in level))
    return None


if __name__ == "__main__":
    main()
