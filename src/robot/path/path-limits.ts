/** What one joint of a path may do at most: per second, per second squared, per second cubed; rad or m. All above 0. */
export type PathLimits = { readonly velocity: number; readonly acceleration: number; readonly jerk: number };
