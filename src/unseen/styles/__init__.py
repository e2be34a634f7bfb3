"""Style transfer: photos of any size repainted as cartoons or prints."""

from unseen.styles.named import STYLES, NamedStyle, style_named
from unseen.styles.style import Style, StyleSpec

__all__ = ["STYLES", "NamedStyle", "Style", "StyleSpec", "style_named"]
