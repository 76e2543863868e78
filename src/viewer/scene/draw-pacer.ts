/** Pictures that may be under way at once: a graphics card works ahead, a processor must not. */
const underWay = { hardware: 3, software: 1 };
/** Where the processor draws it rests for as long as a picture took, up to this, ms: the robot's programs may be on the same cores. */
const longestRestMs = 60;

/**
 * Asks the graphics card how far it is before giving it more. Pictures that queue up make the page feel
 * late, and where the processor draws they starve other pages: each of their calls would wait for the queue.
 */
export class DrawPacer {
  private readonly pending: { fence: WebGLSync; startedMs: number }[] = [];
  /** How long the last finished picture took, in ms, from request to done; seen at screen frames only. */
  lastDrawMs = 0;
  private restUntilMs = 0;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly software: boolean,
  ) {}

  /** Whether another picture may be begun at `nowMs`. */
  mayDraw(nowMs: number): boolean {
    for (;;) {
      const oldest = this.pending[0];
      if (!oldest || !this.isDone(oldest.fence)) break;
      this.pending.shift();
      this.gl.deleteSync(oldest.fence);
      this.lastDrawMs = nowMs - oldest.startedMs;
      if (this.software) this.restUntilMs = nowMs + Math.min(longestRestMs, this.lastDrawMs);
    }
    const most = this.software ? underWay.software : underWay.hardware;
    return this.pending.length < most && nowMs >= this.restUntilMs;
  }

  /** To be called after the commands of a picture were given. */
  begun(nowMs: number): void {
    const fence = this.gl.fenceSync(this.gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    this.gl.flush();
    if (fence) this.pending.push({ fence, startedMs: nowMs });
  }

  private isDone(fence: WebGLSync): boolean {
    // A lost context signals nothing any more.
    return (
      this.gl.isContextLost() || this.gl.getSyncParameter(fence, this.gl.SYNC_STATUS) === this.gl.SIGNALED
    );
  }
}

/** True where the processor draws, as in a virtual machine. */
export function drawsInSoftware(): boolean {
  const probe = document.createElement("canvas").getContext("webgl2");
  if (!probe) return false;
  // Chromium hides the name behind this extension; Firefox says it outright.
  const unmasked = probe.getExtension("WEBGL_debug_renderer_info")?.UNMASKED_RENDERER_WEBGL;
  const name = String(probe.getParameter(unmasked ?? probe.RENDERER));
  probe.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software/i.test(name);
}
