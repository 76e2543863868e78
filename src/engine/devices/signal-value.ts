import type { Objection } from "../../command/validate-motion.ts";
import type { DeviceBirth, SignalValue } from "../../protocol/device-profile.ts";

/** Why a signal of `device` cannot be given `value`, by what its birth says of it; null when it can. */
export function objectToValue(
  device: string,
  birth: DeviceBirth | null,
  name: string,
  value: SignalValue,
): Objection | null {
  const known = birth?.signals ?? {};
  const signal = Object.hasOwn(known, name) ? known[name] : undefined;
  if (signal === undefined) return { code: "unknown_signal", message: `${device} has no signal "${name}"` };
  if (!signal.writable) return { code: "read_only", message: `${name} is not writable` };
  if (typeof value !== signal.type) return { code: "wrong_type", message: `${name} takes a ${signal.type}` };
  if (typeof value !== "number") return null;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = signal;
  if (value >= min && value <= max) return null;
  return { code: "outside_limits", message: `${value} is outside ${min} … ${max}` };
}
