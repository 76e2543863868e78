import { z } from "zod";
import { isDeniedTopic } from "../../core/topic-rules.ts";
import { mostTopicNumbers, topicNumber } from "../../protocol/topics/topic-number.ts";

/** Patterns of the names of topics; `*` matches any run of characters. */
const patterns = z.array(z.string().min(1).max(256)).max(1000);
/** Which topics may be watched, and which of their numbers are recorded. */
export const topics = z
  .strictObject({
    allow: patterns.default(["*"]),
    deny: patterns.default([]),
    record: z.array(topicNumber).max(mostTopicNumbers).default([]),
  })
  .superRefine((rules, context) => {
    for (const [at, { record, topic }] of rules.record.entries()) {
      const isTwice = rules.record.findIndex((one) => one.record === record) < at;
      const fault = isTwice
        ? `${record} stands twice`
        : topic !== "" && isDeniedTopic(topic, rules)
          ? `${topic} is not allowed: topics.allow and topics.deny hold for it, too`
          : null;
      if (fault !== null) context.addIssue({ code: "custom", path: ["record", at], message: fault });
    }
  });
