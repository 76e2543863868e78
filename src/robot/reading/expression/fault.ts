/** A fault of an expression, as one sentence for a person; caught where its element is known. */
export class ExpressionFault extends Error {}
