import { refused } from "../core/result.ts";
import type { DeviceProfile } from "./device-profile.ts";

/** Listens to every topic of a broker and makes nothing of what comes: for recorders, which tap the raw messages. */
export const listeningProfile: DeviceProfile = {
  name: "listening",
  livesByStatus: true,
  subscriptions: [{ topic: "#", qos: 1 }],
  will: null,
  owns: () => true,
  connected: () => undefined,
  take: () => undefined,
  update: () => undefined,
  encode: (device) => refused("a recorder sends nothing", device),
};
