// The form of a plugin: the fields of its `ui`, or of a dialog.
import { html, useState, useEffect } from "../vendored/preact-htm.js";

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
  const [fault, tell] = useState("");
  useEffect(() => tell(""), [value]);
  if (f.type === "instructions/comment") return html`<p class="said">${(f.default && f.default.value) || f.label}</p>`;
  if (f.type === "button") return html`<div class="field"><span></span><button type="button" onClick=${() => set({ type: "button" })}>${f.label}</button></div>`;
  // The browser says of each field that keeps a form from being sent what is wrong with it.
  const refused = (e) => {
    e.preventDefault(); // its own bubble is gone in a moment
    tell(e.target.validity.valueMissing ? missing(f) : e.target.validationMessage);
    if (e.target.form.querySelector("input:invalid, select:invalid, textarea:invalid") === e.target) e.target.focus();
  };
  return html`<label class=${"field" + (fault ? " wrong" : "")} onInvalidCapture=${refused}><span>${f.label}${f.required ? html`<abbr title="needed"> *</abbr>` : ""}</span>
    <span class="input">${f.prefix}${control(f, value, set)}${f.suffix || f.after}</span>${fault && html`<em role="alert">${fault}</em>`}${f.description && html`<small>${f.description}</small>`}</label>`;
}

const missing = (f) => (f.type === "file" || f.type === "ndarray" ? "Choose a file: the plugin does not run without one." : "Fill this in: the plugin does not run without it.");

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
    // Operations in operations are ImJoy's own editor of workflows; the value goes as it is.
    case "ops": return html`<output class="nothing">${value && value.length ? JSON.stringify(value) : "no operations"}</output>`;
    case "file": case "ndarray": return html`<input type="file" aria-label=${f.label} required=${f.required && !value} onChange=${(e) => set(picked(e.target.files[0]))} />${value && !shown.has(value) && html`<output>${value.name || (value.run ? "result of " + value.run.name : "a result")}</output>`}`;
    case "url": return html`<input type="url" value=${value} required=${f.required} onInput=${(e) => set(e.target.value)} />`;
    case "array": case "object": case "any":
      return html`<textarea rows="2" spellcheck="false" placeholder="JSON" required=${f.required} onChange=${(e) => set(json(e.target))}>${value === undefined ? "" : JSON.stringify(value)}</textarea>`;
  }
  return html`<input type="text" value=${value} required=${f.required} onInput=${(e) => set(e.target.value)} />`;
}

// The browser shows the name of a file that was chosen in a field; of one that was dropped,
// or of a result, nobody does.
const shown = new WeakSet();

function picked(file) {
  if (file) shown.add(file);
  return file;
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
