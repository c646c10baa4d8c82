// The page: connects to the host, holds the plugins that live here, and draws.
import { h, html, render, useState, useEffect, useRef, useMemo } from "../vendored/preact-htm.js";
import { Socket } from "./socket.js";
import { Peer } from "./peer.js";
import { Plugin } from "./plugin.js";
import { WorkerPlugin } from "./worker.js";
import { Desk } from "./desk.js";
import { ask, toast } from "./dialogs.js";
import { Form, startValues } from "./form.js";
import { Value, save } from "./result.js";
import { placeFor, onlyMember } from "./inputs.js";
import { Answer, answerOf, given } from "./chain.js";
import { Chain, Steps, Answers, Resume, isWorkflow } from "./workflow.js";
import { Remembered, plainOnly } from "./remember.js";
import { Ops } from "./ops.js";
import { History, duration } from "./history.js";

// The token comes in the fragment, which is never sent. It stays in memory and not in the
// address. So that a reload works the tab keeps a ticket of the host, which is good for
// nothing while this page is connected.
const token = location.hash.slice(1);
if (token) history.replaceState(null, "", "/");
const ticket = sessionStorage.getItem("ticket") || "";

const plugins = new Map(); // by channel
const listeners = new Set();
const state = { connected: false, refused: false, hello: null, list: [], events: [], runs: [], status: "", progress: null, windows: 0 };
const change = (part) => {
  Object.assign(state, part);
  for (const f of listeners) f();
};

const desk = new Desk((n) => change({ windows: n }));
const page = {
  place: (order, plugin) => desk.place(order, plugin),
  busy: (plugin, by) => desk.busy(plugin, by),
  say: (event) => hear(event),
};

const socket = new Socket(token ? { token } : { ticket }, {
  onframe(channel, frame) {
    if (channel === 0) return control.receive(frame);
    const plugin = plugins.get(channel);
    if (plugin) plugin.peer.receive(frame);
  },
  onclose(why) {
    for (const plugin of plugins.values()) plugin.end("the host is gone");
    plugins.clear();
    change({ connected: false, refused: why === "token" || !(token || ticket) });
    document.documentElement.dataset.connected = "no";
  },
});

const control = new Peer((frame) => socket.send(0, frame), {
  async call(method, [what], signal) {
    switch (method) {
      case "dialog": return ask(what, signal);
      case "show": return void showData(what);
      case "save": return void save(what.name, what.data);
    }
    throw new Error(`the page has no ${method}`);
  },
  notify(method, [what]) {
    switch (method) {
      case "plugin.open":
        return void plugins.set(what.channel, new (what.worker ? WorkerPlugin : Plugin)(what, (frame) => socket.send(what.channel, frame), page));
      case "plugin.close": {
        const plugin = plugins.get(what.channel);
        plugins.delete(what.channel);
        return plugin && plugin.end("the host ended it");
      }
      case "plugin.missing": {
        const plugin = plugins.get(what.channel);
        return plugin && plugin.miss && plugin.miss(what.address, what.why);
      }
      case "ticket": return sessionStorage.setItem("ticket", what);
      case "event": return hear(what.event, what.job);
      case "answer": return answered(what);
      case "plugins": return void load();
    }
  },
});
page.control = control;

// hear takes what plugins say: progress and status to the bar, messages to a note, all
// of it to the log.
function hear(event, job) {
  switch (event.kind) {
    case "step": return step(event, job);
    case "progress": return change({ progress: event.progress >= 1 ? null : event.progress });
    case "status": change({ status: event.text }); break;
    case "message": toast(event.plugin, event.text, event.seconds); break;
    case "unhandled": toast(event.plugin, event.text, 8, "error"); break;
  }
  if (!event.text) return;
  change({ events: [...state.events.slice(-999), { ...event, job, at: new Date() }] });
}

// step says which step of a workflow runs.
function step(event, job) {
  const run = state.runs.find((r) => String(r.id) === job);
  if (run && !run.done) run.step = event.text;
  change({ runs: [...state.runs], status: event.text, progress: event.progress });
}

