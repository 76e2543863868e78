/**
 * `progress` is 0 … 1, `error` the largest tracking error in rad or m, `navigation` what the navigator of a base tells;
 * null where the controller reports none.
 */
export type MoveProgress = {
  stage: string;
  progress: number | null;
  error: number | null;
  navigation: NavigationProgress | null;
};

/** m and s that are left, how often the navigator had to recover, and how many poses are left where it tells. */
export type NavigationProgress = {
  distanceRemaining: number;
  timeRemaining: number;
  recoveries: number;
  posesRemaining?: number;
};
