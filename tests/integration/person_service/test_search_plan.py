from sqlalchemy import create_engine, make_url, text

from deployment.native.schema import Database
from person_service.people import search


def test_a_search_goes_through_the_trigram_index(database: Database) -> None:
    engine = create_engine(make_url(database.owner).set(drivername="postgresql+psycopg2"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            text(
                "INSERT INTO person (first_name, last_name, company_name)"
                " SELECT md5(i::text), md5((-i)::text), 'Company' FROM generate_series(1, 5000) AS i"
            )
        )
        connection.execute(text("VACUUM ANALYZE person"))
        statement = search("LOVELACE 100%", limit=101, after=0)
        sql = str(statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
        plan = "\n".join(row[0] for row in connection.exec_driver_sql("EXPLAIN " + sql, ()))
    engine.dispose()

    assert "Bitmap Index Scan on person_names_idx" in plan
    assert "'%lovelace%'" in plan
    assert r"'%100\%%'" in plan