// answered takes what one step of a workflow answered: it stays when a later one fails.
function answered({ job, resume, step }) {
  const run = state.runs.find((r) => String(r.id) === job);
  if (!run) return;
  Object.assign(run, { steps: [...(run.steps || []), step], resume });
  change({ runs: [...state.runs] });
}

const host = (what, about) => control.call("ask", [{ what, about }]);

const remembered = new Remembered((what) => state.connected && host("workspace.keep", what).catch(problem));
addEventListener("pagehide", () => remembered.timer && remembered.flush());
listeners.add(() => {
  if (!remembered.ready) return;
  const shown = state.runs.filter((r) => r.kept && !r.window).map((r) => r.kept);
  // Of the runs that opened a window, the newest ones have those that are still there.
  const there = {};
  for (const p of plugins.values()) if (p.order && p.order.mode === "window") there[p.order.name] = (there[p.order.name] || 0) + 1;
  const windows = state.runs.filter((r) => r.opened && (!r.done || there[r.plugin.name]-- > 0)).map((r) => ({ plugin: r.plugin.id, hash: r.plugin.hash, tag: r.tag, config: plainOnly(r.config) }));
  remembered.set({ runs: shown.slice(0, MOST_SHOWN), windows: windows.slice(0, MOST_WINDOWS).reverse() });
});
const MOST_SHOWN = 12; // results, and windows, that come again with the page
const MOST_WINDOWS = 8;

// restore brings back what the workspace looked like.
async function restore() {
  const what = remembered.read(await host("workspace"));
  if (what.theme) document.documentElement.dataset.theme = what.theme;
  const plugin = (id) => state.list.find((p) => p.id === id);
  change({ restored: what });
  for (const { plugin: id, hash, tag, config } of what.windows) {
    const p = plugin(id);
    if (p && p.hash === hash && !p.fault) start(p, tag, config, undefined); // not of another text than the person opened
  }
  if (!what.runs.length) return;
  const history = await host("history");
  for (const id of [...what.runs].reverse()) {
    const entry = history.find((e) => e.id === id);
    if (entry && entry.kept) await host("run", id).then((run) => reopen(plugin(entry.plugin), entry, run), () => {});
  }
}

async function load() {
  change({ list: await control.call("plugins") });
}

function showData(window) {
  const run = { id: nextRun++, name: window.name || window.type || "result", value: window.data, done: true, at: new Date() };
  change({ runs: [run, ...state.runs] });
}

let nextRun = 1;

// start runs a plugin; chosen is its data, where answers of earlier runs may be. resume
// names a run of a workflow that failed: its first steps have their answers.
async function start(plugin, tag, config, chosen, op, resume) {
  const stop = new AbortController();
  const data = given(chosen);
  const run = { id: nextRun++, plugin, op, name: nameOf(plugin.name, op), tag, config, given: chosen, at: new Date(), stop: () => stop.abort() };
  if (plugin.type === "window" && !op) Object.assign(run, { window: true, opened: true });
  const update = (part) => {
    Object.assign(run, part);
    change({ runs: [...state.runs] });
  };
  change({ runs: [run, ...state.runs], status: "", progress: null });
  const began = performance.now();
  try {
    const answer = await control.call("run", [{ id: String(run.id), plugin: plugin.id, tag, op, config, data: resume ? undefined : data, resume }], stop.signal);
    update({ done: true, value: answer.value, notes: answer.notes || [], command: answer.command, kept: answer.kept, took: performance.now() - began });
  } catch (err) {
    update({ done: true, error: err, took: performance.now() - began });
  }
  change(plugin.type === "workflow" ? { progress: null, status: "" } : { progress: null });
  return run;
}

const nameOf = (plugin, op) => (op ? `${plugin}: ${op}` : plugin);

