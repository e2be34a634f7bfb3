"""The photos of a plan on the machines of a Ray cluster; nothing of Ray is imported before `joined` is called."""

from unseen.batch.cluster.engine import Ray
from unseen.batch.cluster.joining import Cluster, joined

__all__ = ["Cluster", "Ray", "joined"]
