"""Figures for reports, as PNG bytes: one style, colours that colour-blind people and grey prints tell apart."""

from unseen.lab.figures.charts import bars, lines, scatter
from unseen.lab.figures.pictures import PhotoPanel, noise_panels, photo_panels, picture_grid
from unseen.lab.figures.spreads import boxes, heat_map, histogram

__all__ = [
    "PhotoPanel",
    "bars",
    "boxes",
    "heat_map",
    "histogram",
    "lines",
    "noise_panels",
    "photo_panels",
    "picture_grid",
    "scatter",
]
