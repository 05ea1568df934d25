"""The model says what the migrations make."""

from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from connection_service.store.models import Base, Location
from deployment.native.schema import Database


def is_compared(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    return kind != "table" or name == Location.__tablename__


def test_model_and_migrations_agree(database: Database) -> None:
    engine = sa.create_engine(sa.make_url(database.owner).set(drivername="postgresql+psycopg2"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_compared, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []

        reflected: dict[str, Any] = {
            column["name"]: column for column in sa.inspect(connection).get_columns(Location.__tablename__)
        }
        partitioned_by = connection.scalar(sa.text("SELECT pg_get_partkeydef('location'::regclass)"))
    engine.dispose()
    assert list(reflected) == [column.name for column in Location.__table__.columns]
    assert reflected["cell"]["computed"] == {"sqltext": "location_cell(coordinate)", "persisted": True}
    assert partitioned_by == "RANGE (creation_time)"
