// The runs of a plugin that the host remembers, from this session and earlier ones.
import { html, useState, useEffect } from "../vendored/preact-htm.js";
import { ask } from "./dialogs.js";

const SHOWN = 50;

// read(what, about) asks the host; open(entry, run, hash) shows a run that was read; again(entry,
// run) repeats it; copy(text) puts a command where it can be pasted. runs changes when one ends.
export function History({ plugin, runs, read, open, again, copy, problem }) {
  const [cleared, count] = useState(0);
  const [entries, set] = useState([]);
  const [shown, show] = useState(false);
  const ended = runs.filter((r) => r.done).length;
  useEffect(() => {
    read("history").then((list) => set(list.filter((e) => e.plugin === plugin.id)), problem);
  }, [plugin.id, ended, cleared]);
  if (!entries.length) return null;
  const clear = async () => {
    const yes = await ask({ kind: "confirm", title: `Forget the earlier runs of ${plugin.name}?`, text: "What they got and answered is deleted from this machine." });
    if (yes) await read("history.clear", plugin.id).then(() => count(cleared + 1), problem);
  };
  const fetch = (entry, then) => read("run", entry.id).then((run) => then(entry, run), problem);
  return html`<section class="card history" aria-label="Earlier runs">
    <div class="head"><h2>Earlier runs</h2><small>${entries.length}</small><span class="grow"></span>
      ${shown && html`<button class="quiet" onClick=${clear}>Clear history</button>`}
      <button class="quiet" aria-expanded=${shown} onClick=${() => show(!shown)}>${shown ? "Hide" : "Show"}</button></div>
    ${shown && html`<div class="table"><div class="scroll" tabindex="0" role="region" aria-label="Earlier runs"><table>
      <thead><tr><th>When</th><th>Inputs</th><th>Plugin</th><th>Took</th><th>Ended</th><th>Actions</th></tr></thead>
      <tbody>${entries.slice(0, SHOWN).map((e) => html`<tr key=${e.id}>
        <td><time datetime=${e.at}>${new Date(e.at).toLocaleString()}</time></td>
        <td><code>${inputs(e)}</code></td>
        <td title=${"SHA-256 " + e.hash}>${e.hash === plugin.hash ? "as now" : "changed since"}</td>
        <td>${duration(e.milliseconds)}</td><td>${e.failed ? "error" : "ok"}</td>
        <td><div class="row">${e.kept && html`<button class="quiet" onClick=${() => fetch(e, open)}>Open</button><button class="quiet" onClick=${() => fetch(e, again)}>Run again</button>`}
          <button class="quiet" onClick=${() => copy(e.command)}>Copy as command</button></div></td></tr>`)}</tbody></table></div>
      ${entries.length > SHOWN && html`<small>The last ${SHOWN} are shown.</small>`}</div>`}
  </section>`;
}

export const duration = (ms) => (ms < 1000 ? Math.round(ms) + " ms" : (ms / 1000).toFixed(1) + " s");

// inputs are the words of the command behind the plugin.
const inputs = (e) => e.command.split(" ").slice(3).join(" ") || "defaults";
