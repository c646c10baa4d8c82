// Iterators that cross the border: a step is asked for when it is wanted.

// steps are the functions by which others walk through an iterator; undefined for other
// objects. What is only iterable is data.
export function steps(o) {
  let it;
  if (typeof o[Symbol.asyncIterator] === "function") it = o[Symbol.asyncIterator]();
  else if (typeof o.next === "function" && typeof o[Symbol.iterator] === "function") it = o;
  else return undefined;
  const end = (value) => {
    it = undefined;
    return { done: true, value };
  };
  return {
    async next() {
      if (!it) return end();
      try {
        const step = await it.next();
        return step.done ? end(await step.value) : { done: false, value: await step.value };
      } catch (err) {
        end();
        throw err;
      }
    },
    async return() {
      const last = it;
      end();
      if (last && typeof last.return === "function") await last.return();
      return end();
    },
  };
}

// iterator walks through one of another plugin. At its end it lets go of the functions.
export function iterator({ next, return: finish }) {
  const end = (value) => {
    next = finish = undefined;
    return { done: true, value };
  };
  const hidden = {
    async next() {
      if (!next) return end();
      try {
        const step = await next();
        return !step || step.done ? end(step && step.value) : { done: false, value: step.value };
      } catch (err) {
        end();
        throw err;
      }
    },
    async return(value) {
      const last = finish;
      end();
      if (last) await last();
      return end(value);
    },
    [Symbol.asyncIterator]() { return this; },
    [Symbol.iterator]() { throw new TypeError("this iterator is in another plugin: use `for await (const x of it)`, or `await Array.fromAsync(it)`"); },
  };
  const it = {};
  for (const name of Reflect.ownKeys(hidden)) Object.defineProperty(it, name, { value: hidden[name], writable: true, configurable: true });
  return it;
}
