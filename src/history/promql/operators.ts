/** Results of arithmetic; of a comparison 1 or 0. */
export const operators: ReadonlyMap<string, (a: number, b: number) => number> = new Map([
  ["+", (a, b) => a + b],
  ["-", (a, b) => a - b],
  ["*", (a, b) => a * b],
  ["/", (a, b) => a / b],
  ["%", (a, b) => a % b],
  ["^", power],
  ["atan2", Math.atan2],
  ["==", (a, b) => Number(a === b)],
  ["!=", (a, b) => Number(a !== b)],
  [">", (a, b) => Number(a > b)],
  ["<", (a, b) => Number(a < b)],
  [">=", (a, b) => Number(a >= b)],
  ["<=", (a, b) => Number(a <= b)],
]);

/** Go's math.Pow, which has 1 for 1 to the power of anything and for −1 to the power of an infinity. */
function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY)) return 1;
  return a ** b;
}

/** Functions of one number. */
export const numberFunctions: ReadonlyMap<string, (x: number) => number> = new Map([
  ["abs", Math.abs],
  ["ceil", Math.ceil],
  ["floor", Math.floor],
  ["sqrt", Math.sqrt],
  ["exp", Math.exp],
  ["ln", Math.log],
  ["log2", Math.log2],
  ["log10", Math.log10],
  ["sgn", Math.sign],
  ["deg", (x) => (x * 180) / Math.PI],
  ["rad", (x) => (x * Math.PI) / 180],
  ["sin", Math.sin],
  ["cos", Math.cos],
  ["tan", Math.tan],
  ["asin", Math.asin],
  ["acos", Math.acos],
  ["atan", Math.atan],
  ["sinh", Math.sinh],
  ["cosh", Math.cosh],
  ["tanh", Math.tanh],
  ["asinh", Math.asinh],
  ["acosh", Math.acosh],
  ["atanh", Math.atanh],
]);
