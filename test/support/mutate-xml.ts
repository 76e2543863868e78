// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are what xacro evaluates.
import type { Random } from "../unit/robot/random-from.ts";

const scraps = [
  ..."< > \" ' /> & ]]> <!-- --> <? ?> = $ ${ } $( ) $${ ${} $() ${1/0} ${a} ${[ ${x[0]} ${'x'*9**9} ${range(10**9)}".split(
    " ",
  ),
  ..."&amp; &#0; &#x110000; &x; &lol9; nan -nan inf 1e400 -1e308 1e308 0 -0 - 1e-320 0x10 1,5 99999999999999999999".split(
    " ",
  ),
  "",
  " ",
  "\u0000",
  "\ufeff",
  "\ud800",
  "<!DOCTYPE a>",
  "<xacro:m/>",
  '<xacro:include filename="self"/>',
  '<xacro:if value="1">',
  "</xacro:macro>",
];

const names =
  "__proto__ constructor base link_3 j_rev palm planar floating continuous fixed 0 self parts/wheel.xacro ${whole} 1e308 ${1/3}".split(
    " ",
  );

/** A declaration whose entity would read `canary`, a file that is there; and one that multiplies. */
function entities(canary: string): string[] {
  const laughs = Array.from(
    { length: 9 },
    (_, i) => `<!ENTITY lol${i + 1} "${`&lol${i};`.repeat(10)}">`,
  ).join("");
  return [
    `<!DOCTYPE robot [<!ENTITY x SYSTEM "file://${canary}">]>`,
    `<!DOCTYPE robot SYSTEM "${canary}">`,
    `<!DOCTYPE robot [<!ENTITY % p SYSTEM "file://${canary}"> %p;]>`,
    `<!DOCTYPE robot [<!ENTITY lol0 "lol">${laughs}]>`,
  ];
}

/** One fault of the kinds that people, disks and attackers make in XML. */
export function mutateXml(text: string, random: Random, canary: string): string {
  const at = random.below(text.length + 1);
  const to = Math.min(text.length, at + random.below(random.below(10) === 0 ? 400 : 12));
  const replaced = (form: RegExp, make: (found: string) => string): string => {
    const all = [...text.matchAll(form)];
    const one = all[random.below(all.length)];
    if (one === undefined) return text.slice(0, at);
    return text.slice(0, one.index) + make(one[0]) + text.slice(one.index + one[0].length);
  };
  switch (random.below(22)) {
    case 0:
      return text.slice(0, at) + text.slice(to);
    case 1:
      return text.slice(0, at) + random.pick(scraps) + text.slice(at);
    case 2:
      return text.slice(0, to) + text.slice(at);
    case 3:
      return text.slice(0, at) + String.fromCharCode(random.below(0x10000)) + text.slice(at + 1);
    case 4:
      return replaced(/"[^"]*"/g, () => `"${random.pick(names)}"`);
    case 5: {
      const lines = text.split("\n");
      lines.splice(random.below(lines.length), random.below(4));
      return lines.join("\n");
    }
    case 6: {
      const lines = text.split("\n");
      const line = lines.splice(random.below(lines.length), 1);
      lines.splice(random.below(lines.length), 0, ...line);
      return lines.join("\n");
    }
    case 7:
      return replaced(/-?\d+(\.\d+)?/g, () =>
        random.pick(["1e308", "-1e308", "1e400", "0", "-1", "1e-300", "nan", "1 2", "${1/3}"]),
      );
    case 8: {
      const head = random.pick(entities(canary));
      const rest = text.replace(/^<\?xml[^>]*\?>/, "");
      const named = rest.replace(/name="[^"]*"/, () =>
        random.pick(['name="&x;"', 'name="&lol9;"', 'name="a"']),
      );
      return random.below(2) === 0 ? head + named : head + rest.replace(/>/, ">&x;&lol9;");
    }
    case 9: {
      const name = random.pick(["link", "xacro:if value='1'", "gazebo", "xacro:m0", "a"]);
      const depth = random.pick([10, 99, 101, 3000]);
      const end = name.split(" ")[0];
      return replaced(
        /<\/[a-zA-Z]+>/g,
        (found) => `<${name}>`.repeat(depth) + `</${end}>`.repeat(depth) + found,
      );
    }
    case 10: {
      const macro =
        '<xacro:macro name="again" params="n:=1"><link name="l${n}"/><xacro:again n="${n + 1}"/></xacro:macro><xacro:again/>';
      return text.replace(
        /<\/robot>\s*$/,
        `${random.pick([macro, macro.repeat(2), '<xacro:include filename="self"/>'])}</robot>`,
      );
    }
    case 11:
      return replaced(
        /<[a-zA-Z:_]+/g,
        () =>
          `<${random.pick(["link", "joint", "robot", "xacro:macro", "xacro:property", "xacro:if", "origin"])}`,
      );
    case 12:
      return replaced(/<(link|joint|xacro:\w+)[\s\S]*?(\/>|<\/\1>)/g, (found) =>
        found.repeat(1 + random.below(4)),
      );
    case 13:
      return replaced(/\s[a-zA-Z_:]+="[^"]*"/g, () =>
        random.below(2) === 0 ? "" : ` name="${random.pick(names)}"`,
      );
    // The gentle ones, after which there is often still a robot.
    case 14:
    case 15:
      return replaced(
        /<(visual|collision|inertial|dynamics|gazebo|material)\b[\s\S]*?(\/>|<\/\1>)/g,
        () => "",
      );
    case 16:
    case 17:
      return replaced(
        /(?<=\n)\s*<!--[\s\S]*?-->/g,
        (found) => `${found}<!-- ${random.pick(scraps).replaceAll("-", "")} -->`,
      );
    default:
      return replaced(/(?<=["\s])-?\d+(\.\d+)?(?=["\s])/g, () =>
        String(Math.round(2000 * random.next() - 500) / 1000),
      );
  }
}
