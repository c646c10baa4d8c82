// Command lines that people can copy.

// freeze packs what a plugin loads into its file.
export function freeze(address) {
  return "imjoy freeze " + quote(address);
}

function quote(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\\''") + "'";
}
