import { isNumber, isObject } from "../../client/message-checks.ts";

/** A sensor_msgs/NavSatFix: degrees north and east by WGS 84, m above its ellipsoid. */
export type Fix = {
  latitude: number;
  longitude: number;
  /** Null: not known. */
  altitude: number | null;
  /** A standard deviation to the east, the north and up, m; null: not known. */
  spread: readonly [number, number, number] | null;
  hasFix: boolean;
  /** The correction in use: none, by satellites, by stations on the ground. */
  correction: "" | "SBAS" | "GBAS";
};

export type Place = { east: number; north: number };

/** Semi-major axis, m, and first eccentricity squared of WGS 84. */
const axis = 6_378_137;
const eccentricity2 = 0.006_694_379_990_141_316;
const degree = Math.PI / 180;
const mostPlaces = 2000;
/** m */
const step = 0.02;

/** What a message says; null: it makes no sense. */
export function readFix(message: unknown): Fix | null {
  if (!isObject(message)) return null;
  const { latitude, longitude, altitude, status, position_covariance: covariance } = message;
  const code = isObject(status) && isNumber(status.status) ? status.status : -1;
  if (!isNumber(latitude) || !isNumber(longitude)) return null;
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 360) return null;
  const isCovarianceKnown = message.position_covariance_type !== 0 && Array.isArray(covariance);
  const [xx, yy, zz] = [0, 4, 8].map((k) => (isCovarianceKnown ? covariance[k] : null));
  const isSpread = [xx, yy, zz].every((value) => isNumber(value) && value >= 0);
  return {
    latitude,
    longitude,
    altitude: isNumber(altitude) ? altitude : null,
    spread: isSpread ? ([xx, yy, zz].map((value) => Math.sqrt(value as number)) as never) : null,
    hasFix: code >= 0,
    correction: code === 1 ? "SBAS" : code === 2 ? "GBAS" : "",
  };
}

/** Where a fix is on the ground, m from another one: exact to a millimetre within a kilometre. */
export function placeFrom(origin: Fix, { latitude, longitude }: Fix): Place {
  const turned = longitude - origin.longitude;
  const around = turned - 360 * Math.round(turned / 360);
  const [from, to] = [ecef(origin.latitude, 0), ecef(latitude, around)];
  const [dx, dy, dz] = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  const phi = origin.latitude * degree;
  return { east: dy, north: -Math.sin(phi) * dx + Math.cos(phi) * dz };
}

/** On the ellipsoid, m, with x through the meridian from which the longitude is counted. */
function ecef(latitude: number, longitude: number): readonly [number, number, number] {
  const [phi, lambda] = [latitude * degree, longitude * degree];
  const n = axis / Math.sqrt(1 - eccentricity2 * Math.sin(phi) ** 2);
  const flat = n * Math.cos(phi);
  return [flat * Math.cos(lambda), flat * Math.sin(lambda), n * (1 - eccentricity2) * Math.sin(phi)];
}

/** The way that fixes went, from the first one that was seen. */
export class FixTrail {
  private origin: Fix | null = null;
  readonly places: Place[] = [];

  take(fix: Fix): void {
    if (!fix.hasFix) return;
    this.origin ??= fix;
    const place = placeFrom(this.origin, fix);
    const last = this.places.at(-1);
    if (last !== undefined && Math.hypot(place.east - last.east, place.north - last.north) < step) return;
    this.places.push(place);
    if (this.places.length > mostPlaces) this.places.shift();
  }
}
