import { ExpressionFault } from "./fault.ts";
import { methodOf } from "./methods.ts";
import { binary, compared, unary } from "./operators.ts";
import type { Expression, ForClause } from "./syntax.ts";
import { Callable, Dict, isTrue, keyOf, membersOf, Namespace, Tuple, typeOf, type Value } from "./values.ts";
import { checkedLength, mostMembers, type Work } from "./work.ts";

/** What a name stands for; undefined when it is not known. */
export type Lookup = (name: string) => Value | undefined;

/** The value of an expression. Throws an ExpressionFault; ends within what `work` allows. */
export function evaluate(expression: Expression, lookup: Lookup, work: Work): Value {
  work.spend(1);
  const value = (inner: Expression): Value => evaluate(inner, lookup, work);
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "name": {
      const found = lookup(expression.name);
      if (found === undefined) throw new ExpressionFault(`the name "${expression.name}" is not defined`);
      return found;
    }
    case "unary":
      return unary(expression.operator, value(expression.operand));
    case "not":
      return !isTrue(value(expression.operand));
    case "binary":
      return binary(expression.operator, value(expression.left), value(expression.right), work);
    case "logic": {
      const left = value(expression.left);
      return isTrue(left) === (expression.operator === "or") ? left : value(expression.right);
    }
    case "compare": {
      let left = value(expression.first);
      for (const { operator, right: next } of expression.rest) {
        const right = value(next);
        if (!compared(operator, left, right, work)) return false;
        left = right;
      }
      return true;
    }
    case "choice":
      return isTrue(value(expression.test)) ? value(expression.then) : value(expression.otherwise);
    case "call": {
      const callee = value(expression.callee);
      if (!(callee instanceof Callable)) throw new ExpressionFault(`a ${typeOf(callee)} cannot be called`);
      const args = expression.args.map(value);
      const named = new Map(expression.named.map(([name, one]) => [name, value(one)]));
      return work.nested(() => callee.call(args, named, work));
    }
    case "attribute":
      return attributeOf(value(expression.of), expression.name);
    case "index":
      return indexed(value(expression.of), value(expression.index), work);
    case "slice":
      return sliced(
        value(expression.of),
        expression.ends.map((end) => (end === null ? null : value(end))),
        work,
      );
    case "list":
      return expression.items.map(value);
    case "tuple":
      return new Tuple(expression.items.map(value));
    case "dict":
      return new Dict(new Map(expression.items.map(([key, one]) => [keyOf(value(key)), value(one)])));
    case "comprehension": {
      const made: Value[] = [];
      comprehend(expression.clauses, 0, lookup, work, (inner) => {
        if (made.length >= mostMembers) checkedLength(made.length + 1, work);
        made.push(evaluate(expression.element, inner, work));
      });
      return made;
    }
    case "lambda": {
      const { names, body } = expression;
      return new Callable("lambda", (args) => {
        if (args.length !== names.length) {
          throw new ExpressionFault(`a lambda of ${names.length} got ${args.length} arguments`);
        }
        return evaluate(body, bound(lookup, names, args), work);
      });
    }
  }
}

function bound(lookup: Lookup, names: readonly string[], values: readonly Value[]): Lookup {
  return (name) => {
    const at = names.lastIndexOf(name);
    return at < 0 ? lookup(name) : values[at];
  };
}

function comprehend(
  clauses: readonly ForClause[],
  index: number,
  lookup: Lookup,
  work: Work,
  each: (lookup: Lookup) => void,
): void {
  const clause = clauses[index];
  if (clause === undefined) {
    each(lookup);
    return;
  }
  for (const member of membersOf(evaluate(clause.source, lookup, work), work)) {
    work.spend(1);
    const inner = bound(lookup, clause.names, unpacked(member, clause.names.length, work));
    if (!clause.conditions.every((condition) => isTrue(evaluate(condition, inner, work)))) continue;
    comprehend(clauses, index + 1, inner, work, each);
  }
}

function unpacked(member: Value, count: number, work: Work): readonly Value[] {
  if (count === 1) return [member];
  const members = membersOf(member, work);
  if (members.length !== count) throw new ExpressionFault(`${members.length} values are not ${count} names`);
  return members;
}

/** A dict's keys can be said with a dot, as xacro has it for what comes from YAML. */
function attributeOf(value: Value, name: string): Value {
  if (value instanceof Namespace) {
    const found = value.get(name);
    if (found === undefined) throw new ExpressionFault(`there is no ${value.name}.${name}`);
    return found;
  }
  const method = methodOf(value, name);
  if (method !== undefined) return method;
  if (value instanceof Dict) {
    const found = value.items.get(name);
    if (found !== undefined) return found;
    throw new ExpressionFault(`the dict has no key "${name}"${hasKeys(value)}`);
  }
  throw new ExpressionFault(`a ${typeOf(value)} has no ${name}`);
}

function hasKeys(dict: Dict): string {
  const keys = [...dict.items.keys()].slice(0, 8).map(String);
  return keys.length === 0 ? "" : `; it has ${keys.join(", ")}`;
}

function indexed(value: Value, index: Value, work: Work): Value {
  if (value instanceof Dict) {
    const found = value.items.get(keyOf(index));
    if (found !== undefined) return found;
    throw new ExpressionFault(`the dict has no key ${JSON.stringify(String(index))}${hasKeys(value)}`);
  }
  if (value instanceof Namespace && typeof index === "string") return attributeOf(value, index);
  if (typeof value !== "string" && !Array.isArray(value) && !(value instanceof Tuple)) {
    throw new ExpressionFault(`a ${typeOf(value)} has no [ ]`);
  }
  const members = typeof value === "string" ? value : membersOf(value, work);
  const at = wholeNumber(index);
  const found = members[at < 0 ? at + members.length : at];
  if (found === undefined) throw new ExpressionFault(`[${at}] is beyond the ${members.length} there are`);
  return found;
}

function wholeNumber(value: Value): number {
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  throw new ExpressionFault(`a ${typeOf(value)} cannot be an index`);
}

/** Python's value[from:to:step]. */
function sliced(value: Value, ends: readonly (Value | null)[], work: Work): Value {
  if (typeof value !== "string" && !Array.isArray(value) && !(value instanceof Tuple)) {
    throw new ExpressionFault(`a ${typeOf(value)} has no [ : ]`);
  }
  const members = membersOf(value, work);
  const [from, to, by] = ends.map((end) => (end === null ? null : wholeNumber(end)));
  const step = by ?? 1;
  if (step === 0) throw new ExpressionFault("the step of a slice cannot be 0");
  const [least, most] = step > 0 ? [0, members.length] : [-1, members.length - 1];
  const place = (end: number | null | undefined, otherwise: number): number =>
    end === null || end === undefined
      ? otherwise
      : Math.min(most, Math.max(least, end < 0 ? end + members.length : end));
  const [first, last] = [place(from, step > 0 ? least : most), place(to, step > 0 ? most : least)];
  const chosen: Value[] = [];
  for (let at = first; step > 0 ? at < last : at > last; at += step) chosen.push(members[at] as Value);
  if (typeof value === "string") return chosen.join("");
  return Array.isArray(value) ? chosen : new Tuple(chosen);
}
