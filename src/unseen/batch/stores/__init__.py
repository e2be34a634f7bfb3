"""Object stores: photos and copies by address, and the record of a run that has no disk of its own."""
