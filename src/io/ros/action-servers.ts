import type { RclNode } from "./rclnodejs-api.ts";

const goalService = "/_action/send_goal";

/** The actions that somebody serves: absolute name, and type as `control_msgs/action/FollowJointTrajectory`. */
export function actionServers(node: RclNode): { name: string; types: string[] }[] {
  return node
    .getServiceNamesAndTypes()
    .filter(({ name }) => name.endsWith(goalService))
    .map(({ name, types }) => ({
      name: name.slice(0, -goalService.length),
      types: types.map((type) => type.replace(/_SendGoal$/, "")),
    }));
}
