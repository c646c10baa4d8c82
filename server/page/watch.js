const decoded = new WeakSet();

// named notes an error of a call: the library makes one of a text, "NAME: MESSAGE".
export function named(err) {
  if (err instanceof Error) decoded.add(err);
  return err;
}

// sent are the name and the message that an error of a call had where it was thrown.
function sent(err) {
  const [, name, message] = (decoded.has(err) && /^([\w.$]+): (.*)$/s.exec(err.message)) || ["", err.name || "Error", err.message];
  return { name, message: String(message) };
}

// What a plugin's frame tells of itself: lines of its console, and errors with their
// stacks. library is the address of imjoy-rpc in it.
export function watch(scope, library, tell) {
  const told = (err) => {
    if (!(err instanceof Error) && !(err && typeof err.stack === "string")) return { name: "Error", message: String(err), text: String(err), stack: "" };
    return { ...sent(err), text: String(err), stack: String(err.stack || "") };
  };
  // The library logs each error that it then sends as its text alone: its stack is kept.
  const thrown = (args) => {
    for (const a of args) if (a instanceof Error) return tell({ what: "thrown", ...told(a) });
  };
  const line = (a) => (typeof a === "string" ? a : a instanceof Error ? String(a) : JSON.stringify(a));
  for (const level of ["log", "info", "warn", "error", "debug"]) {
    const original = scope.console[level];
    scope.console[level] = (...args) => {
      original.apply(scope.console, args);
      const by = String(new Error().stack).split("\n").filter((l) => /:\d+:\d+/.test(l))[1] || "";
      try {
        if (by.includes(library)) return level === "error" && thrown(args);
        tell({ what: "log", level, text: args.map(line).join(" ").slice(0, 4096) });
      } catch { /* what JSON cannot show is in the browser's own console */ }
    };
  }
  scope.addEventListener("error", (e) => {
    if (e.target && e.target !== scope) return;
    const at = { name: "Error", message: e.message, stack: `at ${e.filename}:${e.lineno}:${e.colno}` };
    tell({ what: "error", ...(e.error ? told(e.error) : at) });
  });
  scope.addEventListener("unhandledrejection", (e) => tell({ what: "error", ...told(e.reason) }));
}
