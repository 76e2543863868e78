/** A recorded number of a topic. `config`: of twin.yaml, which alone ends it. */
export type RecordListing = {
  /** `/imu#linear_acceleration.z` */
  record: string;
  topic: string;
  field: string;
  /** The name of its series in the history. */
  series: string;
  origin: "config" | "api";
  /** `waiting`: no message has come since the start; `fault`: the last ones had no such number. */
  state: "waiting" | "recording" | "fault";
  reason?: string;
};

/** What `/api/topics/records` answers. `refused`: why nothing can be recorded here; `mayChange`: who asks may change them. */
export type RecordsAnswer = { records: readonly RecordListing[]; refused?: string; mayChange?: boolean };
