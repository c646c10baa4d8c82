// What a plugin does beside its run: the ops that it registers in its setup. Asking for them
// starts the plugin, so people do that with a button.
import { html, useState } from "../vendored/preact-htm.js";
import { Form, startValues } from "./form.js";

// list() asks the host, run(op, config, data) runs one; Data is the choice of what it works on.
export function Ops({ list, run, problem, Data }) {
  const [ops, set] = useState(null);
  const [asking, ask] = useState(false);
  const load = async () => {
    ask(true);
    await list().then(set, problem);
    ask(false);
  };
  return html`<section class="ops" aria-label="Ops">
    ${ops === null ? html`<button class="quiet" disabled=${asking} onClick=${load}>${asking ? "Starting the plugin…" : "Show ops"}</button>`
      : ops.length ? ops.map((op) => html`<${Op} key=${op.name} op=${op} run=${run} Data=${Data} />`) : html`<p class="none">It registers no ops.</p>`}
  </section>`;
}

function Op({ op, run, Data }) {
  const [values, set] = useState(() => startValues(op.form));
  const [parts, setParts] = useState(() => startValues(op.data));
  const [data, setData] = useState(undefined);
  const [busy, setBusy] = useState(false);
  const submit = async (e) => {
    e.preventDefault();
    setBusy(true);
    await run(op.name, values, data !== undefined || !op.data ? data : parts);
    setBusy(false);
  };
  return html`<form class="card panel op" onSubmit=${submit} aria-label=${"Op " + op.name}>
    <div class="head"><div><h2>${op.name}</h2><p>${op.description}</p></div></div>
    <${Form} fields=${op.form} values=${values} set=${set} />
    ${data === undefined && html`<${Form} fields=${op.data} values=${parts} set=${setParts} />`}
    <${Data} plugin=${op} data=${data} set=${setData} any />
    <div class="row"><button class="main" disabled=${busy}>${busy ? "Running…" : "Run"}</button></div>
  </form>`;
}
