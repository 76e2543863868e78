import { SaxesParser } from "saxes";
import { oddComment, plainComments } from "./xml-comments.ts";

/** An XML element; `line` counts from 1 and is where its `<` stands. */
export type XmlElement = {
  name: string;
  attributes: Map<string, string>;
  children: XmlElement[];
  /** Text between the children, in order; white space alone is left out. */
  texts: XmlText[];
  line: number;
  /** The file it is in; null for the text at hand. */
  file: string | null;
  /** The macro call that put it here, when it comes out of xacro. */
  via: MacroCall | null;
};

/** Text that is before child number `before`; CDATA is kept as it is. */
export type XmlText = { text: string; before: number; isCdata: boolean };

/** Where a xacro macro was called, and the call around that one. */
export type MacroCall = { macro: string; file: string | null; line: number; via: MacroCall | null };

/** `warnings`: what XML forbids and robots' readers pass over. */
export type XmlReading =
  | { root: XmlElement; fault: null; warnings: readonly XmlFault[] }
  | { root: null; fault: XmlFault };

export type XmlFault = { line: number; message: string };

/** Above these a text is refused: far beyond any robot, far below what hurts a small computer. */
export const xmlBounds = { characters: 16 * 1024 * 1024, elements: 200_000, depth: 100 };

/**
 * Reads a whole XML document into a tree. Comments and processing instructions are dropped. A document
 * type declaration is refused, so there is no entity beside XML's own five and nothing outside the text
 * is ever read. Never throws. `file` is what the elements carry as theirs.
 */
export function readXml(text: string, file: string | null = null): XmlReading {
  if (text.length > xmlBounds.characters) {
    return failed(1, `the text has ${text.length} characters; at most ${xmlBounds.characters} are read`);
  }
  const begin = text.trimStart();
  if (begin !== "" && !begin.startsWith("<")) return failed(1, 'not XML: it does not begin with "<"');
  const { text: plainText, odd } = plainComments(text);
  const builder = new TreeBuilder(plainText, file);
  try {
    builder.run();
  } catch (thrown) {
    // Besides our own Fault nothing is expected here; whatever it is, it is this text's fault.
    if (thrown instanceof Fault) return failed(thrown.line, thrown.message);
    return failed(1, `not readable as XML: ${String(thrown)}`);
  }
  return builder.root === null
    ? failed(1, "not XML: there is no element in it")
    : { root: builder.root, fault: null, warnings: odd.map((line) => ({ line, message: oddComment })) };
}

function failed(line: number, message: string): XmlReading {
  return { root: null, fault: { line, message } };
}

class Fault extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

class TreeBuilder {
  root: XmlElement | null = null;
  readonly #text: string;
  readonly #file: string | null;
  readonly #open: XmlElement[] = [];
  readonly #parser = new SaxesParser<{ position: true; xmlns: false }>({ position: true, xmlns: false });
  #closed: XmlElement | null = null;
  #elements = 0;
  /** The first line end not yet counted in `#line`; −1 when there is none. */
  #newline: number;
  #line: number;

  constructor(text: string, file: string | null) {
    this.#file = file;
    // A template often leaves blank lines before the declaration, which XML forbids and ROS takes.
    this.#text = text.trimStart();
    this.#line = text.slice(0, text.length - this.#text.length).split("\n").length;
    this.#newline = this.#text.indexOf("\n");
  }

  run(): void {
    const parser = this.#parser;
    const firstLine = this.#line;
    parser.on("error", (error) => this.#fail(firstLine - 1 + parser.line, plain(error.message)));
    parser.on("doctype", () => {
      this.#fail(firstLine - 1 + parser.line, "a document type declaration (DOCTYPE) is refused; remove it");
    });
    parser.on("opentagstart", (tag) => this.#start(tag.name));
    parser.on("opentag", (tag) => this.#fill(tag.attributes));
    parser.on("text", (piece) => this.#say(piece, false));
    parser.on("cdata", (piece) => this.#say(piece, true));
    parser.on("closetag", () => {
      this.#closed = this.#open.pop() ?? null;
    });
    parser.write(this.#text).close();
  }

  #fail(line: number, message: string): never {
    const open = this.#open.at(-1);
    // For `<a></b>` saxes closes a first and complains then.
    const unclosed = message === "unexpected close tag" ? this.#closed : null;
    if (unclosed !== null) {
      throw new Fault(
        line,
        `not well-formed XML: <${unclosed.name}> of line ${unclosed.line} is not closed before this`,
      );
    }
    const where = open === undefined ? "" : ` (inside <${open.name}> of line ${open.line})`;
    throw new Fault(line, `not well-formed XML: ${message}${where}`);
  }

  #start(name: string): void {
    // saxes may stand on the next line already (`<link⏎ name=…`), so the line is counted from the `<`.
    const begin = this.#text.lastIndexOf("<", this.#parser.position - 1);
    while (this.#newline !== -1 && this.#newline < begin) {
      this.#line += 1;
      this.#newline = this.#text.indexOf("\n", this.#newline + 1);
    }
    this.#elements += 1;
    if (this.#elements > xmlBounds.elements) {
      throw new Fault(this.#line, `more than ${xmlBounds.elements} elements`);
    }
    if (this.#open.length >= xmlBounds.depth) {
      throw new Fault(this.#line, `elements are nested deeper than ${xmlBounds.depth}`);
    }
    const parent = this.#open.at(-1);
    const element = emptyElement(name, { line: this.#line, file: this.#file, via: null });
    if (parent !== undefined) parent.children.push(element);
    else this.root ??= element;
    this.#open.push(element);
  }

  #say(text: string, isCdata: boolean): void {
    const element = this.#open.at(-1);
    if (element === undefined || !/\S/.test(text)) return;
    element.texts.push({ text, before: element.children.length, isCdata });
  }

  #fill(attributes: Record<string, string>): void {
    const element = this.#open.at(-1);
    if (element === undefined) return;
    for (const name of Object.keys(attributes)) element.attributes.set(name, attributes[name] ?? "");
  }
}

/** Where a fault of a text stands, for a finding. */
export function faultPlace({ line }: XmlFault, file: string | null): { xml: XmlElement; label: string } {
  return { xml: emptyElement("document", { line, file, via: null }), label: "document" };
}

/** An element with nothing in it yet, standing where `at` stands. */
export function emptyElement(name: string, at: Pick<XmlElement, "line" | "file" | "via">): XmlElement {
  const { line, file, via } = at;
  return { name, attributes: new Map(), children: [], texts: [], line, file, via };
}

/** The element's own text, joined and trimmed. */
export function textOf(element: XmlElement): string {
  return element.texts
    .map((piece) => piece.text)
    .join("")
    .trim();
}

/** saxes puts `line:column: ` before its message. */
function plain(message: string): string {
  return message.replace(/^\d+:\d+: /, "").replace(/\.$/, "");
}
