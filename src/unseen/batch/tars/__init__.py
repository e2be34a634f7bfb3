"""WebDataset shards: tars whose photos come in one by one, and whose copies go out in tars of the same names."""
