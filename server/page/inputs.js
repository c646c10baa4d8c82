// What a plugin's `inputs` say of files, as far as a drop needs it. The host checks for good.

// placeFor says where files belong in the data of a plugin: "" for the data itself, a key
// for its only member that takes a file, undefined where the plugin takes no such file.
export function placeFor(plugin, files) {
  if (accepts(plugin.inputs, files)) return "";
  const fields = filesOf(plugin.data);
  if (fields.length !== 1 || files.length !== 1) return undefined;
  const schema = membersOf(plugin.inputs)[fields[0].key] || {};
  if (fields[0].type === "ndarray") return isArrayFile(files[0]) ? fields[0].key : undefined;
  return accepts(schema, files) || schema.file === true || !schema.file ? fields[0].key : undefined;
}

// onlyMember is the one member of the data that a value of this kind belongs to.
export function onlyMember(plugin, value) {
  const kind = value instanceof Blob ? "file" : (value && value._rtype === "ndarray") || ArrayBuffer.isView(value) ? "ndarray" : "";
  const fields = kind ? (plugin.data || []).filter((f) => f.type === kind) : [];
  return fields.length === 1 ? fields[0].key : undefined;
}

const filesOf = (fields) => (fields || []).filter((f) => f.type === "file" || f.type === "ndarray");
const membersOf = (inputs) => (inputs && inputs.properties) || inputs || {};
const isArrayFile = (file) => /\.(npy|png|jpe?g|gif|tiff?)$/i.test(file.name);

export function accepts(inputs, files) {
  if (!inputs || !files || !files.length) return false;
  const one = files.length === 1 ? files[0] : null;
  const fits = (schema) => {
    if (!schema || typeof schema !== "object") return false;
    if (schema.file) return one !== null && fileFits(schema.file, one);
    if (schema.type === "array" && schema.items) return files.every((f) => schema.items.file && fileFits(schema.items.file, f));
    return ["anyOf", "oneOf", "allOf"].some((k) => Array.isArray(schema[k]) && schema[k].some(fits));
  };
  return fits(inputs);
}

function fileFits(wants, file) {
  if (wants === true || typeof wants !== "object") return true;
  const list = (v) => (v === undefined || v === null ? [] : [].concat(v)).map((s) => String(s).trim().toLowerCase());
  const types = list(wants.mime);
  const extensions = list(wants.ext);
  const name = file.name.toLowerCase();
  if (wants.maxSize && file.size > wants.maxSize || wants.minSize && file.size < wants.minSize) return false;
  const type = types.some((t) => t === file.type || t === "*/*" || (t.endsWith("/*") || t.endsWith("/")) && file.type.startsWith(t.replace("*", "")));
  const extension = extensions.some((e) => name.endsWith(e.startsWith(".") ? e : "." + e));
  if (types.length && extensions.length) return type && extension || extension;
  return types.length ? type : extensions.length ? extension : true;
}
