"""Style transfer: photos repainted as cartoons or prints, at full size, by networks or without."""

from unseen.styles.named import STYLES, NamedStyle, style_named
from unseen.styles.style import Style, StyleSpec
from unseen.styles.woodblock import Woodblock

__all__ = ["STYLES", "NamedStyle", "Style", "StyleSpec", "Woodblock", "style_named"]
