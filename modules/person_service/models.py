"""The table that this service owns, as the migrations in db/ make it (a test holds the two together)."""

from sqlalchemy import BigInteger, ColumnElement, Identity, Index, Text, func, literal_column
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
