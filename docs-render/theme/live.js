// Pages that `imjoy docs serve` shows on this machine come anew when a plugin is
// saved. A site on any other host never asks.
"use strict";
(() => {
  if (location.protocol !== "http:" || !["localhost", "127.0.0.1", "[::1]"].includes(location.hostname)) return;
  const root = new URL("..", document.currentScript.src);
  const loaded = performance.getEntriesByType("navigation")[0]?.serverTiming ?? [];
  let version = loaded.find((entry) => entry.name === "site")?.description ?? "";
  const ask = async () => {
    const answer = await fetch(new URL("changes?since=" + encodeURIComponent(version), root), { cache: "no-store" });
    if (!answer.ok || !(answer.headers.get("content-type") ?? "").startsWith("text/plain")) return false;
    const now = await answer.text();
    if (version && now !== version) location.reload();
    version = now;
    return true;
  };
  const follow = async () => {
    let pause = 0;
    for (;;) {
      try {
        if (!(await ask())) return; // a copy of the site on another server
        pause = 0;
      } catch {
        pause = Math.min(5000, pause + 500); // the server is away, and may come back
      }
      await new Promise((done) => setTimeout(done, pause));
    }
  };
  addEventListener("load", () => setTimeout(follow, 200));
})();
