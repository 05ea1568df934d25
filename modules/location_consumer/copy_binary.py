"""Columns to the bytes of COPY … WITH (FORMAT binary).

Format: https://www.postgresql.org/docs/current/sql-copy.html (Binary Format), big-endian; points as little-endian EWKB.
"""

import numpy as np
from numpy.typing import NDArray

from location_consumer.locations import Locations, Mask
from service_kit.copy_format import EPOCH_US, HEADER, TRAILER

COLUMNS = "person_id, creation_time, coordinate, accuracy_m"

EWKB_POINT_WITH_SRID = 0x20000001

ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("person_id_length", ">i4"),
        ("person_id", ">i8"),
        ("creation_time_length", ">i4"),
        ("creation_time", ">i8"),
        ("coordinate_length", ">i4"),
        ("byte_order", "u1"),
        ("geometry_type", "<u4"),
        ("srid", "<u4"),
        ("x", "<f8"),
        ("y", "<f8"),
        ("accuracy_m_length", ">i4"),
        ("accuracy_m", ">f4"),
    ]
)


def copy_bytes(locations: Locations) -> bytes:
    """Encode the locations for COPY into COLUMNS, in their order."""
    rows = np.empty(locations.size, dtype=ROW)
    rows["fields"] = 4
    rows["person_id_length"] = 8
    rows["person_id"] = locations.person_id
    rows["creation_time_length"] = 8
    rows["creation_time"] = locations.time_us - EPOCH_US
    rows["coordinate_length"] = 25
    rows["byte_order"] = 1
    rows["geometry_type"] = EWKB_POINT_WITH_SRID
    rows["srid"] = 4326
    rows["x"] = locations.longitude
    rows["y"] = locations.latitude
    rows["accuracy_m_length"] = 4
    rows["accuracy_m"] = locations.accuracy_m
    return b"".join((HEADER, _with_nulls(rows, np.isnan(locations.accuracy_m)), TRAILER))


def _with_nulls(rows: NDArray[np.void], no_accuracy: Mask) -> bytes:
    """Cut the value of accuracy_m out of rows that have none, where its length says NULL."""
    if not no_accuracy.any():
        return rows.tobytes()
    rows["accuracy_m_length"][no_accuracy] = -1
    octets = rows.view(np.uint8).reshape(rows.size, ROW.itemsize)
    keep = np.ones(octets.shape, dtype=bool)
    keep[no_accuracy, -4:] = False
    return octets[keep].tobytes()
