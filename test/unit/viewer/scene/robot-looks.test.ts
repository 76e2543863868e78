import { BoxGeometry, Mesh, MeshStandardMaterial } from "three";
import { expect, it } from "vitest";
import { loadLook, setLook } from "../../../../src/viewer/scene/robot-looks.ts";

it("the colour of an effort goes from pale to dark, and back to the link's own", () => {
  const own = new MeshStandardMaterial({ color: 0x112233 });
  const mesh = new Mesh(new BoxGeometry(), own);
  const shown = (share: number) => {
    setLook([mesh], loadLook(share));
    return (mesh.material as MeshStandardMaterial).color.getHex();
  };
  expect([shown(0), shown(0.5), shown(1), shown(7)]).toEqual([0xf1f3f5, 0xf06595, 0x5c0a34, 0x5c0a34]);
  expect(shown(0.3)).not.toBe(shown(0.4));
  setLook([mesh], "own");
  expect(mesh.material).toBe(own);
});
