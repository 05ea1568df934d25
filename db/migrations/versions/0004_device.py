"""device: the phones that may report for a person; device_change: what gateways must know within a second."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DEVICE = """
CREATE TABLE device (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id       bigint NOT NULL REFERENCES person ON DELETE CASCADE,
    name            text NOT NULL,
    app             text NOT NULL,
    -- Of 160 random bits. A slow, salted hash is for what people think up; these can be guessed by nobody.
    secret_sha256   bytea NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at    timestamptz,
    last_accuracy_m real,
    revoked_at      timestamptz
);
-- Usage: person_service, who shows this secret
CREATE UNIQUE INDEX device_secret_sha256_idx ON device (secret_sha256);
-- Usage: person_service, the devices of a person; their end with the person
CREATE INDEX device_person_id_idx ON device (person_id);
"""

DEVICE_CHANGE = """
CREATE TABLE device_change (
    number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- Usage: person_service, changes since the last one
    device_id   bigint NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""

# Numbers are given out under a lock that is held until the commit: they become visible in their order, so that asking
# for those after the last number seen misses none. What is older than an hour nobody waits for any more.
NOTE_DEVICE_CHANGE = """
CREATE FUNCTION note_device_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    given bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7134204);
    INSERT INTO public.device_change (device_id) VALUES (coalesce(NEW.id, OLD.id)) RETURNING number INTO given;
    DELETE FROM public.device_change WHERE changed_at < clock_timestamp() - interval '1 hour' AND number < given;
    RETURN NULL;
END
$$;
CREATE TRIGGER device_changed AFTER INSERT OR DELETE OR UPDATE OF revoked_at ON device
    FOR EACH ROW EXECUTE FUNCTION note_device_change();
"""


def upgrade() -> None:
    for statement in (DEVICE, DEVICE_CHANGE, NOTE_DEVICE_CHANGE):
        op.execute(statement)
