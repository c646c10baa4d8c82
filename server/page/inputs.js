// What a plugin's `inputs` say of files, as far as a drop needs it. The host checks for good.

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