// reopen shows a run that the host kept as if it had just ended.
function reopen(plugin, entry, { config, data, value, error, code, steps }) {
  const run = {
    id: nextRun++, plugin, op: entry.op, name: nameOf(entry.name, entry.op), tag: entry.tag || "", config: config || {}, given: data === null ? undefined : data, done: true, kept: entry.id,
    at: new Date(entry.at), took: entry.milliseconds, command: entry.command, value, steps: steps || undefined, error: error && Object.assign(new Error(error), { code }),
  };
  change({ runs: [run, ...state.runs] });
}

// A command names files that were chosen here as ./NAME.
const copy = (command) => navigator.clipboard.writeText(command).then(
  () => /[ =]'?\.\//.test(command) ? toast("", "Copied the command. The page does not know where your files lie: put their folder in place of the dot in ./", 10) : toast("", "Copied the command"), problem);
const problem = (err) => toast("", err.message, 8, "error");

function useStore() {
  const [, tick] = useState(0);
  useEffect(() => {
    const f = () => tick((n) => n + 1);
    listeners.add(f);
    return () => listeners.delete(f);
  }, []);
  return state;
}

function App() {
  const s = useStore();
  const [selected, choose] = useState(null);
  const [log, openLog] = useState(false);
  const select = (id) => {
    choose(id);
    remembered.set({ selected: id });
    if (narrow.matches) scrollTo(0, 0);
  };
  const showLog = (open) => {
    openLog(open);
    remembered.set({ log: open });
  };
  useEffect(() => {
    if (!s.restored) return;
    choose((now) => now || s.restored.selected || null); // a person may have been quicker
    openLog((now) => now || Boolean(s.restored.log) && !narrow.matches); // there it covers everything
  }, [s.restored]);
  useEffect(() => { chooseFor = (r, id) => { select(id); change({ next: r }); }; }, []);
  const [dropped, drop] = useState(null);
  const plugin = s.list.find((p) => p.id === selected);
  useEffect(() => {
    const over = (e) => e.preventDefault();
    const dropIt = (e) => {
      e.preventDefault();
      const files = [...e.dataTransfer.files];
      if (isWorkflow(files)) bring(files[0]).then((id) => (id ? select(id) : drop(files)));
      else if (files.length) drop(files);
    };
    addEventListener("dragover", over);
    addEventListener("drop", dropIt);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("drop", dropIt);
    };
  }, []);
  if (s.refused) return html`<${Refused} />`;
  if (s.hello && s.hello.mode === "window") return html`<main id="stage" class=${"stage" + (s.hello.bare ? " bare" : "")}><h1 class="unseen">${s.hello.title}</h1><${DeskPlace} /><${Bar} s=${s} /></main>`;
  return html`
    <header class="top">
      <a class="brand" href="/" onClick=${(e) => { e.preventDefault(); select(null); }}><img src="/icon.svg" alt="" width="26" height="26" />ImJoy</a>
      <span class="where">${s.hello && s.hello.title}</span>
      <span class="grow"></span>
      ${s.hello && s.hello.docs && html`<a class="quiet" href="/docs/" target="_blank">Docs</a>`}
      <button class="quiet" aria-expanded=${log} aria-controls="log" onClick=${() => showLog(!log)}>Log${s.events.length ? html` <span class="count">${s.events.length}</span>` : ""}</button>
      <${Theme} />
    </header>
    <div class=${"body" + (plugin ? " chosen" : "")}>
      <${List} s=${s} selected=${selected} select=${select} />
      <main>
        <div class="slot">${plugin && html`<button class="quiet back" onClick=${() => select(null)}>‹ All plugins</button>`}${dropped && html`<${Dropped} files=${dropped} s=${s} close=${() => drop(null)} choose=${(p) => { select(p.id); }} />`}
        ${plugin ? html`<${Panel} key=${plugin.id + plugin.hash} plugin=${plugin} dropped=${dropped} used=${() => drop(null)} />` : html`<${Welcome} s=${s} />`}</div>
        <${DeskPlace} />
        <${Runs} s=${s} select=${select} />
        ${plugin && html`<${History} key=${plugin.id} plugin=${plugin} runs=${s.runs} copy=${copy} problem=${problem}
          read=${host}
          open=${(entry, run) => reopen(plugin, entry, run)} again=${(entry, run) => start(plugin, entry.tag || "", run.config || {}, run.data === null ? undefined : run.data, entry.op)} />`}
      </main>
    </div>
    ${log && html`<${Log} s=${s} close=${() => showLog(false)} />`}
    <${Bar} s=${s} />`;
}

