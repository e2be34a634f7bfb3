"""Classifiers: the embedded ones, timm's and torchvision's zoos, and any local module."""

from unseen.models.network import Network, held_out_from
from unseen.models.preprocessing import Preprocessing
from unseen.models.spec import ListedModel, ModelSpec
from unseen.models.zoo import list_models, load_classifier

__all__ = ["ListedModel", "ModelSpec", "Network", "Preprocessing", "held_out_from", "list_models", "load_classifier"]
