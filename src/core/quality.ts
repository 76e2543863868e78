/** OPC UA's three classes of trust in a value, worst last. */
export type Quality = "good" | "uncertain" | "bad";

/** The classes by their code on the wire and in typed arrays. */
export const qualities: readonly Quality[] = ["good", "uncertain", "bad"];

/** The four sides of a property: measured, asked for, filtered, computed ahead. */
export type Facet = "reported" | "desired" | "estimated" | "predicted";

/** All facets, in the order of columns and views. */
export const facets: readonly Facet[] = ["reported", "desired", "estimated", "predicted"];

/** How far a desired value has come. It ends in `reached`, `timedOut` or `refused`, never in silence. */
export type DesiredState = "pending" | "sent" | "accepted" | "reached" | "timedOut" | "refused";
