"""A style as a picture scheme: the photo itself is repainted, and noise may follow."""

from dataclasses import dataclass, replace

from unseen.photo import Photo
from unseen.styles.style import Style
from unseen.styles.woodblock import Woodblock


@dataclass(frozen=True, kw_only=True)
class Painted:
    """Repaint the photo in a style; its size stays."""

    style: Style | Woodblock

    def __call__(self, photo: Photo, *, seed: int = 0) -> Photo:
        """The repainted photo in sRGB, which is what styles know; its alpha stays as it is, and nothing is random."""
        return replace(photo, pixels=self.style(photo.srgb), icc=None)
