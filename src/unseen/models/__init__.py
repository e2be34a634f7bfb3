"""Classifiers: the embedded ones, timm's and torchvision's zoos, and any local module."""

from unseen.models.network import Network
from unseen.models.preprocessing import Preprocessing
from unseen.models.spec import ListedModel, ModelSpec
from unseen.models.zoo import list_models, load_classifier

__all__ = ["ListedModel", "ModelSpec", "Network", "Preprocessing", "list_models", "load_classifier"]
