import { describe, expect, it } from "vitest";
import { parseSrdf } from "../../../../src/robot/reading/srdf.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";
import { parseXacro } from "../../../../src/robot/reading/xacro/parse-xacro.ts";
import { noFiles } from "../../../../src/robot/reading/xacro/xacro-files.ts";
import { plainComments } from "../../../../src/robot/reading/xml-comments.ts";
import { cpuMs } from "../../../support/cpu-time.ts";

const warning = { severity: "warning", element: "document", message: expect.stringContaining('"--"') };

describe("a comment with -- inside", () => {
  it("is a warning with its line, and what follows is read", () => {
    const text = `<robot name="r">
  <!-- plain -->
  <!-- left -- right -->
  <link name="a"/>
  <!--- dashes all round --->
  <link name="b"/>
  <joint name="j" type="fixed"><parent link="a"/><child link="b"/></joint>
</robot>`;
    const { description, findings } = parseUrdf(text);
    expect(description?.links.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(findings).toMatchObject([
      { ...warning, line: 3 },
      { ...warning, line: 5 },
    ]);
  });

  it("is one in SRDF and xacro, included files too", () => {
    const urdf = parseUrdf('<robot name="r"><link name="a"/></robot>').description;
    if (urdf === null) throw new Error("no robot");
    const srdf = parseSrdf('<robot name="r"><!-- a -- b --></robot>', urdf);
    expect(srdf.semantics).not.toBeNull();
    expect(srdf.findings).toMatchObject([warning]);
    const ns = 'xmlns:xacro="http://www.ros.org/wiki/xacro"';
    const files = {
      ...noFiles,
      resolve: (path: string) => path,
      read: () => ({ ok: true as const, value: `<robot ${ns}>\n<!-- -- --><link name="b"/></robot>` }),
    };
    const main = `<robot name="r" ${ns}><!-- a -- b --><link name="a"/><xacro:include filename="part.xacro"/><joint name="j" type="fixed"><parent link="a"/><child link="b"/></joint></robot>`;
    const read = parseXacro(main, files, new Map());
    expect(read.description?.links).toHaveLength(2);
    expect(read.findings).toMatchObject([warning, { ...warning, file: "part.xacro", line: 2 }]);
  });

  it("becomes a plain one of the same length; text that only looks like one stays", () => {
    const text = "<a><![CDATA[<!-- x -- y -->]]><!-- b --- c --><!----><!-- open -- end";
    expect(plainComments(text)).toEqual({
      text: "<a><![CDATA[<!-- x -- y -->]]><!-- b     c --><!----><!-- open -- end",
      odd: [1],
    });
  });

  it("costs no more than the text is long", () => {
    const started = cpuMs();
    plainComments("<!--".repeat(1_000_000));
    plainComments("<![CDATA[".repeat(500_000));
    plainComments("<!-- -- -->\n".repeat(300_000));
    expect(cpuMs() - started).toBeLessThan(2000);
  });
});
