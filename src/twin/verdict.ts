/**
 * The result of applying a sample. `late`: a newer one is known. `outranked`: a source of higher priority has the value.
 * `historical`: a value of the past, which changes nothing. `rejected`: it is not a value.
 */
export type Verdict = "taken" | "late" | "outranked" | "historical" | "rejected";

const order: readonly Verdict[] = ["taken", "outranked", "late", "historical", "rejected"];

/** The verdict on a message with several values: `taken` if one of them was, else `outranked` if one of them was. */
export function joined(a: Verdict, b: Verdict): Verdict {
  return order.indexOf(a) <= order.indexOf(b) ? a : b;
}

/** What became of a message. `reason` is why it, or a part of it, was refused; else "". */
export type Applied = { verdict: Verdict; reason: string };