const narrow = matchMedia("(max-width: 46rem)");
let chooseFor = () => {};

// bring opens a workflow that was dropped, and answers its id; other YAML is a file.
async function bring(file) {
  try {
    const id = await host("workflow.bring", { name: file.name, text: await file.text() });
    await load();
    return id;
  } catch (err) {
    if (/is no workflow/.test(err.message) && !/workflow/i.test(file.name)) return null;
    problem(err);
    return null;
  }
}

function Refused() {
  return html`<main class="lone"><img src="/icon.svg" alt="" width="56" height="56" />
    <h1>${token || ticket ? "This page is from an earlier session" : "Open the whole address"}</h1>
    <p>The workspace opens only with the address that <code>imjoy serve</code> printed in your terminal, with everything behind the <code>#</code>. It is new each time.</p></main>`;
}

function Theme() {
  const s = useStore();
  const [dark, choose] = useState("");
  useEffect(() => { if (s.restored && s.restored.theme) choose(s.restored.theme); }, [s.restored]);
  useEffect(() => { document.documentElement.dataset.theme = dark; }, [dark]);
  const set = (theme) => {
    choose(theme);
    remembered.set({ theme });
  };
  const isDark = dark ? dark === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  return html`<button class="quiet icon" title=${isDark ? "Light colours" : "Dark colours"} aria-label=${isDark ? "Light colours" : "Dark colours"} onClick=${() => set(isDark ? "light" : "dark")}>
    <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">${isDark
      ? html`<circle cx="12" cy="12" r="4.5" fill="none" stroke="currentColor" stroke-width="2"/><path d="M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2" stroke="currentColor" stroke-width="2" stroke-linecap="round"/>`
      : html`<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/>`}</svg></button>`;
}

const kinds = { workflow: "workflow", window: "window", "web-worker": "JavaScript", "native-python": "Python", "web-python": "Python", iframe: "JavaScript" };

function List({ s, selected, select }) {
  const [text, set] = useState("");
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = s.list.filter((p) => {
    const all = [p.name, p.description, p.type, ...(p.labels || []), ...(p.tags || [])].join(" ").toLowerCase();
    return words.every((w) => all.includes(w));
  });
  return html`<nav class="list" aria-label="Plugins">
    <input type="search" placeholder="Search plugins" aria-label="Search plugins" value=${text} onInput=${(e) => set(e.target.value)} />
    <ul>${shown.map((p) => html`<li key=${p.id}>
      <button class=${"item" + (p.fault ? " broken" : "")} aria-current=${p.id === selected ? "true" : "false"} onClick=${() => select(p.id)}>
        <${Icon} plugin=${p} /><span class="text"><b>${p.name}</b>
        <span class="line"><small>${p.fault ? "cannot run" : p.description || p.from}</small><span class="kind">${kinds[p.type] || p.type}</span></span></span></button></li>`)}</ul>
    ${!shown.length && html`<p class="none">${s.list.length ? "Nothing matches." : s.connected ? "No plugins here yet." : "Connecting…"}</p>`}
  </nav>`;
}

// An icon is a name of a font, an emoji, or an address; only the emoji can be shown
// without asking another host, so the others are letters.
function Icon({ plugin }) {
  const emoji = plugin.icon && /\p{Extended_Pictographic}/u.test(plugin.icon);
  const hue = [...plugin.name].reduce((n, c) => (n * 31 + c.codePointAt(0)) % 360, 7);
  const node = useRef();
  useEffect(() => { node.current.style.setProperty("--hue", hue); }, [hue]);
  return html`<span ref=${node} class=${"glyph" + (emoji ? " emoji" : "")} aria-hidden="true">${emoji ? plugin.icon : ([...plugin.name][0] || "?").toUpperCase()}</span>`;
}

