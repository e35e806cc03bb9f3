-- Makes the two largest tables, steps and calls, partitioned by their run's number: a million runs to a partition.
--
-- For installations that carry more than some ten million runs a year. Stop Interlock, then:  psql -1 -f deploy/postgres/partition.sql <database>
-- What there is becomes the first partition, without being copied; it is read once to make sure of its bounds. From then on Interlock
-- makes partitions ahead of need and drops those that retention has emptied (integrations/retention/partitions.py).
-- Everything that is unique in these tables holds the run, so uniqueness stays what it is. Not undone by this file: see docs/storage.md.

CREATE FUNCTION interlock_partition(which text, size bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    whole text := which || '_first';
    upto bigint;
    number bigint;
    one record;
BEGIN
    EXECUTE format('SELECT (COALESCE(max(run_id), 0) / %s + 1) * %s FROM %I', size, size, which) INTO upto;
    EXECUTE format('SELECT COALESCE(max(id), 0) + 1 FROM %I', which) INTO number;
    EXECUTE format('ALTER TABLE %I RENAME TO %I', which, whole);
    EXECUTE format('ALTER TABLE %I ALTER COLUMN id DROP IDENTITY IF EXISTS', whole);
    EXECUTE format('CREATE SEQUENCE %I START %s', which || '_numbers', number);
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS) PARTITION BY RANGE (run_id)', which, whole);
    EXECUTE format('ALTER TABLE %I ALTER COLUMN id SET DEFAULT nextval(%L)', which, which || '_numbers');
    EXECUTE format('ALTER SEQUENCE %I OWNED BY %I.id', which || '_numbers', which);
    -- the same constraints under their own names; those of the first partition get others
    FOR one IN EXECUTE format(
        'SELECT conname, contype, pg_get_constraintdef(oid) AS means FROM pg_constraint WHERE conrelid = %L::regclass AND contype IN (''u'', ''f'', ''c'')', whole
    ) LOOP
        IF one.contype <> 'c' THEN -- checks are inherited by name
            EXECUTE format('ALTER TABLE %I RENAME CONSTRAINT %I TO %I', whole, one.conname, left(one.conname, 50) || '_first');
        END IF;
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I %s', which, one.conname, one.means);
    END LOOP;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%s)', which, whole, upto);
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', which || '_rest', which);
    EXECUTE format('CREATE INDEX ON %I (id)', which || '_rest');
END $$;

-- Have `ahead` partitions of `size` runs from the run numbered `from_run` on. Returns how many were made.
CREATE FUNCTION interlock_partitions_ahead(which text, size bigint, from_run bigint, ahead int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    low bigint;
    name text;
    made int := 0;
BEGIN
    FOR low IN SELECT generate_series((from_run / size) * size, (from_run / size + ahead) * size, size) LOOP
        name := format('%s_%s', which, low / size);
        CONTINUE WHEN to_regclass(quote_ident(name)) IS NOT NULL;
        BEGIN
            EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%s) TO (%s)', name, which, low, low + size);
            EXECUTE format('CREATE INDEX ON %I (id)', name);
            made := made + 1;
        EXCEPTION WHEN invalid_object_definition OR check_violation THEN
            NULL; -- another partition holds these runs, such as the first one
        END;
    END LOOP;
    RETURN made;
END $$;

SELECT interlock_partition('integrations_stepentry', 1000000);
SELECT interlock_partition('integrations_exchange', 1000000);
SELECT interlock_partitions_ahead('integrations_stepentry', 1000000, COALESCE((SELECT max(id) FROM integrations_run), 0), 3);
SELECT interlock_partitions_ahead('integrations_exchange', 1000000, COALESCE((SELECT max(id) FROM integrations_run), 0), 3);
