"""Rows become requests of a certain size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from udaconnect.location.v1.location_pb2 import BatchCreateLocationsRequest

from location_client.readers.rows import Place, Rejected, Rows, UnreadableFileError

LARGEST_BATCH = 10_000  # the contract's


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes out in one call, and where in the file it stood."""

    request: BatchCreateLocationsRequest
    places: Sequence[Place] = ()  # of each location of the request; empty: nobody needs to know
    unreadable: Sequence[Rejected] = ()  # rows met on the way that are no locations


def batches_of(rows: Rows, size: int) -> Iterator[Batch]:
    """Batches of up to `size` rows, in their order. Memory holds one batch.

    Where the rows end in UnreadableFileError, the rows before it come first.
    """
    complete = True
    while complete:
        broken: UnreadableFileError | None = None
        request, places, unreadable = BatchCreateLocationsRequest(), list[Place](), list[Rejected]()
        add = request.locations.add
        try:
            for row in islice(rows, size):
                if isinstance(row, Rejected):
                    unreadable.append(row)
                    continue
                place, person_id, microseconds, latitude, longitude, accuracy_m = row
                location = add(person_id=person_id, latitude=latitude, longitude=longitude, accuracy_m=accuracy_m)
                seconds, rest = divmod(microseconds, 1_000_000)
                creation_time = location.creation_time  # set in place: half the time of a Timestamp of its own
                creation_time.seconds = seconds
                creation_time.nanos = rest * 1000
                places.append(place)
        except UnreadableFileError as error:
            broken = error
        complete = len(places) + len(unreadable) == size
        if places or unreadable:
            yield Batch(request, places, unreadable)
        if broken:
            raise broken
