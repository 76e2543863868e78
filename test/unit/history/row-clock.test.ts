import { describe, expect, it } from "vitest";
import { Chance } from "../../../src/core/chance.ts";
import { RowClock, type RowTime } from "../../../src/history/row-clock.ts";
import { sinkRow } from "../../support/sink-rows.ts";

const sec = 1_700_000_000;
const stamped = (nanosec: number, plus = 0, path = "a") =>
  sinkRow({ path, received: (sec + plus) * 1000 + 500, stamp: [sec + plus, nanosec], numbers: [1] });
const text = ({ sec: s, nanosec, pass }: RowTime): string => `${s - sec}.${nanosec} ${pass}`;

describe("the times of rows", () => {
  it("are their stamps to the nanosecond", () => {
    expect(text(new RowClock("stamp", 1).assign(stamped(123_456_789)))).toBe("0.123456789 1");
  });

  it("are moved on by a step where one is there already", () => {
    const clock = new RowClock("stamp", 1);
    const times = [5, 5, 5, 6, 100].map((nanosec) => text(clock.assign(stamped(nanosec))));
    expect(times).toEqual(["0.5 1", "0.6 1", "0.7 1", "0.8 1", "0.100 1"]);
  });

  it("carry into the next second", () => {
    const clock = new RowClock("stamp", 1);
    clock.assign(stamped(999_999_999));
    expect(text(clock.assign(stamped(999_999_999)))).toBe("1.0 1");
    expect(text(clock.assign(stamped(0, 1)))).toBe("1.1 1");
  });

  it("stay their own for late rows, in another pass", () => {
    const clock = new RowClock("stamp", 1);
    const times = [
      [0, 10],
      [0, 8],
      [0, 8],
      [1, 9],
      [0, 7],
      [0, 11],
    ].map(([nanosec, plus]) => text(clock.assign(stamped(nanosec as number, plus as number))));
    expect(times).toEqual(["10.0 1", "8.0 2", "8.1 2", "9.1 2", "7.0 3", "11.0 1"]);
  });

  it("are of each series by itself", () => {
    const clock = new RowClock("stamp", 1);
    expect(text(clock.assign(stamped(1, 0, "a")))).toBe("0.1 1");
    expect(text(clock.assign(stamped(1, 0, "b")))).toBe("0.1 1");
  });

  it("are whole steps of a coarser store", () => {
    const clock = new RowClock("stamp", 1000);
    const times = [1500, 1900, 2100, 9000].map((nanosec) => text(clock.assign(stamped(nanosec))));
    expect(times).toEqual(["0.1000 1", "0.2000 1", "0.3000 1", "0.9000 1"]);
  });

  it("are those of the arrival where a stamp can be no time of day, or none is wanted", () => {
    const received = sec * 1000 + 1.25;
    const row = (stamp?: [number, number]) =>
      sinkRow({ path: `at ${stamp}`, received, numbers: [1], ...(stamp === undefined ? {} : { stamp }) });
    const clock = new RowClock("stamp", 1);
    for (const stamp of [undefined, [17, 5], [sec + 3601, 0]] as ([number, number] | undefined)[]) {
      expect(text(clock.assign(row(stamp)))).toBe("0.1250000 1");
    }
    expect(text(clock.assign(row([sec + 3599, 0])))).toBe("3599.0 1");
    expect(text(new RowClock("arrival", 1).assign(row([sec - 5, 0])))).toBe("0.1250000 1");
  });

  it("are a key: none is given twice, whatever the stamps, and a restart from what was kept changes none", () => {
    const random = new Chance(7);
    const chance = (): number => random.next();
    const rows = Array.from({ length: 20_000 }, (_, i) =>
      sinkRow({
        path: `p${Math.floor(chance() * 3)}`,
        received: (sec + 100) * 1000 + i,
        stamp: [sec + Math.floor(chance() * 3), Math.floor(chance() * 40)],
        numbers: [i],
      }),
    );
    const whole = new RowClock("stamp", 1);
    let parts = new RowClock("stamp", 1);
    const seen = new Set<string>();
    for (const row of rows) {
      const time = text(whole.assign(row));
      expect(text(parts.assign(row))).toBe(time);
      const key = `${row.series.path} ${time}`;
      expect(seen.has(key)).toBe(false);
      seen.add(key);
      if (chance() < 0.01) parts = new RowClock("stamp", 1, JSON.parse(JSON.stringify(parts.save())));
    }
  });
});
