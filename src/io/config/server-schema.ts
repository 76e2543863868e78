import { z } from "zod";
import { roles } from "../../protocol/roles.ts";

/** http or https with a host, and nothing behind the path. */
function isPublicUrl(text: string): boolean {
  try {
    const { protocol, host, search, hash, username } = new URL(text);
    return /^https?:$/.test(protocol) && host !== "" && search + hash + username === "";
  } catch {
    return false;
  }
}

/** http or https with a host and nothing else. */
function isOrigin(text: string): boolean {
  try {
    const url = new URL(text);
    return /^https?:$/.test(url.protocol) && url.origin === text;
  } catch {
    return false;
  }
}

const secret = z.string().min(8, "at least 8 characters");

/** What a token may be called. */
export const tokenName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/,
    "1 to 64 of A-Z a-z 0-9 _ . @ -, starting with a letter or digit",
  );

const token = z
  .strictObject({
    name: tokenName,
    role: z.enum(roles, "it must be viewer, operator or admin"),
    token: secret.optional(),
    tokenFile: z.string().min(1).optional(),
  })
  .superRefine((given, context) => {
    if (given.token === undefined && given.tokenFile === undefined) {
      const message = "it is missing; give the token here, or the file that has it as tokenFile";
      context.addIssue({ code: "custom", path: ["token"], message });
    } else if (given.token !== undefined && given.tokenFile !== undefined) {
      context.addIssue({ code: "custom", path: ["tokenFile"], message: "there is a token already" });
    }
  });

/** `server`: where the page is served, and to whom. */
export const server = z.strictObject({
  host: z.string().min(1).default("127.0.0.1"),
  port: z.number().int().min(0).max(65535).default(8080),
  token: secret.optional(),
  tokens: z
    .array(token)
    .superRefine((tokens, context) => {
      tokens.forEach(({ name, token: text }, i) => {
        const before = tokens.slice(0, i);
        if (before.some((one) => one.name === name)) {
          context.addIssue({ code: "custom", path: [i, "name"], message: "two tokens share a name" });
        }
        if (text !== undefined && before.some((one) => one.token === text)) {
          context.addIssue({ code: "custom", path: [i, "token"], message: "two names share a token" });
        }
      });
    })
    .default([]),
  origins: z.array(z.string()).default([]),
  embed: z
    .array(z.string().refine(isOrigin, "the origin of a page, as https://grafana.example:3000"))
    .max(100)
    .default([]),
  publicUrl: z
    .string()
    .refine(isPublicUrl, "the address of the page behind a proxy, as https://example.org/robot/")
    .optional(),
  tls: z.strictObject({ cert: z.string().min(1), key: z.string().min(1) }).optional(),
});
