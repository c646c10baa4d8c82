// Runs that were made of each other: what a run got of an earlier one, and the chain of
// them as the host writes it into a workflow.

// Answer is the answer of a run, or a part of it, chosen as data of another.
export class Answer {
  constructor(run, value, path = []) {
    Object.assign(this, { run, value, path });
  }
}

// answerOf is what people mean by the result of a run: of ImJoy's {type, data}, the data.
export function answerOf(run) {
  const v = run.value;
  return v && typeof v.type === "string" && v.data !== undefined ? new Answer(run, v.data, ["data"]) : new Answer(run, v);
}

const plain = (v) => v !== null && typeof v === "object" && v.constructor === Object && !v._rtype;

// given is the data itself, with answers in the place of what stands for them.
export function given(data) {
  if (data instanceof Answer) return data.value;
  if (!plain(data)) return data;
  return Object.fromEntries(Object.entries(data).map(([k, v]) => [k, v instanceof Answer ? v.value : v]));
}

// before lists the runs that the data of a run was made of.
export function before(run) {
  const all = run.given instanceof Answer ? [run.given] : plain(run.given) ? Object.values(run.given).filter((v) => v instanceof Answer) : [];
  return all.map((a) => a.run);
}

// chainOf lists a run and all it was made of, in the order in which they can run again.
export function chainOf(run, list = []) {
  for (const r of before(run)) chainOf(r, list);
  if (!list.includes(run)) list.push(run);
  return list;
}

// steps is a chain as the host reads it.
export function steps(chain) {
  return chain.map((run) => ({ plugin: run.plugin.id, tag: run.tag, op: run.op || "", config: run.config, data: written(run.given, chain) }));
}

const MOST = 64 << 10; // of JSON that a file of steps should hold

function written(data, chain) {
  if (data === undefined || data === null) return null;
  if (data instanceof Answer) return { answer: chain.indexOf(data.run), path: data.path };
  if (data instanceof File) return { files: [data.name] };
  if (Array.isArray(data) && data.length && data.every((d) => d instanceof File)) return { files: data.map((f) => f.name) };
  if (plain(data) && Object.values(data).some((v) => v instanceof Answer || v instanceof File)) {
    const keys = Object.keys(data).filter((k) => data[k] !== undefined);
    return { members: Object.fromEntries(keys.map((k) => [k, written(data[k], chain)])), order: keys };
  }
  try {
    const text = JSON.stringify(data, (key, v) => {
      if (v instanceof Blob || ArrayBuffer.isView(v) || v instanceof ArrayBuffer || v instanceof Map || v instanceof Set) throw new Error("not for JSON");
      return v;
    });
    if (text.length <= MOST) return { value: JSON.parse(text) };
  } catch { /* it is given again when the workflow is run */ }
  return { left: true };
}