function Welcome({ s }) {
  if (s.windows || s.runs.length) return null;
  return html`<section class="welcome"><h1>What shall we do?</h1>
    <p>Choose a plugin, or drop a file anywhere: plugins that take it are offered. Everything stays on this machine.</p></section>`;
}

function Dropped({ files, s, close, choose }) {
  const fitting = s.list.filter((p) => placeFor(p, files) !== undefined);
  const names = files.length === 1 ? files[0].name : `${files.length} files`;
  return html`<section class="card drop" aria-live="polite"><h2>${names}</h2>
    ${fitting.length
      ? html`<p>These plugins take it:</p><div class="row">${fitting.map((p) => html`<button onClick=${() => choose(p)}>${p.name}</button>`)}<button class="quiet" onClick=${close}>Cancel</button></div>`
      : html`<p>No plugin here says that it takes such a file.</p><button class="quiet" onClick=${close}>Close</button>`}</section>`;
}

function Panel({ plugin, dropped, used }) {
  const s = useStore();
  const before = useMemo(() => remembered.form(plugin.id), []);
  const [tag, setTag] = useState((plugin.tags || []).includes(before.tag) ? before.tag : (plugin.tags || [])[0] || "");
  const [values, set] = useState(() => ({ ...startValues(plugin.form), ...known(plugin.form, before.values) }));
  const [data, setData] = useState(undefined);
  const [parts, setParts] = useState(() => ({ ...startValues(plugin.data), ...known(plugin.data, before.parts) }));
  const [busy, setBusy] = useState(false);
  const [docs, setDocs] = useState("");
  useEffect(() => void (s.hello.docs && host("docs", plugin.id).then(setDocs, () => {})), []);
  const put = (key, v) => (key ? setParts((all) => ({ ...all, [key]: v })) : setData(v));
  // take puts an answer where the plugin takes such a thing.
  const take = (answer) => put(onlyMember(plugin, answer instanceof Answer ? answer.value : answer), answer);
  useEffect(() => {
    const key = dropped ? placeFor(plugin, dropped) : undefined;
    if (key === undefined) return;
    put(key, dropped.length === 1 ? dropped[0] : dropped);
    used();
  }, [dropped]);
  useEffect(() => {
    if (!s.next) return;
    take(answerOf(s.next));
    change({ next: null });
  }, [s.next]);
  useEffect(() => remembered.setForm(plugin.id, { tag, values: plainOnly(values), parts: plainOnly(parts) }), [tag, values, parts]);
  const failed = plugin.type === "workflow" && s.runs.filter((r) => r.done && r.plugin && r.plugin.id === plugin.id).slice(0, 1).find((r) => r.error);
  const run = async (e) => {
    e.preventDefault();
    setBusy(true);
    const filled = Object.values(parts).some((v) => v !== undefined && v !== null);
    await start(plugin, tag, values, data !== undefined || !plugin.data || (plugin.type === "workflow" && !filled) ? data : parts);
    setBusy(false);
  };
  return html`<form class="card panel" onSubmit=${run} aria-label=${plugin.name}>
    <div class="head"><${Icon} plugin=${plugin} /><div><h1>${plugin.name} ${plugin.version && html`<small>${plugin.version}</small>`}</h1><p>${plugin.description}</p></div>
      ${docs && html`<a class="quiet docs" href=${docs} target="_blank" aria-label=${"Docs of " + plugin.name}>Docs</a>`}</div>
    <${Steps} steps=${plugin.steps} />
    ${plugin.fault ? html`<p class="fault">${plugin.fault}</p>` : html`
      ${(plugin.tags || []).length > 1 && html`<label class="field"><span>Tag</span><select value=${tag} onChange=${(e) => setTag(e.target.value)}>${plugin.tags.map((t) => html`<option value=${t}>${t}</option>`)}</select></label>`}
      <${Form} fields=${plugin.form} values=${values} set=${set} />
      ${data === undefined && html`<${Form} fields=${plugin.data} values=${parts} set=${setParts} />`}
      ${data === undefined && plugin.data && plugin.type === "workflow" && html`<div class="field hint"><small>Left empty, it works on what the workflow says.</small></div>`}
      <${Data} plugin=${plugin} data=${data} set=${setData} take=${take} />
      <div class="row"><button class="main" disabled=${busy || !plugin.runnable}>${plugin.type === "window" ? "Open" : busy ? "Running…" : "Run"}</button>
        ${failed && html`<${Resume} run=${failed} go=${() => start(plugin, tag, values, failed.given, undefined, failed.resume)} />`}
        <small class="from" title=${plugin.hash}>${plugin.from}</small></div>`}
  </form>
  ${!plugin.fault && plugin.runnable && plugin.type !== "workflow" && html`<${Ops} key=${tag} Data=${Data} problem=${problem} run=${(op, config, data) => start(plugin, tag, config, data, op)}
    list=${() => control.call("ask", [{ what: "operators", about: { plugin: plugin.id, tag } }])} />`}`;
}

