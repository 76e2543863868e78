// A Node process that does nothing but look at the clock each 10 ms, as the twin's cycle does: how late it is, the
// machine's scheduler alone makes. Answers each line with `late [ms, …]` since the last.
let next = performance.now();
let late = [];
function tick() {
  const now = performance.now();
  late.push(Math.max(0, now - next));
  next += 10;
  if (now - next > 50) next = now + 10;
  setTimeout(tick, Math.max(0, next - now));
}
setTimeout(tick, 0);
process.stdin.on("data", () => {
  console.log(`late ${JSON.stringify(late)}`);
  late = [];
});
console.log("ready");
