// Questions of plugins, as dialogs of the page. Each says who asks: the title has the
// plugin's name.
import { html, render, useState } from "../vendored/preact-htm.js";
import { Form, startValues } from "./form.js";

let last = Promise.resolve();

// ask shows one question after the other; a closed one answers null.
export function ask(what, signal) {
  const answer = last.then(() => show(what, signal));
  last = answer.catch(() => {});
  return answer;
}

function show(what, signal) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const dialog = document.createElement("dialog");
    dialog.className = "ask";
    document.body.append(dialog);
    let answer = what.kind === "confirm" ? false : null;
    const done = (v) => {
      answer = v;
      dialog.close();
    };
    dialog.addEventListener("close", () => {
      render(null, dialog);
      dialog.remove();
      if (before && before.focus) before.focus();
      resolve(answer);
    });
    if (signal) signal.addEventListener("abort", () => dialog.close());
    render(html`<${Question} what=${what} done=${done} />`, dialog);
    dialog.setAttribute("aria-labelledby", "ask-title");
    dialog.showModal();
  });
}

function Question({ what, done }) {
  const [value, set] = useState(() => (what.kind === "form" ? startValues(what.form) : what.suggestion || ""));
  const submit = (e) => {
    e.preventDefault();
    switch (what.kind) {
      case "prompt": case "form": return done(value);
      case "files": return done(value === "" ? null : value);
      case "link": window.open(what.address, "_blank", "noopener,noreferrer"); return done(true);
      default: return done(true);
    }
  };
  const cancel = what.kind !== "alert";
  return html`<form onSubmit=${submit}>
    <h2 id="ask-title">${what.title || (what.kind === "link" ? "Open this address?" : "A question")}</h2>
    ${what.text && html`<p class="said">${what.text}</p>`}
    ${what.kind === "link" && html`<p class="said"><code>${what.address}</code></p>`}
    ${what.kind === "prompt" && html`<input type="text" aria-labelledby="ask-title" value=${value} onInput=${(e) => set(e.target.value)} autofocus />`}
    ${what.kind === "form" && html`<${Form} fields=${what.form} values=${value} set=${set} />`}
    ${what.kind === "files" && html`<input type="file" aria-labelledby="ask-title" multiple=${what.mode !== "single"} onChange=${(e) => set([...e.target.files])} />`}
    ${what.kind === "choose" ? html`<div class="row end">${what.answers.map((word, i) => html`<button type="button" class=${["main", ""][i] ?? "quiet"} autofocus=${i === 0} onClick=${() => done(i)}>${word}</button>`)}</div>` : html`<div class="row end">${cancel && html`<button type="button" class="quiet" onClick=${() => done(what.kind === "confirm" ? false : null)}>Cancel</button>`}
      <button class="main" autofocus=${what.kind !== "prompt"}>${what.kind === "confirm" ? "Yes" : what.kind === "link" ? "Open" : "OK"}</button></div>`}
  </form>`;
}

// toast is a note that goes away by itself.
export function toast(who, text, seconds = 4, level = "info") {
  let place = document.getElementById("toasts");
  if (!place) {
    place = document.createElement("div");
    place.id = "toasts";
    place.setAttribute("role", "status");
    place.popover = "manual";
    document.body.append(place);
  }
  const note = document.createElement("p");
  note.className = level;
  if (who) {
    const b = document.createElement("b");
    b.textContent = who + " ";
    note.append(b);
  }
  note.append(text);
  place.append(note);
  if (document.querySelector("dialog[open]") && place.matches(":popover-open")) place.hidePopover(); // above the dialog
  if (!place.matches(":popover-open")) place.showPopover();
  setTimeout(() => note.remove(), Math.min(Math.max(seconds || 4, 2), 30) * 1000);
}
