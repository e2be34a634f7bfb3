"""What a person wants hidden: groups of classes, what a network still knows of one, and what a class means."""

from unseen.profiles.groups import (
    PROFILES,
    REVEALED,
    Profile,
    class_group,
    group_icp,
    in_group,
    profile_named,
    reveals,
)
from unseen.profiles.hiding import Secret, check_known, classes_meant, hidden_names, read_profile
from unseen.profiles.meanings import meanings

__all__ = [
    "PROFILES",
    "REVEALED",
    "Profile",
    "Secret",
    "check_known",
    "class_group",
    "classes_meant",
    "group_icp",
    "hidden_names",
    "in_group",
    "meanings",
    "profile_named",
    "read_profile",
    "reveals",
]
