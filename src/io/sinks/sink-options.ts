/** Where rows go, as `twin.yaml` has it under `history.sinks`; paths of files are absolute. */
export type SinkOptions = InfluxOptions | QuestOptions | VictoriaOptions | PostgresOptions;

type Common = {
  url: string;
  /** `<thing>/<path>` of the rows that are sent; `*` matches any run of characters. */
  series: string[];
  facets: ("reported" | "desired" | "estimated" | "predicted")[];
  /** Which of a sample's times is its time in the store. */
  time: "stamp" | "arrival";
  /** Tags (columns) of each row, as the name of the site. */
  tags: Record<string, string>;
  /** File of a certificate authority to trust beside the system's. */
  ca?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  passwordFile?: string | undefined;
};

type WithToken = { token?: string | undefined; tokenFile?: string | undefined };

export type InfluxOptions = Common &
  WithToken & {
    kind: "influx";
    measurement: string;
    /** InfluxDB 1: the database, and its retention policy. */
    database?: string | undefined;
    retentionPolicy?: string | undefined;
    /** InfluxDB 2 and 3. */
    bucket?: string | undefined;
    org?: string | undefined;
  };
export type QuestOptions = Common & WithToken & { kind: "questdb"; measurement: string };
export type VictoriaOptions = Common & WithToken & { kind: "victoriametrics"; measurement: string };
export type PostgresOptions = Common & { kind: "postgres"; schema: string };

/** The name of a sink in status lines and metrics: its kind and host, without credentials. */
export function sinkName({ kind, url }: Pick<SinkOptions, "kind" | "url">): string {
  try {
    return `${kind}:${new URL(url).host}`;
  } catch {
    return kind;
  }
}
