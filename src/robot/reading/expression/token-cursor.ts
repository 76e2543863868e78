import { ExpressionFault } from "./fault.ts";
import type { Token } from "./syntax.ts";

/** Brackets and operators may be in one another this deep. */
const deepest = 60;

/** Goes through the tokens of an expression; what is asked for by its text is a sign or a keyword. */
export class TokenCursor {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? { kind: "end", text: "the end" };
  }

  skip(count: number): void {
    this.#at += count;
  }

  sees(text: string): boolean {
    const token = this.peek();
    return (token.kind === "sign" || token.kind === "keyword") && token.text === text;
  }

  /** Steps over the token when it is this one. */
  takes(text: string): boolean {
    const isThere = this.sees(text);
    if (isThere) this.#at += 1;
    return isThere;
  }

  expect(text: string): void {
    if (!this.takes(text)) throw this.unexpected(`"${text}"`);
  }

  name(): string {
    const token = this.peek();
    if (token.kind !== "name") throw this.unexpected("a name");
    if (token.text.startsWith("__")) throw new ExpressionFault(`the name ${token.text} is not allowed`);
    this.#at += 1;
    return token.text;
  }

  unexpected(wanted: string): ExpressionFault {
    const token = this.peek();
    const shown = "text" in token ? token.text : String(token.value);
    const found = token.kind === "end" ? shown : `"${shown.slice(0, 40)}"`;
    return new ExpressionFault(`${wanted} should stand where ${found} is`);
  }

  /** Runs `inner` one level deeper; throws an ExpressionFault when that is too deep. */
  nested<T>(inner: () => T): T {
    this.#depth += 1;
    if (this.#depth > deepest) throw new ExpressionFault(`an expression is nested deeper than ${deepest}`);
    const result = inner();
    this.#depth -= 1;
    return result;
  }
}
