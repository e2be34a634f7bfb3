"""How many photos are on their way at a time, and how much memory they may take together."""

import threading


class Room:
    """Photos enter it before they are read, and leave when they are done.

    Args:
        photos: at most; one more waits.
        bytes: no photo enters while those within take that many.
    """

    def __init__(self, photos: int, bytes: int) -> None:
        self._most_photos, self._most_bytes = photos, bytes
        self._photos = self._bytes = 0
        self._closed = False
        self._changed = threading.Condition()

    def enter(self) -> bool:
        """Wait until there is room; False once it is closed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or (self._photos < self._most_photos and self._bytes < self._most_bytes)
            )
            self._photos += 1
            return not self._closed

    def take(self, bytes: int) -> None:
        """A photo within turned out to take so many."""
        with self._changed:
            self._bytes += bytes

    def leave(self, bytes: int) -> None:
        """A photo that took so many is done."""
        with self._changed:
            self._photos -= 1
            self._bytes -= bytes
            self._changed.notify_all()

    def close(self) -> None:
        """Let nothing more in."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
