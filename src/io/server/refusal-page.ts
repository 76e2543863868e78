/** What a person sees in the browser instead of the page, where the server does not give it: why, and what to do. */
export function refusalPage(reason: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>twinbridge: refused</title></head>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 44em; margin: 3em auto; padding: 0 1em">
<h1>twinbridge does not show its page here</h1>
<p>${escapeHtml(capital(reason))}.</p>
<p>The setting belongs into <code>twin.yaml</code>, under <code>server</code>; docs/reverse-proxy.md has examples
for nginx and Caddy.</p>
</body>
</html>
`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
