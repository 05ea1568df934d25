-- Where the store is of many nodes (STORE=citus): what grows lies on workers, by person. Applied after every migration;
-- safe to run twice. All else stays on the coordinator, where locks and numbers are given.
--
-- Two shards a worker: a search asks each of them, so that many cost more than they bring; with one there would be
-- nothing to move to a worker that comes later.

DO $$
DECLARE
    shards int;
BEGIN
    SELECT 2 * count(*) INTO shards FROM pg_dist_node WHERE shouldhaveshards;
    IF NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = 'public.location'::regclass) THEN
        PERFORM create_distributed_table('public.location', 'person_id', shard_count => shards);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = 'public.connectivity'::regclass) THEN
        PERFORM create_distributed_table('public.connectivity', 'person_id', colocate_with => 'public.location');
    END IF;
END
$$;
