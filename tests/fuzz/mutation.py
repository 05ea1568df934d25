"""Small damage to bytes: what a bit that fell over, a cut connection or a wrong length does to them."""

from random import Random

INTERESTING = (b"\x00", b"\xff", b"\x80", b"\x7f", b"\x0a", b"\x0a\xff\xff\xff\xff\x0f", b"\xff" * 10, b"\x22\x00")
MOST_BYTES = 4096


def mutate(random: Random, value: bytes, other: bytes) -> bytes:  # noqa: C901  one case for each kind of damage
    """Damage `value` in one to four places; `other` is what it may be crossed with."""
    octets = bytearray(value)
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        at = random.randint(0, len(octets))
        match random.randint(0, 8):
            case 0 if octets:
                octets[at % len(octets)] ^= 1 << random.randint(0, 7)
            case 1 if octets:
                octets[at % len(octets)] = random.randint(0, 255)
            case 2:
                del octets[at : at + random.choice((1, 1, 2, 8, 30))]
            case 3:
                octets[at:at] = random.randbytes(random.choice((1, 2, 8)))
            case 4:
                octets[at:at] = octets[at : at + random.choice((1, 4, 30, 200))]
            case 5:
                del octets[at:]
            case 6:
                octets[at:] = other[random.randint(0, len(other)) :]
            case 7:
                octets[at : at + random.choice((0, 1, 8))] = random.choice(INTERESTING)
            case _:
                step = random.choice((-1, 1, 16, -16))
                if octets:
                    octets[at % len(octets)] = (octets[at % len(octets)] + step) % 256
    return bytes(octets[:MOST_BYTES])