// known are the values of fields that a form still has.
function known(fields, values) {
  return Object.fromEntries(Object.entries(values || {}).filter(([key]) => (fields || []).some((f) => f.key === key)));
}

// Data is what the plugin works on: a file, or the result of an earlier run. Where the form
// has a field for each part of it, only such a result is left to choose; a plugin that says
// nothing of its data shows what a result's next step gave it, which an op (any) has not.
function Data({ plugin, data, set, take = set, any }) {
  const s = useStore();
  const results = s.runs.filter((r) => r.done && !r.error && r.value !== undefined && r.value !== null && !r.window);
  const input = useRef();
  const fields = plugin.data && data === undefined;
  const wants = plugin.type === "workflow" || (any && results.length > 0) || (plugin.inputs && Object.keys(plugin.inputs).length > 0);
  if (data === undefined && (!wants || (fields && !results.length))) return null;
  const name = data === undefined ? (plugin.type === "workflow" ? "what the workflow says" : "nothing") : data instanceof Answer ? `result of ${data.run.name}` : data instanceof File ? data.name : Array.isArray(data) && data[0] instanceof File ? `${data.length} files` : "a result";
  return html`<div class="field data"><span id="data-label">${fields ? "From a run" : "Data"}</span><div class="row" role="group" aria-labelledby="data-label">
    ${!fields && html`<output>${name}</output>
    <button type="button" onClick=${() => input.current.click()}>Choose a file</button>`}
    <input ref=${input} type="file" multiple hidden aria-label="File" onChange=${(e) => set(e.target.files.length === 1 ? e.target.files[0] : [...e.target.files])} />
    ${results.length > 0 && html`<select aria-label="Result of an earlier run" value="" onChange=${(e) => { const r = results.find((x) => x.id === Number(e.target.value)); if (r) take(answerOf(r)); }}>
      <option value="">Result of…</option>${results.map((r) => html`<option value=${r.id}>${r.name}, ${r.at.toLocaleTimeString()}</option>`)}</select>`}
    ${data !== undefined && html`<button type="button" class="quiet" onClick=${() => set(undefined)}>Remove</button>`}
  </div></div>`;
}

function Runs({ s }) {
  return html`<div class="runs" aria-live="polite">${s.runs.map((r) => html`<${Run} key=${r.id} run=${r} />`)}</div>`;
}

