import { BoxGeometry, Mesh, MeshBasicMaterial, type Object3D } from "three";
import URDFLoader, { type URDFJoint, type URDFRobot } from "urdf-loader";
import type { ServerAddress } from "../../client/server-address.ts";
import { plainComments } from "../../robot/reading/xml-comments.ts";
import { ask } from "../net/address.ts";
import type { JointInfo, MeshTally } from "../store/robot-catalog.ts";
import { MeshCompanions } from "./mesh-companions.ts";
import { MeshLibrary } from "./mesh-library.ts";
import { dressBare, dressPrimitive } from "./robot-looks.ts";

/** A robot as drawn. Meshes and textures may still be on their way; `text` is its URDF. */
export type RobotModel = {
  urdf: URDFRobot;
  joints: JointInfo[];
  library: MeshLibrary;
  text: string;
  /** Waits for all files; how they fared. */
  settle(): Promise<MeshTally>;
};

/**
 * Rejects with a sentence when the description cannot be fetched or is no robot. `pastHash` names a description that the
 * robot had once; it has today's where that one is not stored.
 */
export async function loadRobotModel(
  address: ServerAddress,
  robot: string,
  pastHash: string | null = null,
): Promise<RobotModel> {
  const stored =
    pastHash === null ? null : await ask(address, `api/history/descriptions/${encodeURIComponent(pastHash)}`);
  const answer = stored?.ok
    ? stored
    : await ask(address, `api/robots/${encodeURIComponent(robot)}/description`);
  if (!answer.ok) throw new Error(`the description could not be fetched (HTTP ${answer.status})`);
  const library = new MeshLibrary(address);
  const text = await answer.text();
  const textures = new MeshCompanions(address, null);
  const urdf = parseRobot(text, library, "visual", textures);
  const settle = async (): Promise<MeshTally> => {
    await library.settle();
    await library.finish(urdf, textures);
    return library.tally();
  };
  return { urdf, joints: Object.values(urdf.joints).flatMap(jointInfo), library, text, settle };
}

/** Fetches and reads the same description again for its collision shapes, which few people look at. */
export async function loadCollisionModel(
  address: ServerAddress,
  robot: string,
  library: MeshLibrary,
): Promise<URDFRobot> {
  const answer = await ask(address, `api/robots/${encodeURIComponent(robot)}/description`);
  const urdf = parseRobot(await answer.text(), library, "collision", new MeshCompanions(address, null));
  await library.settle();
  return urdf;
}

function parseRobot(
  text: string,
  library: MeshLibrary,
  shapes: "visual" | "collision",
  textures: MeshCompanions,
): URDFRobot {
  const loader = new URDFLoader(textures.manager);
  loader.parseVisual = shapes === "visual";
  loader.parseCollision = shapes === "collision";
  // Keeps `package://…` whole: the server resolves packages.
  loader.packages = (name) => `package://${name}`;
  loader.loadMeshCb = (uri, _manager, material, done) => {
    library.take(uri).then(
      ({ object }) => {
        dressBare(object, material);
        done(object);
      },
      () => {
        const box = placeholder();
        done(box);
        // The mesh's own scale (often 0.001) stands on the parent and is not the box's.
        const scale = box.parent?.scale;
        if (scale) box.scale.set(1 / (scale.x || 1), 1 / (scale.y || 1), 1 / (scale.z || 1));
      },
    );
  };
  // A browser refuses what robots' own readers pass over: blank lines in front, "--" in a comment.
  const document = new DOMParser().parseFromString(plainComments(text).text.trimStart(), "text/xml");
  if (document.querySelector("parsererror")) throw new Error("the description is no well-formed XML");
  if (document.documentElement.nodeName !== "robot") throw new Error("the description is no URDF");
  const urdf = loader.parse(document);
  dressPrimitives(urdf);
  for (const joint of Object.values(urdf.joints)) joint.ignoreLimits = true;
  return urdf;
}

/** Boxes, spheres and cylinders are made while parsing, with urdf-loader's own materials. */
function dressPrimitives(urdf: URDFRobot): void {
  urdf.traverse((object) => {
    if (object instanceof Mesh && !Array.isArray(object.material)) dressPrimitive(object, object.material);
  });
}

/** A wire box where a mesh is missing: an amber hole is seen, an invisible link is not. */
function placeholder(): Object3D {
  const box = new Mesh(
    new BoxGeometry(0.1, 0.1, 0.1),
    new MeshBasicMaterial({ color: 0xf59f00, wireframe: true }),
  );
  box.userData.isPlaceholder = true;
  return box;
}

function jointInfo(joint: URDFJoint): JointInfo[] {
  const type = joint.jointType;
  if (type !== "revolute" && type !== "continuous" && type !== "prismatic") return [];
  const free = type === "continuous" || !(joint.limit.upper > joint.limit.lower);
  const child = joint.children.find((object) => "isURDFLink" in object);
  return [
    {
      name: joint.urdfName,
      type,
      unit: type === "prismatic" ? "m" : "rad",
      lower: free ? -Math.PI : joint.limit.lower,
      upper: free ? Math.PI : joint.limit.upper,
      maxVelocity: Number.isFinite(joint.limit.velocity) ? joint.limit.velocity : 0,
      maxEffort: joint.limit.effort > 0 && Number.isFinite(joint.limit.effort) ? joint.limit.effort : 0,
      mimics: "mimicJoint" in joint && typeof joint.mimicJoint === "string" ? joint.mimicJoint : null,
      multiplier: "multiplier" in joint && typeof joint.multiplier === "number" ? joint.multiplier : 1,
      offset: "offset" in joint && typeof joint.offset === "number" ? joint.offset : 0,
      childLink: child?.name ?? "",
    },
  ];
}
