import { describe, expect, it } from "vitest";
import { boundedLines } from "../../../../src/cli/model/bounded-lines.ts";

/** The lines of these chunks with at most `max` characters; one that was too long as "…". */
async function linesOf(max: number, ...chunks: (string | Uint8Array)[]): Promise<string[]> {
  async function* input(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
  }
  const lines: string[] = [];
  for await (const line of boundedLines(input(), max)) lines.push("text" in line ? line.text : "…");
  return lines;
}

describe("the lines of a stream", () => {
  it("end with LF or CRLF, and the last one may lack its end", async () => {
    expect(await linesOf(10, "a\nb\r\n\nc")).toEqual(["a", "b", "", "c"]);
    expect(await linesOf(10, "a\n")).toEqual(["a"]);
    expect(await linesOf(10)).toEqual([]);
  });

  it("may be spread over chunks, in the middle of a character and of a line's end, too", async () => {
    const bytes = Buffer.from("grün\r\nü\n");
    expect(await linesOf(10, ...[...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(["grün", "ü"]);
  });

  it("have a replacement for bytes that are not UTF-8, at the end, too", async () => {
    expect(await linesOf(10, Uint8Array.of(0xff, 0x0a), Uint8Array.of(0xc3))).toEqual(["\ufffd", "\ufffd"]);
  });

  it("that are too long are told once each, and the next one is whole", async () => {
    expect(await linesOf(3, "abc\nabcd\nab\n")).toEqual(["abc", "…", "ab"]);
    expect(await linesOf(3, "ab", "cd", "ef", "gh\nab\n")).toEqual(["…", "ab"]);
    expect(await linesOf(3, "abcdef")).toEqual(["…"]);
  });

  it("that are too long are told before they end: nobody waits for the end of a flood", async () => {
    async function* flood(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.from("xxxx");
    }
    const first = await boundedLines(flood(), 10).next();
    expect(first.value).toEqual({ tooLong: true });
  });
});
