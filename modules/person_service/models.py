"""The tables that this service owns, as the migrations in db/ make them (a test holds the two together)."""

from datetime import datetime

from sqlalchemy import (
    REAL,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Text,
    func,
    literal_column,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# What a search looks in. Written as the index has it, for only then does PostgreSQL use the index, and bracketed as
# PostgreSQL writes it back, so that the comparison with the migrations can tell that both are the same.
NAMES: ColumnElement[str] = func.lower(
    literal_column("(((first_name || ' ') || last_name) || ' ') || company_name", Text)
)


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (
        Index(
            "person_names_idx",
            NAMES.label("names"),
            postgresql_using="gin",
            postgresql_ops={"names": "gin_trgm_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    first_name: Mapped[str] = mapped_column(Text)
    last_name: Mapped[str] = mapped_column(Text)
    company_name: Mapped[str] = mapped_column(Text)


class PrivateSpan(Base):
    """A time of which a person keeps private where they were. Written by functions only."""

    __tablename__ = "private_span"
    __table_args__ = (
        CheckConstraint("ends_at > begins_at"),
        Index("private_span_person_id_idx", "person_id"),
        Index("private_span_paused_idx", "person_id", unique=True, postgresql_where=text("ends_at IS NULL")),
        Index("private_span_unfinished_idx", "number", postgresql_where=text("finished_at IS NULL")),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="CASCADE"))
    begins_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    gone_before: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Device(Base):
    """A phone that may report for a person, as long as it is not revoked."""

    __tablename__ = "device"
    __table_args__ = (
        Index("device_secret_sha256_idx", "secret_sha256", unique=True),
        Index("device_person_id_idx", "person_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    app: Mapped[str] = mapped_column(Text)
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    last_seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_accuracy_m: Mapped[float | None] = mapped_column(REAL)
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class DeviceChange(Base):
    """That something about a device has changed. Written by a trigger, kept for an hour."""

    __tablename__ = "device_change"

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    device_id: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
