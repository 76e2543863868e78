"""Whether a motion is free of collision in every sample, by coal, without a look at samples that cannot collide.

After a look at which coal says that a pair is d apart, no point of the one can have come to the other before the joints that move
them against each other have carried some point by d. How far a joint carries a point of a shape is at most the way of the joint
times the length of the chain from the joint to the shape's farthest point, which is the sum of the lengths of its placements.
"""

import numpy as np
import pinocchio as pin


class FreeMotion:
    """Of one robot and one scene: `geometry` with its pairs. Data of it as the caller wants distances computed."""

    def __init__(self, model, data, geometry, geometry_data):
        self.model, self.data, self.geometry, self.geometry_data = model, data, geometry, geometry_data
        reach = np.array([self._reach(one) for one in geometry.geometryObjects])
        self.weights = np.array([self._weight(pair, reach) for pair in geometry.collisionPairs])

    def _reach(self, shape):
        """By joint: the farthest that a radian or metre of it can carry a point of the shape, metres; 0 for joints not above it."""
        model, found = self.model, np.zeros(self.model.njoints)
        if shape.geometry.getNodeType().name == "GEOM_HALFSPACE":
            # Fixed to the world, or the bound would be infinite.
            return found
        shape.geometry.computeLocalAABB()
        length = np.linalg.norm(shape.placement.act(shape.geometry.aabb_center)) + shape.geometry.aabb_radius
        joint = shape.parentJoint
        while joint > 0:
            slides = model.nvs[joint] == 1 and "P" in model.joints[joint].shortname().replace("JointModel", "")[:1]
            if slides:
                place = model.idx_qs[joint]
                length += max(abs(model.lowerPositionLimit[place]), abs(model.upperPositionLimit[place]))
            found[joint] = 1.0 if slides else length
            length += np.linalg.norm(model.jointPlacements[joint].translation)
            joint = model.parents[joint]
        return found

    def _weight(self, pair, reach):
        """A joint that carries both does not move them against each other."""
        first, second = reach[pair.first], reach[pair.second]
        return np.where((first > 0) & (second > 0), 0.0, first + second)

    def first_hit(self, configurations, positions):
        """The first sample in collision, or None; and how many looks at a pair it took. `positions`: samples by joint."""
        way = np.zeros_like(positions)
        way[1:] = np.cumsum(np.abs(np.diff(positions, axis=0)), axis=0)
        travel = np.ascontiguousarray((way @ self.weights.T).T)
        due = np.zeros(len(self.weights), dtype=int)
        count, looks = len(configurations), 0
        while True:
            k = int(due.min())
            if k >= count:
                return None, looks
            pin.updateGeometryPlacements(self.model, self.data, self.geometry, self.geometry_data, configurations[k])
            for pair in np.flatnonzero(due == k).tolist():
                looks += 1
                distance = pin.computeDistance(self.geometry, self.geometry_data, pair).min_distance
                if distance <= 0:
                    return k, looks
                row = travel[pair]
                due[pair] = max(k + 1, np.searchsorted(row, row[k] + distance - 1e-9))
