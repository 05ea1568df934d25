"""The table that this service reads, as the migrations in db/ make it (a test holds the two together)."""

from datetime import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, Computed, DateTime, Index, func
from sqlalchemy.dialects.postgresql import REAL
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Location(Base):
    """One fix. Partitioned by day of creation_time."""

    __tablename__ = "location"

    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    creation_time: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    coordinate: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    accuracy_m: Mapped[float | None] = mapped_column(REAL)
    cell: Mapped[int | None] = mapped_column(BigInteger, Computed(func.location_cell("coordinate"), persisted=True))

    __table_args__ = (
        Index("location_cell_creation_time_idx", "cell", "creation_time"),
        Index("location_creation_time_idx", "creation_time", postgresql_using="brin"),
        {"postgresql_partition_by": "RANGE (creation_time)"},
    )
