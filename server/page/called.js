// Errors of calls show where the call was made: what answers it comes from elsewhere, and
// has the lines of nobody who reads it.

const FRAMES = 50;

// calledFrom is the stack of whoever calls, as an error.
export function calledFrom() {
  const before = Error.stackTraceLimit;
  if (before < FRAMES) Error.stackTraceLimit = FRAMES;
  const from = new Error();
  if (before < FRAMES) Error.stackTraceLimit = before;
  return from;
}

// located is an error with the stack of its call.
export function located(err, from) {
  if (err instanceof Error) Object.defineProperty(err, "stack", { value: `${err}\n${stackOf(from)}`, writable: true, configurable: true });
  return err;
}

// stackOf is a stack without the name of its error, which some browsers put before it.
const stackOf = ({ stack }) => String(stack || "").replace(/^Error\n/, "");
