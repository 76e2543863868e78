import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../../src/io/config/load-config.ts";
import { readDescriptionFile } from "../../../../src/io/files/description-file.ts";
import { decodeFile } from "../../../../src/io/files/text-encoding.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";

const urdf = (encoding: string) =>
  `<?xml version="1.0" encoding="${encoding}"?>\n<robot name="Kräfte"><link name="fuß"/></robot>\n`;

function utf16(text: string, order: "le" | "be", mark: boolean): Buffer {
  const bytes = Buffer.from((mark ? "\ufeff" : "") + text, "utf16le");
  return order === "le" ? bytes : bytes.swap16();
}

describe("a file's bytes", () => {
  const asUtf8 = urdf("UTF-8");

  it("are read by the encoding that the XML header names", () => {
    for (const name of ["ISO-8859-1", "iso-8859-15", "windows-1252"]) {
      expect(decodeFile(Buffer.from(urdf(name), "latin1")), name).toEqual({ ok: true, value: asUtf8 });
    }
    expect(decodeFile(Buffer.from(urdf("utf-8")))).toMatchObject({ ok: true });
    expect(decodeFile(Buffer.from("<robot name='ü'/>"))).toEqual({ ok: true, value: "<robot name='ü'/>" });
  });

  it("are read by their byte order mark, which goes before the header, and without one as UTF-16 shows itself", () => {
    const bom = Buffer.from(`\ufeff${asUtf8}`);
    expect(decodeFile(bom)).toEqual({ ok: true, value: asUtf8 });
    for (const order of ["le", "be"] as const) {
      for (const mark of [true, false]) {
        const bytes = utf16(urdf("UTF-16"), order, mark);
        expect(decodeFile(bytes), `${order} ${mark}`).toEqual({ ok: true, value: asUtf8 });
      }
    }
    // A tool that wrote UTF-8 under the header it had read.
    expect(decodeFile(Buffer.from(urdf("UTF-16")))).toEqual({ ok: true, value: asUtf8 });
  });

  it("are refused with the line where they are no UTF-8, and by name where the encoding is not known", () => {
    const latin = Buffer.from(urdf("UTF-8"), "latin1");
    expect(decodeFile(latin)).toMatchObject({
      ok: false,
      reason: "line 2 is not UTF-8; save the file as UTF-8, or name its encoding in its XML header",
    });
    expect(decodeFile(Buffer.from(urdf("EBCDIC-9")))).toMatchObject({
      reason: 'the encoding "EBCDIC-9" is not known; save the file as UTF-8',
    });
    expect(decodeFile(Buffer.from([0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0]))).toMatchObject({
      reason: 'the encoding "UTF-32" is not known; save the file as UTF-8',
    });
    // Half a pair of surrogates.
    expect(decodeFile(Buffer.from([0xff, 0xfe, 0x00, 0xd8]))).toMatchObject({ ok: false });
  });

  it("reach the robot and the configuration so", () => {
    const folder = mkdtempSync(join(tmpdir(), "twin-encoding-"));
    try {
      const file = join(folder, "r.urdf");
      writeFileSync(file, Buffer.from(urdf("ISO-8859-1"), "latin1"));
      const read = readDescriptionFile(file);
      const robot = read.ok ? parseUrdf(read.value).description : null;
      expect([robot?.name, robot?.links[0]?.name]).toEqual(["Kräfte", "fuß"]);
      const yaml = join(folder, "twin.yaml");
      writeFileSync(yaml, Buffer.from("# Bühne\nrobots: [{id: a}]\n", "latin1"));
      expect(loadConfig(yaml)).toMatchObject({
        ok: false,
        path: yaml,
        reason: expect.stringContaining("line 1 is not UTF-8"),
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
