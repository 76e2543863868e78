import { parentPort } from "node:worker_threads";
import { type CollisionRequest, readCollisions } from "./read-collisions.ts";
import { type HullRequest, readHull } from "./read-hull.ts";

/*
 * The thread that reads collision geometry (collision-reader.ts): the hulls of large meshes take seconds, which no cycle is
 * to wait for.
 */

parentPort?.on("message", (request: CollisionRequest | HullRequest) => {
  if ("hullOf" in request) {
    void readHull(request).then((answer) => parentPort?.postMessage(answer));
    return;
  }
  void readCollisions(request).then((answer) => parentPort?.postMessage(answer));
});
