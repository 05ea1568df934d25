-- What only a superuser can do, once per database: the roles, the extensions and the owner of the schema.
-- Safe to run twice. Run with psql inside the database that is to hold the tables:
--
--   psql -v ON_ERROR_STOP=1 -v owner_password=… -v person_service_password=… \
--        -v location_consumer_password=… -v meeting_finder_password=… -v connection_service_password=… \
--        -v retention_password=… -f db/bootstrap.sql
--
-- The owner runs the migrations; each service has a role of its own, and db/grants.sql says what it may do.

SELECT format('CREATE ROLE %I', role)
FROM unnest(ARRAY['udaconnect', 'person_service', 'location_consumer', 'meeting_finder', 'connection_service',
                  'retention']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec

ALTER ROLE udaconnect LOGIN PASSWORD :'owner_password';
ALTER ROLE person_service LOGIN PASSWORD :'person_service_password';
ALTER ROLE location_consumer LOGIN PASSWORD :'location_consumer_password';
ALTER ROLE meeting_finder LOGIN PASSWORD :'meeting_finder_password';
ALTER ROLE connection_service LOGIN PASSWORD :'connection_service_password';
ALTER ROLE retention LOGIN PASSWORD :'retention_password';

SELECT format('ALTER DATABASE %I OWNER TO udaconnect', current_database()) \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
ALTER SCHEMA public OWNER TO udaconnect;

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
