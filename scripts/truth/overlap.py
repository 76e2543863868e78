"""How deep two placed shapes are in one another, by looking along many directions: slow, but hardly wrong."""

import numpy as np


def reach_along(shape, pose, directions):
    """Support values of a shape, placed by (rotation matrix, position), in each of the directions (n × 3, unit)."""
    turn, place = pose
    local = directions @ turn
    along = directions @ place
    match shape["kind"]:
        case "sphere":
            return along + shape["radius"]
        case "capsule":
            return along + shape["radius"] + np.abs(local[:, 2]) * shape["length"] / 2
        case "cylinder":
            return along + np.hypot(local[:, 0], local[:, 1]) * shape["radius"] + np.abs(local[:, 2]) * shape["length"] / 2
        case "box":
            return along + np.abs(local) @ np.array(shape["size"]) / 2
    return along + np.max(local @ np.array(shape["points"]).reshape(-1, 3).T, axis=1)


def overlap_along(case, directions):
    """How far b must move along each direction to be clear of a: any of them bounds the depth from above."""
    (a, pose_a), (b, pose_b) = case
    return reach_along(a, pose_a, directions) + reach_along(b, pose_b, -directions)


def search_depth(case, random, start=None):
    """Least overlap over directions: a scan, then ever finer random steps. An upper bound of the depth, near it."""
    directions = random.normal(size=(4000, 3))
    if start is not None:
        directions[0] = start
    width = 0.3
    best = np.inf
    for _ in range(60):
        directions /= np.linalg.norm(directions, axis=1)[:, None]
        overlaps = overlap_along(case, directions)
        at = int(np.argmin(overlaps))
        best = min(best, float(overlaps[at]))
        directions = np.vstack([directions[at], directions[at] + width * random.normal(size=(300, 3))])
        width *= 0.75
    return best
