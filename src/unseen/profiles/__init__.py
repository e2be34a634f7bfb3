"""What a person wants hidden: groups of classes, and what a network still knows of a group."""

from unseen.profiles.groups import PROFILES, Profile, class_group, group_icp, in_group, profile_named

__all__ = ["PROFILES", "Profile", "class_group", "group_icp", "in_group", "profile_named"]
