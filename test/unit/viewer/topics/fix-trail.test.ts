import { describe, expect, it } from "vitest";
import { type Fix, FixTrail, placeFrom, readFix } from "../../../../src/viewer/topics/fix-trail.ts";

const fixAt = (latitude: number, longitude: number, more: Partial<Fix> = {}): Fix => ({
  ...{ latitude, longitude, altitude: 0, spread: null, hasFix: true, correction: "" },
  ...more,
});

describe("a fix of a satellite receiver", () => {
  // By PROJ 9 (pyproj, +proj=cart and +proj=topocentric, WGS84): east and north, m.
  it.each([
    [52.1, 4.5, 52.1003, 4.5008, 54.819536, 33.381079],
    [-33.9, 151.2, -33.8995, 151.199, -92.493443, 55.459838],
    [0, 179.9999, 0.0001, -179.9999, 22.263898, 11.057428],
    [78.2, 15.6, 78.2051, 15.61, 228.280317, 569.418165],
  ])("from %f, %f at %f, %f is where PROJ says", (lat0, lon0, lat, lon, east, north) => {
    const place = placeFrom(fixAt(lat0, lon0), fixAt(lat, lon));
    expect(Math.abs(place.east - east)).toBeLessThan(1e-5);
    expect(Math.abs(place.north - north)).toBeLessThan(1e-4);
  });

  it("is read with what its receiver knows of it", () => {
    const covariance = [4, 0, 0, 0, 9, 0, 0, 0, 16];
    const message = { latitude: 52, longitude: 4, altitude: 3, status: { status: 2 } };
    const read = readFix({ ...message, position_covariance: covariance, position_covariance_type: 2 });
    expect(read).toEqual(fixAt(52, 4, { altitude: 3, spread: [2, 3, 4], correction: "GBAS" }));
    expect(
      readFix({ ...message, position_covariance: covariance, position_covariance_type: 0 })?.spread,
    ).toBe(null);
    expect(readFix({ ...message, altitude: null, status: { status: -1 } })).toMatchObject({
      altitude: null,
      hasFix: false,
    });
  });

  it.each([
    null,
    {},
    { latitude: null, longitude: 4 },
    { latitude: 91, longitude: 4 },
    { latitude: 1, longitude: "4" },
  ])("is none that makes no sense: %j", (message) => expect(readFix(message)).toBeNull());

  it("leaves a trail without those that say nothing, of two thousand places at most", () => {
    const trail = new FixTrail();
    trail.take(fixAt(0, 0, { hasFix: false }));
    trail.take(fixAt(52, 4));
    trail.take(fixAt(52, 4.000_000_01));
    expect(trail.places).toEqual([{ east: 0, north: 0 }]);
    for (let i = 1; i < 2100; i += 1) trail.take(fixAt(52 + i * 1e-6, 4));
    expect(trail.places).toHaveLength(2000);
  });
});
