"""What a person wants hidden: groups of classes, what a network still knows of one, and what a class means."""

from unseen.profiles.groups import PROFILES, Profile, class_group, group_icp, in_group, profile_named
from unseen.profiles.meanings import meanings

__all__ = ["PROFILES", "Profile", "class_group", "group_icp", "in_group", "meanings", "profile_named"]
