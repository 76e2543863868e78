import { ExpressionFault } from "./fault.ts";
import type { Expression, ForClause, Token } from "./syntax.ts";
import { TokenCursor } from "./token-cursor.ts";
import { tokenize } from "./tokens.ts";

/** Parses one Python expression. Throws an ExpressionFault that says what was expected. */
export function parseExpression(text: string): Expression {
  const parser = new Parser(tokenize(text));
  return parser.whole();
}

/** Binary operators by binding power, loosest first; ** is apart, since it binds to the right. */
const levels: readonly (readonly string[])[] = [
  ["|"],
  ["^"],
  ["&"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "//", "%"],
];
const comparisons: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">=", "in", "is"]);

class Parser {
  readonly #tokens: TokenCursor;

  constructor(tokens: readonly Token[]) {
    this.#tokens = new TokenCursor(tokens);
  }

  /** An expression list: `1, 2` without brackets is a tuple. */
  whole(): Expression {
    const items = [this.#ternary()];
    const isTuple = this.#tokens.sees(",");
    while (this.#tokens.takes(",")) {
      if (this.#tokens.peek().kind === "end") break;
      items.push(this.#ternary());
    }
    if (this.#tokens.peek().kind !== "end") throw this.#tokens.unexpected("the end");
    return isTuple ? { kind: "tuple", items } : (items[0] as Expression);
  }

  #ternary(): Expression {
    return this.#tokens.nested(() => (this.#tokens.sees("lambda") ? this.#lambda() : this.#choice()));
  }

  #choice(): Expression {
    const then = this.#or();
    if (!this.#tokens.takes("if")) return then;
    const test = this.#or();
    this.#tokens.expect("else");
    return { kind: "choice", test, then, otherwise: this.#ternary() };
  }

  #lambda(): Expression {
    this.#tokens.expect("lambda");
    const names: string[] = [];
    while (!this.#tokens.sees(":")) {
      names.push(this.#tokens.name());
      if (!this.#tokens.takes(",")) break;
    }
    this.#tokens.expect(":");
    return { kind: "lambda", names, body: this.#ternary() };
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#tokens.takes("or")) left = { kind: "logic", operator: "or", left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.#tokens.takes("and")) left = { kind: "logic", operator: "and", left, right: this.#not() };
    return left;
  }

  #not(): Expression {
    let count = 0;
    while (this.#tokens.takes("not")) count += 1;
    let operand = this.#comparison();
    for (; count > 0; count -= 1) operand = { kind: "not", operand };
    return operand;
  }

  #comparison(): Expression {
    const first = this.#binary(0);
    const rest: { operator: string; right: Expression }[] = [];
    for (let operator = this.#comparator(); operator !== null; operator = this.#comparator()) {
      rest.push({ operator, right: this.#binary(0) });
    }
    return rest.length === 0 ? first : { kind: "compare", first, rest };
  }

  #comparator(): string | null {
    if (this.#tokens.takes("not")) {
      this.#tokens.expect("in");
      return "not in";
    }
    const token = this.#tokens.peek();
    if ((token.kind !== "sign" && token.kind !== "keyword") || !comparisons.has(token.text)) return null;
    this.#tokens.skip(1);
    return token.text === "is" && this.#tokens.takes("not") ? "is not" : token.text;
  }

  #binary(level: number): Expression {
    const signs = levels[level];
    if (signs === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (
      let token = this.#tokens.peek();
      token.kind === "sign" && signs.includes(token.text);
      token = this.#tokens.peek()
    ) {
      this.#tokens.skip(1);
      left = { kind: "binary", operator: token.text, left, right: this.#binary(level + 1) };
    }
    return left;
  }

  #unary(): Expression {
    const token = this.#tokens.peek();
    if (token.kind !== "sign" || !["-", "+", "~"].includes(token.text)) return this.#power();
    this.#tokens.skip(1);
    return { kind: "unary", operator: token.text, operand: this.#tokens.nested(() => this.#unary()) };
  }

  /** ** binds tighter than a sign on its left and looser than one on its right: −2 ** −2 is −(2 ** (−2)). */
  #power(): Expression {
    const left = this.#postfix();
    return this.#tokens.takes("**")
      ? { kind: "binary", operator: "**", left, right: this.#tokens.nested(() => this.#unary()) }
      : left;
  }

  #postfix(): Expression {
    let of = this.#atom();
    for (;;) {
      if (this.#tokens.takes(".")) of = { kind: "attribute", of, name: this.#tokens.name() };
      else if (this.#tokens.takes("(")) of = this.#call(of);
      else if (this.#tokens.takes("[")) of = this.#subscript(of);
      else return of;
    }
  }

  #call(callee: Expression): Expression {
    const args: Expression[] = [];
    const named: [string, Expression][] = [];
    while (!this.#tokens.sees(")")) {
      const [token, following] = [this.#tokens.peek(), this.#tokens.peek(1)];
      if (token.kind === "name" && following?.kind === "sign" && following.text === "=") {
        this.#tokens.skip(2);
        named.push([token.text, this.#ternary()]);
      } else {
        if (named.length > 0) throw new ExpressionFault("after name=value only such arguments may follow");
        const value = this.#ternary();
        args.push(this.#tokens.sees("for") ? this.#comprehension(value) : value);
      }
      if (!this.#tokens.takes(",")) break;
    }
    this.#tokens.expect(")");
    return { kind: "call", callee, args, named };
  }

  #subscript(of: Expression): Expression {
    const end = (): Expression | null =>
      this.#tokens.sees(":") || this.#tokens.sees("]") ? null : this.#ternary();
    const first = end();
    if (first !== null && this.#tokens.takes("]")) return { kind: "index", of, index: first };
    if (!this.#tokens.takes(":")) throw this.#tokens.unexpected("an index");
    const second = end();
    const third = this.#tokens.takes(":") ? end() : null;
    this.#tokens.expect("]");
    return { kind: "slice", of, ends: [first, second, third] };
  }

  #atom(): Expression {
    const token = this.#tokens.peek();
    this.#tokens.skip(1);
    switch (token.kind) {
      case "number":
        return { kind: "literal", value: token.value };
      case "text": {
        let value = token.value;
        // Texts that follow one another are one text.
        for (let next = this.#tokens.peek(); next.kind === "text"; next = this.#tokens.peek()) {
          value += next.value;
          this.#tokens.skip(1);
        }
        return { kind: "literal", value };
      }
      case "name":
        if (token.text.startsWith("__")) throw new ExpressionFault(`the name ${token.text} is not allowed`);
        return { kind: "name", name: token.text };
      case "keyword":
        if (token.text === "True" || token.text === "False") {
          return { kind: "literal", value: token.text === "True" };
        }
        if (token.text === "None") return { kind: "literal", value: null };
        break;
      case "sign":
        if (token.text === "(") return this.#parenthesis();
        if (token.text === "[") return this.#list();
        if (token.text === "{") return this.#dict();
        break;
      default:
    }
    this.#tokens.skip(-1);
    throw this.#tokens.unexpected("a value");
  }

  #parenthesis(): Expression {
    if (this.#tokens.takes(")")) return { kind: "tuple", items: [] };
    const first = this.#ternary();
    if (this.#tokens.sees("for")) {
      const made = this.#comprehension(first);
      this.#tokens.expect(")");
      return made;
    }
    if (this.#tokens.takes(")")) return first;
    const items = [first];
    while (this.#tokens.takes(",")) {
      if (this.#tokens.sees(")")) break;
      items.push(this.#ternary());
    }
    this.#tokens.expect(")");
    return { kind: "tuple", items };
  }

  #list(): Expression {
    const items: Expression[] = [];
    while (!this.#tokens.sees("]")) {
      items.push(this.#ternary());
      const [only] = items;
      if (items.length === 1 && only !== undefined && this.#tokens.sees("for")) {
        const made = this.#comprehension(only);
        this.#tokens.expect("]");
        return made;
      }
      if (!this.#tokens.takes(",")) break;
    }
    this.#tokens.expect("]");
    return { kind: "list", items };
  }

  #dict(): Expression {
    const items: [Expression, Expression][] = [];
    while (!this.#tokens.sees("}")) {
      const key = this.#ternary();
      this.#tokens.expect(":");
      items.push([key, this.#ternary()]);
      if (!this.#tokens.takes(",")) break;
    }
    this.#tokens.expect("}");
    return { kind: "dict", items };
  }

  #comprehension(element: Expression): Expression {
    const clauses: ForClause[] = [];
    while (this.#tokens.takes("for")) {
      const isBracketed = this.#tokens.takes("(");
      const names = [this.#tokens.name()];
      while (this.#tokens.takes(",")) names.push(this.#tokens.name());
      if (isBracketed) this.#tokens.expect(")");
      this.#tokens.expect("in");
      const source = this.#or();
      const conditions: Expression[] = [];
      while (this.#tokens.takes("if")) conditions.push(this.#or());
      clauses.push({ names, source, conditions });
    }
    return { kind: "comprehension", element, clauses };
  }
}
