-- For sites with very many calls: keeps decisions in a partition for each month (UTC), so that what is past its time goes with its partition
-- instead of row by row. The service does not know of it. Once, after the service has made its tables, and while no replica runs:
--
--   psql "$DATABASE_URL" -1 -f deploy/partition.sql
--
-- Then every day, with fewer days than RETENTION_DAYS, so that the service finds nothing left to remove:
--
--   psql "$DATABASE_URL" -c 'select rehab_first_partitions(690)'

-- Makes the partition of a month; decisions of it that lie in decision_rest move over.
create or replace function rehab_first_month(at timestamptz) returns void language plpgsql as $$
declare
  first timestamp := date_trunc('month', at at time zone 'utc');
  name text := 'decision_' || to_char(first, 'YYYY_MM');
  since bigint := extract(epoch from first) * 1000;
  until bigint := extract(epoch from first + interval '1 month') * 1000;
begin
  if to_regclass(name) is not null then return; end if;
  create temporary table decision_moving on commit drop as select * from decision_rest where time >= since and time < until;
  delete from decision_rest where time >= since and time < until;
  execute format('create table %I partition of decision for values from (%s) to (%s)', name, since, until);
  insert into decision select * from decision_moving;
  drop table decision_moving;
end $$;

-- Makes the partitions of this month and the next two, and drops those whose last day is more than keep_days ago. Gives how many are dropped.
create or replace function rehab_first_partitions(keep_days integer, at timestamptz default now()) returns integer language plpgsql as $$
declare
  part record;
  dropped integer := 0;
begin
  for months in 0..2 loop
    perform rehab_first_month(at + make_interval(months => months));
  end loop;
  for part in
    select child.relname as name, to_date(substr(child.relname, 10), 'YYYY_MM') + interval '1 month' as ends
    from pg_inherits join pg_class child on child.oid = inhrelid
    where inhparent = 'decision'::regclass and child.relname ~ '^decision_\d{4}_\d{2}$'
  loop
    if part.ends <= at at time zone 'utc' - make_interval(days => keep_days) then
      execute format('drop table %I', part.name);
      dropped := dropped + 1;
    end if;
  end loop;
  return dropped;
end $$;

do $$
declare
  indexes text[];
  definition text;
  months timestamp[];
  month timestamp;
  old record;
begin
  if (select relkind from pg_class where oid = 'decision'::regclass) = 'p' then return; end if;
  select array_agg(pg_get_indexdef(indexrelid)) into indexes
    from pg_index where indrelid = 'decision'::regclass and not indisprimary;
  for old in select indexrelid::regclass as name from pg_index where indrelid = 'decision'::regclass and not indisprimary loop
    execute format('drop index %s', old.name);
  end loop;
  alter table decision rename to decision_whole;
  alter table decision_whole rename constraint decision_pkey to decision_whole_pkey;
  create table decision (like decision_whole including defaults) partition by range (time);
  alter table decision add primary key (id, time);
  create table decision_rest partition of decision default;
  foreach definition in array indexes loop
    execute definition;
  end loop;
  insert into decision select * from decision_whole;
  drop table decision_whole cascade;
  select array_agg(distinct date_trunc('month', to_timestamp(time / 1000.0) at time zone 'utc')) into months from decision;
  foreach month in array coalesce(months, '{}') loop
    perform rehab_first_month(month at time zone 'utc');
  end loop;
  perform rehab_first_partitions(36500);
end $$;
