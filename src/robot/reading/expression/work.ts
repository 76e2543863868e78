import { ExpressionFault } from "./fault.ts";

/**
 * What one file may cost: every step of an expression, every element and character made is paid from it.
 * So a hostile file ends with a fault after a second or two instead of keeping the computer busy.
 */
export class Work {
  #left: number;
  #depth = 0;

  constructor(units: number) {
    this.#left = units;
  }

  /** Throws an ExpressionFault when nothing is left. */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw new ExpressionFault("the file asks for more work than any robot's does");
  }

  /** Runs `inner` one level deeper; throws an ExpressionFault when that is too deep. */
  nested<T>(inner: () => T): T {
    if (this.#depth >= deepestNesting) {
      throw new ExpressionFault(`expressions call or use one another more than ${deepestNesting} deep`);
    }
    this.#depth += 1;
    try {
      return inner();
    } finally {
      this.#depth -= 1;
    }
  }
}

/** Properties that use properties, and functions that call functions. */
const deepestNesting = 60;

/** No text of an expression may be longer. */
export const longestText = 100_000;

export function boundedText(text: string, work: Work): string {
  work.spend(1 + text.length / 16);
  if (text.length > longestText) throw new ExpressionFault(`a text has more than ${longestText} characters`);
  return text;
}

/** No list of an expression may have more members. */
export const mostMembers = 100_000;

export function checkedLength(members: number, work: Work): void {
  if (members > mostMembers) throw new ExpressionFault(`a list has more than ${mostMembers} members`);
  work.spend(members);
}
