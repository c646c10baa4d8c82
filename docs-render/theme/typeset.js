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
  // bring along; those mermaid made are taken out and put in place by script.
  const settle = (svg, shadow) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync([...svg.querySelectorAll("style")].map((s) => s.textContent).join("\n"));
    for (const style of svg.querySelectorAll("style")) style.remove();
    shadow.adoptedStyleSheets = [sheet];
    const waiting = [svg, ...svg.querySelectorAll("[style]")].map((element) => [element, element.getAttribute("style")]);
    for (const [element] of waiting) element.removeAttribute("style");
    shadow.append(document.importNode(svg, true));
    const placed = [shadow.lastElementChild, ...shadow.lastElementChild.querySelectorAll("*")];
    const originals = [svg, ...svg.querySelectorAll("*")];
    for (const [element, style] of waiting) if (style) placed[originals.indexOf(element)].style.cssText = style;
  };

  let drawn = 0;
  const draw = async (pre) => {
    await script("mermaid.js");
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark" ||
      (document.documentElement.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    mermaid.initialize({
      startOnLoad: false, securityLevel: "strict", suppressErrorRendering: true, theme: dark ? "dark" : "neutral",
      fontFamily: getComputedStyle(document.body).fontFamily, htmlLabels: false, flowchart: { htmlLabels: false }, class: { htmlLabels: false }, maxTextSize: 20000, maxEdges: 300,
    });
    const text = pre.diagram ?? pre.textContent;
    try {
      const answer = await mermaid.render("drawing-" + ++drawn, text);
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