function Run({ run }) {
  if (run.window && run.done && !run.error && (run.value === null || run.value === undefined)) return null;
  const forget = () => change({ runs: state.runs.filter((r) => r !== run) });
  return html`<section class=${"card run" + (run.error ? " failed" : "")} aria-label=${`Run of ${run.name}`}>
    <div class="head"><h2>${run.name}</h2><small>${run.at.toLocaleTimeString()}${run.took ? `, ${duration(run.took)}` : ""}</small><span class="grow"></span>
      ${run.command && html`<button class="quiet" onClick=${() => copy(run.command)}>Copy as command</button>`}
      ${run.done ? run.plugin && html`<button class="quiet" onClick=${() => start(run.plugin, run.tag, run.config, run.given, run.op)}>Again</button>` : html`<button onClick=${run.stop}>Cancel</button>`}
      ${run.done && html`<button class="quiet icon" aria-label="Remove this result" onClick=${forget}>×</button>`}</div>
    ${!run.done ? html`<p class="working"><span class="spin" aria-hidden="true"></span> ${run.step || "running"}</p><${Answers} steps=${run.steps} duration=${duration} />`
      : run.error ? html`<p class="fault">${run.step && html`<b>${run.step}</b><br />`}${run.error.name !== "Error" && html`<b>${run.error.name}: </b>`}${run.error.message}</p>${run.error.code && html`<pre class="code" tabindex="0" aria-label="Where it was">${run.error.code}</pre>`}
        <${Answers} steps=${run.steps} duration=${duration} />
        <${Resume} run=${run} go=${() => start(run.plugin, run.tag, run.config, run.given, run.op, run.resume)} />`
      : html`${(run.notes || []).map((n) => html`<p class="note">${n}</p>`)}<${Answers} steps=${run.steps} duration=${duration} /><${Value} value=${run.value} />
        <div class="after"><${Chain} run=${run} host=${host} problem=${problem} /><${Next} run=${run} /></div>`}
  </section>`;
}

// Next gives a result to another plugin.
function Next({ run }) {
  const s = useStore();
  if (run.value === null || run.value === undefined || run.window) return null;
  const others = s.list.filter((p) => !p.fault && p.runnable && p.type !== "workflow");
  return html`<label class="next"><span>Next step</span> <select value="" onChange=${(e) => { if (e.target.value) chooseFor(run, e.target.value); e.target.value = ""; }}>
    <option value="">with this result…</option>${others.map((p) => html`<option value=${p.id}>${p.name}</option>`)}</select></label>`;
}

// DeskPlace holds the windows. What stands before it comes and goes inside of one
// element: a frame that is moved in the document is loaded anew, and forgets its plugin.
function DeskPlace() {
  const node = useRef();
  useEffect(() => { node.current.append(desk.element); }, []);
  return html`<div ref=${node} class="desk-place"></div>`;
}

function Log({ s, close }) {
  const end = useRef();
  useEffect(() => { if (end.current) end.current.scrollTop = end.current.scrollHeight; }, [s.events.length]);
  return html`<aside id="log" class="log" aria-label="Log"><div class="head"><h2>Log</h2><span class="grow"></span><button class="quiet" onClick=${() => change({ events: [] })}>Clear</button><button class="quiet icon" aria-label="Close the log" onClick=${close}>×</button></div>
    ${!s.events.length && html`<p class="none">Nothing was said yet. What plugins print and log stands here.</p>`}
    <ol ref=${end} tabindex="0">${s.events.map((e) => html`<li class=${e.level}><time>${e.at.toLocaleTimeString()}</time><b>${e.plugin}</b> <span>${e.text}</span></li>`)}</ol></aside>`;
}

function Bar({ s }) {
  if (!s.status && s.progress === null && (s.connected || !s.hello)) return null;
  return html`<footer class="bar" role="status">${!s.connected && s.hello ? html`<b>The host has gone. Start it again and open its new address.</b>` : html`<span>${s.status}</span>${s.progress !== null && html`<progress value=${s.progress} max="1" aria-label="Progress"></progress>`}`}</footer>`;
}

render(html`<${App} />`, document.getElementById("app"));
socket.open.then(async () => {
  const hello = await control.call("ask", [{ what: "hello" }]);
  document.title = hello.title ? `${hello.title} – ImJoy` : "ImJoy";
  document.documentElement.dataset.connected = "yes";
  Object.assign(desk, { stage: hello.mode === "window", unseen: Boolean(hello.bare) });
  change({ connected: true, hello });
  if (hello.mode !== "window") {
    await load();
    restore().catch(problem);
  }
  control.notify("ready");
}).catch(() => {});
addEventListener("focus", () => state.connected && control.notify("use"));
