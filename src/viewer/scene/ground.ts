import {
  AxesHelper,
  BufferGeometry,
  Color,
  Float32BufferAttribute,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  PlaneGeometry,
  ShadowMaterial,
} from "three";

/** Half the side of the square that shadows fall on, in metres; the sun's shadow camera covers as much. */
export const shadowReach = 2;

const coarse = { spacing: 1, reach: 8, pieces: 16, opacity: 0.65 };
const fine = { spacing: 0.1, reach: 1.5, pieces: 6, opacity: 0.3 };

/** The floor of the world frame: lines each metre, near the robot each 0.1 m, fading out, and shadows. */
export class Ground {
  readonly root = new Group();
  readonly grid = new Group();
  readonly axes = new AxesHelper(0.25);
  private readonly shadows = new Mesh(
    new PlaneGeometry(2 * shadowReach, 2 * shadowReach),
    new ShadowMaterial({ opacity: 0.22 }),
  );
  private readonly material = new LineBasicMaterial({
    vertexColors: true,
    transparent: true,
    depthWrite: false,
  });

  constructor() {
    for (const spec of [coarse, fine]) {
      const lines = new LineSegments(gridLines(spec), this.material);
      lines.renderOrder = -1;
      this.grid.add(lines);
    }
    this.shadows.receiveShadow = true;
    this.shadows.position.z = -0.0005;
    this.grid.position.z = -0.001;
    this.axes.position.z = 0.001;
    this.root.add(this.grid, this.shadows, this.axes);
  }

  /** The floor is drawn where the robot is; its lines stay on whole metres of the world. */
  follow(x: number, y: number): void {
    this.grid.position.setX(Math.round(x)).setY(Math.round(y));
    this.shadows.position.setX(x).setY(y);
  }

  setDark(dark: boolean): void {
    this.material.color = new Color(dark ? 0x7d8894 : 0x8a95a1);
  }
}

/** Lines in both directions, cut into pieces so that each fades with its distance from the middle. */
function gridLines({ spacing, reach, pieces, opacity }: typeof fine): BufferGeometry {
  const positions: number[] = [];
  const colors: number[] = [];
  const corner = (x: number, y: number) => {
    const fade = Math.max(0, 1 - Math.hypot(x, y) / reach);
    positions.push(x, y, 0);
    colors.push(1, 1, 1, opacity * fade ** 1.4);
  };
  const lines = Math.floor(reach / spacing);
  for (let line = -lines; line <= lines; line++) {
    const at = line * spacing;
    const half = Math.sqrt(Math.max(0, reach * reach - at * at));
    for (let piece = 0; piece < pieces; piece++) {
      const from = -half + (2 * half * piece) / pieces;
      const to = -half + (2 * half * (piece + 1)) / pieces;
      corner(at, from);
      corner(at, to);
      corner(from, at);
      corner(to, at);
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(positions, 3));
  geometry.setAttribute("color", new Float32BufferAttribute(colors, 4));
  return geometry;
}
