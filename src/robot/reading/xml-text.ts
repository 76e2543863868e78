import type { XmlElement, XmlText } from "./xml-tree.ts";

/** A tree as XML text, two spaces a level. White space around text may differ from where the tree came from. */
export function writeXml(root: XmlElement): string {
  const lines = ['<?xml version="1.0"?>'];
  write(root, "", lines);
  return `${lines.join("\n")}\n`;
}

function write(element: XmlElement, indent: string, lines: string[]): void {
  const attributes = [...element.attributes].map(([name, value]) => ` ${name}="${escaped(value)}"`).join("");
  const open = `${indent}<${element.name}${attributes}`;
  const { children, texts } = element;
  const [only] = texts;
  if (children.length === 0 && only === undefined) {
    lines.push(`${open}/>`);
    return;
  }
  if (children.length === 0) {
    lines.push(`${open}>${texts.map(textOf).join("")}</${element.name}>`);
    return;
  }
  lines.push(`${open}>`);
  const inner = `${indent}  `;
  let piece = 0;
  for (let i = 0; i <= children.length; i += 1) {
    for (let text = texts[piece]; text !== undefined && text.before <= i; text = texts[piece]) {
      lines.push(inner + textOf(text));
      piece += 1;
    }
    const child = children[i];
    if (child !== undefined) write(child, inner, lines);
  }
  lines.push(`${indent}</${element.name}>`);
}

function textOf(piece: XmlText): string {
  return piece.isCdata
    ? `<![CDATA[${piece.text.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`
    : escaped(piece.text);
}

/** Characters that XML has no way to write are left out. */
function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;")
    .replaceAll("\t", "&#9;")
    .replaceAll("\r", "&#13;")
    .replace(/[^\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "");
}
