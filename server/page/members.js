// What of an object others can see: its own members and those of its classes, but for
// names that begin with "_".

const MAX_DEPTH = 4; // of functions in exported objects

export function names(o) {
  const seen = new Set();
  for (let at = o; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) if (typeof key === "string" && key[0] !== "_" && key !== "constructor") seen.add(key);
  }
  return [...seen];
}

const isObject = (v) => Object.prototype.toString.call(v) === "[object Object]";

// exportsOf lists the functions of what a plugin exports, those of inner objects as
// "inner.name", and its other members.
export function exportsOf(exported) {
  const exports = [];
  const values = {};
  const walk = (o, prefix, depth) => {
    for (const name of names(o)) {
      const member = o[name];
      if (typeof member === "function") exports.push(prefix + name);
      else if (isObject(member) && depth < MAX_DEPTH && names(member).some((n) => typeof member[n] === "function")) walk(member, prefix + name + ".", depth + 1);
      else if (!prefix) values[name] = member;
    }
  };
  walk(exported, "", 0);
  return { exports, values };
}

// method finds an exported function, bound to the object that has it.
export function method(exported, path) {
  let o = exported;
  const words = path.split(".");
  for (const [i, word] of words.entries()) {
    const member = names(o).includes(word) ? o[word] : undefined;
    if (i === words.length - 1 && typeof member === "function") return member.bind(o);
    if (!isObject(member)) break;
    o = member;
  }
  throw new ReferenceError(`the plugin does not export a function "${path}"`);
}
