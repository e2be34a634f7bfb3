"""The studio: a page and an HTTP API that protect photos in memory and keep none of them."""
