// Formulas and diagrams: what authors wrote is on the page as text, and becomes a
// formula or a drawing when it comes near the screen. The programs that do it are
// files of this site, fetched by pages that need them.
"use strict";
(() => {
  const base = document.currentScript.src.replace(/[^/]*$/, "");
  const loaded = new Map();
  const script = (name) => {
    if (!loaded.has(name)) {
      loaded.set(name, new Promise((done, failed) => {
        const element = document.createElement("script");
        element.src = base + name;
        element.addEventListener("load", done);
        element.addEventListener("error", failed);
        document.head.append(element);
      }));
    }
    return loaded.get(name);
  };

  const formula = async (element) => {
    const block = element.localName === "pre";
    const text = element.textContent;
    if (!document.querySelector("link[data-katex]")) {
      const sheet = document.createElement("link");
      sheet.rel = "stylesheet";
      sheet.href = base + "katex.css";
      sheet.dataset.katex = "";
      document.head.append(sheet);
    }
    await script("katex.js");
    const box = document.createElement(block ? "div" : "span");
    box.className = "formula";
    try {
      katex.render(text, box, { displayMode: block, trust: false, strict: "ignore", maxSize: 50, maxExpand: 500 });
      element.replaceWith(box);
    } catch (problem) {
      element.title = problem.message;
    }
  };

  // Styles inside of a drawing are forbidden to the page like any that a plugin could
  // bring along, and the browser reports each. While mermaid works, those it makes are put
  // in place by script, which is allowed: a style element becomes a sheet of its own and
  // leaves its text in another element, a style attribute becomes a property. In texts
  // that it reads again the attributes have another name.
  const styled = async (work) => {
    const { createElement, createElementNS } = document;
    const { setAttribute } = Element.prototype;
    const { parseFromString } = DOMParser.prototype;
    const sheets = new Set();
    const style = () => {
      const element = createElementNS.call(document, "http://www.w3.org/2000/svg", "desc");
      const sheet = new CSSStyleSheet();
      sheets.add(sheet);
      element.dataset.sheet = "";
      const content = { set(text) {
        element.replaceChildren(text);
        sheet.replaceSync(text);
        if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);
      } };
      return Object.defineProperties(element, { innerHTML: content, textContent: content });
    };
    document.createElement = (name, ...more) => (name === "style" ? style() : createElement.call(document, name, ...more));
    document.createElementNS = (space, name, ...more) => (name === "style" ? style() : createElementNS.call(document, space, name, ...more));
    Element.prototype.setAttribute = function (name, value) {
      if (name === "style" && this.style) this.style.cssText = value;
      else setAttribute.call(this, name, value);
    };
    DOMParser.prototype.parseFromString = function (text, type) {
      const renamed = String(text).replace(/<[a-z][^\s/>]*(?:\s+[^\s=/>]+(?:="[^"]*")?)*/gi, (tag) => tag.replace(/(\s)style="/gi, '$1data-style="'));
      return parseFromString.call(this, renamed, type);
    };
    try {
      return await work();
    } finally {
      delete document.createElement;
      delete document.createElementNS;
      Element.prototype.setAttribute = setAttribute;
      DOMParser.prototype.parseFromString = parseFromString;
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => !sheets.has(sheet));
    }
  };

  // settle puts a drawing onto the page, with its styles.
  const settle = (svg, shadow) => {
    const sheet = new CSSStyleSheet();
    const texts = [...svg.querySelectorAll("desc[data-sheet]")];
    sheet.replaceSync(texts.map((t) => t.textContent).join("\n"));
    for (const t of texts) t.remove();
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(document.importNode(svg, true));
    for (const element of shadow.querySelectorAll("[data-style]")) {
      element.style.cssText = element.dataset.style;
      delete element.dataset.style;
    }
  };

  let drawn = 0;
  let turn = Promise.resolve(); // one drawing after the other
  const draw = (pre) => (turn = turn.then(() => drawing(pre)).catch(() => {})); // it stays text
  const drawing = async (pre) => {
    await script("mermaid.js");
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark" ||
      (document.documentElement.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    mermaid.initialize({
      startOnLoad: false, securityLevel: "strict", suppressErrorRendering: true, theme: dark ? "dark" : "neutral",
      fontFamily: getComputedStyle(document.body).fontFamily, htmlLabels: false, flowchart: { htmlLabels: false }, class: { htmlLabels: false }, maxTextSize: 20000, maxEdges: 300,
    });
    const text = pre.diagram ?? pre.textContent;
    try {
      const answer = await styled(() => mermaid.render("drawing-" + ++drawn, text));
      const svg = new DOMParser().parseFromString(answer.svg, "image/svg+xml").documentElement;
      const box = document.createElement("div");
      box.className = "diagram";
      box.dataset.theme = dark ? "dark" : "light";
      box.setAttribute("role", "img");
      box.setAttribute("aria-label", "Diagram: " + text.trim().replace(/\s+/g, " ").slice(0, 300));
      settle(svg, box.attachShadow({ mode: "open" }));
      box.diagram = text;
      pre.replaceWith(box);
    } catch (problem) {
      pre.title = problem.message;
    }
  };

  // What comes near the screen is set at once, the rest when there is time: then it is
  // there when somebody prints.
  const waiting = new Set(document.querySelectorAll("main .docs :is(code.math, pre.math, pre.mermaid)"));
  const set = async (element) => {
    if (!waiting.delete(element)) return;
    await (element.classList.contains("mermaid") ? draw : formula)(element);
    dispatchEvent(new Event("imjoy-set"));
  };
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) set(entry.target);
  }, { rootMargin: "600px" });
  for (const element of waiting) seen.observe(element);
  const idle = self.requestIdleCallback ?? ((act) => setTimeout(act, 200));
  const rest = async () => {
    const [element] = waiting;
    if (!element) return;
    await set(element);
    idle(rest);
  };
  addEventListener("load", () => idle(rest));
  addEventListener("imjoy-theme", () => { for (const box of document.querySelectorAll("div.diagram")) draw(box); });
})();
