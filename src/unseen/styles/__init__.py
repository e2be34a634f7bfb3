"""Style transfer: photos of any size repainted as cartoons or prints, by networks or without."""

from unseen.styles.named import STYLES, NamedStyle, style_named
from unseen.styles.style import Style, StyleSpec
from unseen.styles.woodblock import Woodblock

__all__ = ["STYLES", "NamedStyle", "Style", "StyleSpec", "Woodblock", "style_named"]
