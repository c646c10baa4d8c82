// Chains of runs as people see them: which step came after which, and the dialog that
// keeps a chain as a workflow.
import { html, useState } from "../vendored/preact-htm.js";
import { chainOf, steps } from "./chain.js";
import { ask, toast } from "./dialogs.js";
import { save, Value } from "./result.js";

const label = (run) => (run.op ? `${run.plugin.name}: ${run.op}` : run.plugin ? run.plugin.name : run.name);

// Chain shows what a run was made of, and offers to keep it. host(what, about) asks the host.
export function Chain({ run, host, problem }) {
  const chain = chainOf(run);
  const [open, show] = useState(false);
  if (chain.length < 2 || chain.some((r) => !r.plugin || r.plugin.type === "workflow")) return null;
  return html`<div class="chain"><ol aria-label="Steps">${chain.map((r) => html`<li>${label(r)}</li>`)}</ol>
    <button class="quiet" aria-expanded=${open} onClick=${() => show(!open)}>Keep as workflow</button>
    ${open && html`<${Keep} chain=${chain} host=${host} problem=${problem} done=${() => show(false)} />`}</div>`;
}

function Keep({ chain, host, problem, done }) {
  const [name, set] = useState(chain.map((r) => r.plugin.name).join(" and "));
  const keep = async (into) => {
    try {
      const about = { name, steps: steps(chain), save: into };
      let kept = await host("workflow.keep", about);
      if (kept.exists) {
        const yes = await ask({ kind: "confirm", title: `There is a ${kept.file} already`, text: "Write over it?" });
        if (!yes) return;
        kept = await host("workflow.keep", { ...about, replace: true });
      }
      if (!into) save(kept.file, kept.text);
      toast("", [into ? `Saved as ${kept.saved}` : `Saved ${kept.file}`, ...(kept.notes || [])].join(". "), kept.notes ? 10 : 4);
      done();
    } catch (err) {
      problem(err);
    }
  };
  return html`<form class="keep row" onSubmit=${(e) => { e.preventDefault(); keep(true); }}>
    <label>Name <input type="text" value=${name} required maxlength="80" onInput=${(e) => set(e.target.value)} /></label>
    <button class="main" disabled=${!name.trim()}>Save in the folder</button>
    <button type="button" disabled=${!name.trim()} onClick=${() => keep(false)}>Download</button></form>`;
}

// Steps are those of a workflow, in its form.
export function Steps({ steps: list }) {
  if (!list || !list.length) return null;
  return html`<div class="chain"><ol aria-label="Steps">${list.map((s) => html`<li title=${s.id}>${s.op ? `${s.name}: ${s.op}` : s.name}</li>`)}</ol></div>`;
}

// Answers are what the steps before the last one answered, as far as they have.
export function Answers({ steps: list, duration }) {
  if (!list || !list.length) return null;
  return html`<div class="answers">${list.map((s) => html`<${One} key=${s.id} step=${s} duration=${duration} />`)}</div>`;
}

// Resume goes on with a run that failed: the steps before the one that did are not run
// again, unless they, their plugins or their settings have changed since.
export function Resume({ run, go }) {
  if (!run.resume || !run.error) return null;
  const at = run.steps.length + 1;
  return html`<button type="button" class="resume" title="The steps before it keep their answers, unless something of them has changed since" onClick=${go}>Run from step ${at}</button>`;
}

// One is drawn when it is opened: an image takes time.
function One({ step, duration }) {
  const [open, set] = useState(false);
  return html`<details onToggle=${(e) => set(e.target.open)}><summary><b>${step.name}</b> <small>${step.id}, ${step.reused ? "as before" : duration(step.milliseconds)}</small></summary>${open && html`<${Value} value=${step.value} />`}</details>`;
}

// isWorkflow reports a file that people drop to be opened, not to be worked on.
export const isWorkflow = (files) => files.length === 1 && /\.ya?ml$|\.workflow\.json$/i.test(files[0].name);
