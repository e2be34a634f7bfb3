"""How much a server takes on."""

from dataclasses import dataclass, fields

from unseen.errors import UnseenError

MEGABYTE = 1 << 20
MEGAPIXEL = 10**6


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is refused, so that one client harms neither the others nor the machine.

    Attributes:
        bytes: of one photo's file.
        held: bytes of all photos that wait, together.
        waiting: photos that wait, of all clients.
        waiting_each: photos that wait, of one client.
        pixels: of one photo, each of which takes many bytes of memory while it is worked on.
        seconds: for one photo, from when its turn has come.
        stall: seconds without a byte of a body that is awaited.

    Raises:
        UnseenError: a limit below 1.
    """

    bytes: int = 128 * MEGABYTE
    pixels: int = 64 * MEGAPIXEL
    held: int = 1024 * MEGABYTE
    waiting: int = 64
    waiting_each: int = 32
    seconds: float = 600
    stall: float = 20

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise UnseenError(f"limit {field.name} is {getattr(self, field.name)}; give 1 or more")
