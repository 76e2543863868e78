/** OPC UA's three classes of trust in a value, worst last. */
export type Quality = "good" | "uncertain" | "bad";

/** The classes by their code on the wire and in typed arrays. */
export const qualities: readonly Quality[] = ["good", "uncertain", "bad"];

/** The four facets of a property: measured, requested, filtered, predicted. */
export type Facet = "reported" | "desired" | "estimated" | "predicted";

/** All facets, in the order of columns and views. */
export const facets: readonly Facet[] = ["reported", "desired", "estimated", "predicted"];

/** The progress of a desired value. It ends in `reached`, `timedOut` or `refused`, never silently. */
export type DesiredState = "pending" | "sent" | "accepted" | "reached" | "timedOut" | "refused";
