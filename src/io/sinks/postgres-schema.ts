import { sampleColumns } from "../../history/sql-columns.ts";

/** `schema` is a name of letters, digits and _. All of it may be run again. */
export function tablesOf(schema: string): string {
  return `
CREATE SCHEMA IF NOT EXISTS ${schema};
CREATE TABLE IF NOT EXISTS ${schema}.writer (
  writer text PRIMARY KEY,
  cursor bigint NOT NULL,
  updated timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ${schema}.writer IS 'How far each twin is with its rows. Deleting a line makes it send all that it has again.';
CREATE TABLE IF NOT EXISTS ${schema}.series (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text NOT NULL UNIQUE,
  writer text NOT NULL,
  thing text NOT NULL,
  path text NOT NULL,
  facet text NOT NULL,
  source text NOT NULL,
  kind text NOT NULL,
  unit text NOT NULL,
  value_kind text NOT NULL,
  tags json NOT NULL
);
CREATE INDEX IF NOT EXISTS series_path ON ${schema}.series (md5(path), md5(thing));
CREATE TABLE IF NOT EXISTS ${schema}.sample (
  series integer NOT NULL,
  number bigint NOT NULL,
  time timestamptz NOT NULL,
  ns smallint NOT NULL,
  received timestamptz NOT NULL,
  quality smallint NOT NULL,
  reason text,
  value double precision,
  numbers double precision[],
  "int" bigint,
  flag boolean,
  text text,
  json json,
  PRIMARY KEY (series, time, number)
);
CREATE OR REPLACE VIEW ${schema}.samples AS
  SELECT s.time, s.ns, r.thing, r.path, r.facet, r.source, r.kind, r.unit, s.value, s.numbers, s."int", s.flag, s.text,
    s.json, (ARRAY['good', 'uncertain', 'bad'])[s.quality + 1] AS quality, s.reason, s.received, r.tags, r.writer, s.number
  FROM ${schema}.sample s JOIN ${schema}.series r ON r.id = s.series;
CREATE OR REPLACE VIEW ${schema}.measured AS
  SELECT s.time, r.thing || '/' || r.path AS metric, s.value, r.unit, r.thing, r.path
  FROM ${schema}.sample s JOIN ${schema}.series r ON r.id = s.series
  WHERE r.facet = 'reported' AND r.kind = 'taken' AND s.value IS NOT NULL;
CREATE OR REPLACE VIEW ${schema}.poses AS
  SELECT s.time, r.thing, r.path, r.facet, r.kind, r.source, s.numbers[1] AS x, s.numbers[2] AS y, s.numbers[3] AS z,
    s.numbers[4] AS qx, s.numbers[5] AS qy, s.numbers[6] AS qz, s.numbers[7] AS qw
  FROM ${schema}.sample s JOIN ${schema}.series r ON r.id = s.series WHERE r.value_kind = 'pose';
CREATE OR REPLACE VIEW ${schema}.twists AS
  SELECT s.time, r.thing, r.path, r.facet, r.kind, r.source, s.numbers[1] AS linear_x, s.numbers[2] AS linear_y,
    s.numbers[3] AS linear_z, s.numbers[4] AS angular_x, s.numbers[5] AS angular_y, s.numbers[6] AS angular_z
  FROM ${schema}.sample s JOIN ${schema}.series r ON r.id = s.series WHERE r.value_kind = 'twist';
`;
}

/** Where TimescaleDB is there: the samples in chunks by time. */
export function hypertableOf(schema: string): string {
  return `SELECT create_hypertable('${schema}.sample', 'time', chunk_time_interval => INTERVAL '1 day', if_not_exists => TRUE, migrate_data => TRUE)`;
}

/** One parameter a column, each an array. */
export function insertInto(schema: string): string {
  const names = sampleColumns.map(([name]) => `"${name}"`);
  const arrays = sampleColumns.map(([, type], i) => `$${i + 1}::${type}[]`);
  return `
INSERT INTO ${schema}.sample (series, number, time, ns, received, quality, reason, value, numbers, "int", flag, text, json)
SELECT series, number, ${timeOf("time_us")}, ns, ${timeOf("received_us")}, quality, nullif(reason, ''), value,
  numbers::float8[], "int", flag, text, json::json
FROM unnest(${arrays.join(", ")}) AS t(${names.join(", ")})
ON CONFLICT DO NOTHING`;
}

function timeOf(column: string): string {
  return `timestamptz 'epoch' + ${column} * interval '1 microsecond'`;
}
