// The form of a plugin: the fields of its `ui`, or of a dialog.
import { html } from "../vendored/preact-htm.js";

export function startValues(fields) {
  const values = {};
  for (const f of fields || []) {
    if (f.type === "button" || f.type === "instructions/comment") continue;
    if (f.default !== null && f.default !== undefined) values[f.key] = f.default;
    else if (f.type === "choose" && f.options && f.options.length) values[f.key] = f.options[0].value;
  }
  return values;
}

export function Form({ fields, values, set }) {
  if (!fields || !fields.length) return null;
  return html`<div class="fields">${fields.map((f) => html`<${Field} key=${f.key} field=${f} value=${values[f.key]} set=${(v) => set({ ...values, [f.key]: v })} />`)}</div>`;
}

function Field({ field: f, value, set }) {
  if (f.type === "instructions/comment") return html`<p class="said">${(f.default && f.default.value) || f.label}</p>`;
  if (f.type === "button") return html`<div class="field"><span></span><button type="button" onClick=${() => set({ type: "button" })}>${f.label}</button></div>`;
  return html`<label class="field"><span>${f.label}${f.required ? " *" : ""}</span>
    <span class="input">${f.prefix}${control(f, value, set)}${f.suffix || f.after}</span>${f.description && html`<small>${f.description}</small>`}</label>`;
}

function control(f, value, set) {
  switch (f.type) {
    case "number": case "integer":
      return html`<input type="number" value=${value} min=${f.min} max=${f.max} step=${f.step || (f.type === "integer" ? 1 : "any")} required=${f.required}
        onInput=${(e) => set(e.target.value === "" ? null : e.target.valueAsNumber)} />`;
    case "choose": {
      const at = (f.options || []).findIndex((o) => JSON.stringify(o.value) === JSON.stringify(value));
      return html`<select onChange=${(e) => set(f.options[e.target.selectedIndex].value)}>${(f.options || []).map((o, i) => html`<option selected=${i === at}>${o.label}</option>`)}</select>`;
    }
    case "boolean": return html`<input type="checkbox" checked=${!!value} onChange=${(e) => set(e.target.checked)} />`;
    case "color": return html`<input type="color" value=${hex(value)} onInput=${(e) => set(rgb(e.target.value))} />`;
    case "file": case "ndarray": return html`<input type="file" aria-label=${f.label} onChange=${(e) => set(e.target.files[0])} />${value && html`<output>${value.name || (value.run ? "result of " + value.run.name : "a result")}</output>`}`;
    case "url": return html`<input type="url" value=${value} onInput=${(e) => set(e.target.value)} />`;
    case "array": case "object": case "any":
      return html`<textarea rows="2" spellcheck="false" placeholder="JSON" onChange=${(e) => set(json(e.target))}>${value === undefined ? "" : JSON.stringify(value)}</textarea>`;
  }
  return html`<input type="text" value=${value} required=${f.required} onInput=${(e) => set(e.target.value)} />`;
}

function json(area) {
  try {
    area.setCustomValidity("");
    return area.value.trim() === "" ? undefined : JSON.parse(area.value);
  } catch (err) {
    area.setCustomValidity(err.message);
    area.reportValidity();
    return undefined;
  }
}

function hex(text) {
  const m = /rgba?\(\s*(\d+)[ ,]+(\d+)[ ,]+(\d+)/.exec(text || "");
  return m ? "#" + m.slice(1, 4).map((n) => Number(n).toString(16).padStart(2, "0")).join("") : /^#[0-9a-f]{6}$/i.test(text || "") ? text : "#000000";
}

function rgb(text) {
  return `rgb(${[1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16)).join(",")})`;
}
