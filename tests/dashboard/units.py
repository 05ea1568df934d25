"""Numbers as people read them, in the dashboard's units."""

import math

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
LARGE = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def written(value: float, unit: str) -> str:
    match unit:
        case "s":
            return seconds(value)
        case "percentunit":
            return f"{short(value * 100)} %"
        case "bytes":
            return f"{short(value)}B" if value >= LARGE[-1][0] else f"{short(value)} B"
        case "reqps":
            return f"{short(value)}/s"
        case _:
            return short(value)


def seconds(value: float) -> str:
    for least, factor, name in ((3600, 3600, "h"), (60, 60, "min"), (1, 1, "s"), (1e-3, 1e-3, "ms")):
        if value >= least:
            return f"{short(value / factor)} {name}"
    return f"{short(value * 1e6)} µs" if value else "0 s"


def short(value: float) -> str:
    """Three digits, as far as they say something."""
    for least, name in LARGE:
        if abs(value) >= least:
            return f"{value / least:.3g} {name}"
    return f"{value:.3g}"


def top_of(largest: float) -> float:
    """A round number that is as large at least."""
    if largest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next(step * power for step in STEPS if step * power >= largest * (1 - 1e-9))
