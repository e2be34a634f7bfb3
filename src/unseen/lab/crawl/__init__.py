"""Figure 1 of Liu et al. 2019 as an experiment: photos, a platform, a crawler and its networks."""

from unseen.lab.crawl.lab import run_crawl_lab

__all__ = ["run_crawl_lab"]
