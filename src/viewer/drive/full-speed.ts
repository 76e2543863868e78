/** m/s and rad/s of the base at full deflection and 100 %: a brisk walk. The server's limiter has the last word. */
export const fullSpeed = { linear: 1, angular: 1.6 } as const;

/** m/s and rad/s of the tool at full deflection, or while a button is held. */
export const toolSpeed = { linear: 0.1, angular: 0.5 } as const;
