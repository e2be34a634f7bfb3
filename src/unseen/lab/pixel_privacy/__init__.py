"""Table 1 and Figure 1 of Liu and Zhao 2018: photos enhanced, cropped or perturbed until a network misreads them."""

from unseen.lab.pixel_privacy.lab import run_pixel_privacy_lab
from unseen.lab.pixel_privacy.settings import PixelPrivacySettings

__all__ = ["PixelPrivacySettings", "run_pixel_privacy_lab"]
