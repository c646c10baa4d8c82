// The desk holds the windows of plugins. A frame that is moved in the document starts
// anew, so windows stay where they were put and are arranged by style alone: on the desk,
// over all of the page (fullscreen), as a dialog over it (as_dialog), or in a tab of the
// browser (standalone).

import { freeze } from "./command.js";
import { openTab } from "./tab.js";

const UNIT = 30; // pixels of one unit of ImJoy's w and h

export class Desk {
  constructor(count) {
    this.element = el("div", "desk");
    this.count = count;
    this.windows = new Set();
    this.over = el("div"); // dialogs
    this.stage = false; // the page shows a window and nothing else: all of it is for the first
    this.unseen = false; // by nobody, so it opens no tabs
    document.body.append(this.over);
  }

  // place puts a window where it wants to be.
  async place(order, plugin) {
    if (order.mode !== "window") {
      const hidden = el("div", "unseen");
      hidden.append(plugin.frame);
      document.body.append(hidden);
      return null;
    }
    const { standalone, as_dialog, dialog, fullscreen } = this.stage && !this.windows.size ? {} : order.window;
    const asDialog = as_dialog || dialog;
    const tab = standalone && !asDialog && !this.unseen ? await openTab(order.window.title) : undefined;
    const w = new View(this, order, plugin, asDialog ? "dialog" : "section", tab);
    this.windows.add(w);
    (tab ? tab.document.body : asDialog ? this.over : this.element).append(w.element);
    if (fullscreen || standalone && asDialog) w.full(true);
    if (tab === null) w.say("no tab: the browser blocks them here");
    this.count(this.windows.size);
    w.hidden(false);
    if (!tab && !asDialog) w.element.scrollIntoView({ block: "nearest" });
    return w;
  }

  busy(plugin, by) {
    if (plugin.window) plugin.window.working((plugin.window.runs = (plugin.window.runs || 0) + by) > 0);
  }
}

class View {
  constructor(desk, order, plugin, name, tab) {
    this.desk = desk;
    this.dialog = name === "dialog";
    const { title, w = this.dialog ? 24 : 20, h = this.dialog ? 16 : 10 } = order.window;
    this.element = el(name, "window");
    this.element.setAttribute("aria-label", title);
    this.element.dataset.state = "loading";
    this.name = el("h2");
    this.name.textContent = title;
    this.hint = el("span", "hint");
    const full = button("quiet icon", "Full size", "⤢", () => this.full());
    const close = button("quiet icon", "Close", "×", () => plugin.close());
    const head = el("header");
    head.append(this.name, this.hint, full, close);
    this.note = el("div", "lack");
    this.note.hidden = true;
    this.element.append(head, this.note, plugin.frame);
    this.order = order;
    this.plugin = plugin;
    this.resize({ w, h });
    this.element.addEventListener("cancel", (e) => {
      e.preventDefault(); // its plugin says goodbye first
      plugin.close();
    });
    if (!tab) return;
    this.tab = tab;
    this.element.classList.add("alone");
    tab.addEventListener("pagehide", () => plugin.close(true));
  }

  // say stands beside the title.
  say(text) {
    this.aside = text;
    this.hint.textContent = text;
  }

  // state: loading, ready, failed, closing
  state(word, text, code) {
    this.element.dataset.state = word;
    this.hint.textContent = { loading: "loading…", failed: "failed", closing: "closing…" }[word] || this.aside || "";
    if (word === "failed") {
      this.failure = text;
      this.code = code;
      this.explain();
    }
  }

  working(yes) { this.element.classList.toggle("working", yes); }

  // lacks shows what could not be loaded, and what to do about it.
  lacks(list) {
    this.missing = list;
    this.explain();
  }

  explain() {
    const list = this.missing || [];
    this.note.replaceChildren();
    this.note.hidden = !this.failure && !list.length;
    if (this.note.hidden) return;
    const p = el("p");
    p.textContent = this.failure || "Some of what it loads is not here:";
    this.note.append(p);
    if (this.code) this.note.append(Object.assign(el("pre"), { textContent: this.code }));
    const untold = list.filter((m) => !(this.failure || "").includes(m.address));
    if (!untold.length) return;
    const ul = el("ul");
    for (const m of untold.slice(0, 20)) {
      const li = el("li");
      li.textContent = m.address;
      li.title = m.why;
      ul.append(li);
    }
    this.note.append(ul);
    const code = el("code");
    code.textContent = freeze(this.order.address);
    const last = el("p");
    last.append("Where there is a network, ", code, ` packs ${untold.length === 1 ? "it" : "them"} into the plugin.`);
    this.note.append(last);
  }

  resize({ w, h }) {
    const s = this.element.style;
    if (w > 0) s.setProperty("--w", String(this.dialog ? w : Math.min(w, 20)));
    if (h > 0) s.setProperty("--h", h * UNIT + "px");
  }

  full(yes = !this.element.classList.contains("full")) { this.element.classList.toggle("full", yes); }
  hidden(yes) {
    if (!this.dialog) this.element.hidden = yes;
    else if (yes) this.element.close();
    else if (!this.element.open) this.element.showModal();
  }
  focus() {
    this.hidden(false);
    if (this.tab) this.tab.focus();
    else this.element.scrollIntoView({ block: "nearest" });
  }
  raise() {
    for (const w of this.desk.windows) w.element.classList.toggle("front", w === this);
  }
  // keep leaves what went wrong on the desk, without the frame that is gone.
  keep() { this.plugin.frame.remove(); }
  remove() {
    if (this.dialog) this.element.close();
    this.element.remove();
    if (this.tab) this.tab.close();
    this.desk.windows.delete(this);
    this.desk.count(this.desk.windows.size);
  }
}

function el(name, className) {
  const e = document.createElement(name);
  if (className) e.className = className;
  return e;
}

function button(className, label, text, onclick) {
  const b = el("button", className);
  b.type = "button";
  b.title = label;
  b.setAttribute("aria-label", label);
  b.textContent = text;
  b.onclick = onclick;
  return b;
}
