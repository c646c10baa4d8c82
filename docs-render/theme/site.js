// What pages do on top of being readable: theme, copy buttons, search and filters,
// the current section in the table of contents. Elements are looked up by class
// inside of the page's own landmarks, and text is only ever set as text.
"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];

  // Theme
  const toggle = document.querySelector("header.top button.theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const show = () => toggle.setAttribute("aria-pressed", String(dark()));
  if (toggle) {
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      try { localStorage.setItem("imjoy-docs-theme", root.dataset.theme); } catch { /* not kept */ }
      show();
      dispatchEvent(new Event("imjoy-theme"));
    });
    system.addEventListener("change", show);
    show();
  }

  // Copy buttons
  const copyText = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "unseen";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  };
  const addCopy = (box, text, label) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", label);
    button.addEventListener("click", async () => {
      button.textContent = (await copyText(text())) ? "Copied" : "Press Ctrl+C";
      setTimeout(() => { button.textContent = "Copy"; }, 1600);
    });
    box.append(button);
  };
  const holderOf = (pre) => {
    const holder = document.createElement("div");
    holder.className = "holder";
    pre.replaceWith(holder);
    holder.append(pre);
    return holder;
  };
  for (const pre of all("main pre.code:not(.numbered)")) {
    const lines = all(".command", pre);
    if (lines.length === 0) addCopy(holderOf(pre), () => pre.textContent, "Copy code");
    for (const line of lines) {
      const command = line.textContent;
      addCopy(line, () => command, "Copy " + command);
    }
  }
  const listing = document.querySelector("main > .listing");
  if (listing && !listing.querySelector(".more")) { // all of the file is there
    const text = () => all(".row > span", listing).map((row) => row.textContent).join("\n");
    addCopy(holderOf(listing), text, "Copy the file");
  }

  // The section being read
  const entries = all("aside.side .toc a");
  if (entries.length && "IntersectionObserver" in window) {
    const byID = new Map(entries.map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
    const observer = new IntersectionObserver((seen) => {
      for (const one of seen) {
        if (!one.isIntersecting) continue;
        for (const a of entries) a.removeAttribute("aria-current");
        byID.get(one.target.id).setAttribute("aria-current", "true");
      }
    }, { rootMargin: "0px 0px -75% 0px" });
    for (const id of byID.keys()) {
      const target = document.getElementById(id);
      if (target) observer.observe(target);
    }
  }
  for (const link of all("details.contents .toc a")) {
    link.addEventListener("click", () => { link.closest("details").open = false; });
  }

  // What scrolls can be scrolled by keys, and nothing else is stepped on.
  const reach = () => {
    for (const box of all("main :is(pre, div.wide, div.formula, div.diagram, div.listing, div.covers)")) {
      if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  addEventListener("load", reach);
  addEventListener("resize", reach);
  addEventListener("imjoy-set", reach);

  // What is folded is printed too, and folded again.
  const folded = () => all("main details:not([open], .contents)");
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = folded();
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => { for (const details of opened) details.open = false; });

  // From every page "/" leads to the search.
  const find = document.querySelector("header.top a.find");
  const typing = (element) => /^(INPUT|TEXTAREA|SELECT)$/.test(element?.tagName);
  const slash = (act) => document.addEventListener("keydown", (e) => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || typing(document.activeElement)) return;
    e.preventDefault();
    act();
  });
  if (find) {
    find.hidden = false;
    slash(() => find.click());
  }

  // Search and filters of the front page
  const finder = document.querySelector("main > search.finder");
  if (!finder) return;
  const list = document.querySelector("main > ul.cards");
  if (!list) return;
  finder.hidden = false;
  const input = finder.querySelector("input[type=search]");
  const status = finder.querySelector(".result [role=status]");
  const clear = finder.querySelector(".clear");
  const chips = all("button[data-filter]", finder);
  const picks = all("select[data-filter]", finder);
  const cards = all("li.card", list).map((element, order) => ({
    element, order,
    name: element.querySelector("h2").textContent.toLowerCase(),
    about: (element.querySelector(".about:not(.none)")?.textContent ?? "").toLowerCase(),
    marks: all(".mark", element).map((m) => m.textContent.toLowerCase()).join(" "),
    type: element.dataset.type,
    repository: element.dataset.repository ?? "",
    tags: all(".mark[data-tag]", element).map((m) => m.dataset.tag),
    labels: all(".mark[data-label]", element).map((m) => m.dataset.label),
    snippet: element.querySelector(".snippet"),
    slug: element.dataset.slug,
    docs: "", text: "",
  }));

  // The texts come as a script, because a page opened from disk cannot fetch.
  let loading = false;
  const load = () => {
    if (loading) return;
    loading = true;
    const script = document.createElement("script");
    script.src = "assets/search.js";
    script.addEventListener("load", () => {
      for (const card of cards) {
        const texts = self.imjoySearch;
        card.text = Object.hasOwn(texts, card.slug) ? texts[card.slug] : "";
        card.docs = card.text.toLowerCase();
      }
      update();
    });
    document.head.append(script);
  };

  const score = (card, words) => {
    let sum = 0;
    for (const word of words) {
      const at = card.name.indexOf(word);
      if (at === 0) sum += 100;
      else if (at > 0) sum += 60;
      else if (card.marks.includes(word) || card.type.includes(word)) sum += 30;
      else if (card.about.includes(word)) sum += 20;
      else if (card.docs.includes(word)) sum += 5;
      else return 0;
    }
    return sum || 1;
  };

  const snippet = (card, words) => {
    const word = words.find((w) => !card.name.includes(w) && !card.about.includes(w) && !card.marks.includes(w) && card.docs.includes(w));
    card.snippet.hidden = !word;
    if (!word) return;
    const at = card.docs.indexOf(word);
    const from = at < 50 ? 0 : Math.max(card.text.lastIndexOf(" ", at - 40) + 1, at - 60);
    const mark = document.createElement("mark");
    mark.textContent = card.text.slice(at, at + word.length);
    card.snippet.replaceChildren((from ? "… " : "") + card.text.slice(from, at), mark, card.text.slice(at + word.length, at + 90).replace(/\s\S*$/, "") + " …");
  };

  const picked = (filter) => picks.find((p) => p.dataset.filter === filter)?.value ?? "";
  const chosen = () => ({
    q: input.value.trim(),
    type: chips.filter((c) => c.getAttribute("aria-pressed") === "true").map((c) => c.dataset.value),
    tag: picked("tag"),
    label: picked("label"),
    repository: picked("repository"),
  });

  const update = () => {
    const want = chosen();
    const words = want.q.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) load();
    let shown = 0;
    for (const card of cards) {
      card.score = score(card, words);
      const fits = card.score > 0 && (!want.type.length || want.type.includes(card.type)) &&
        (!want.tag || card.tags.includes(want.tag)) && (!want.label || card.labels.includes(want.label)) &&
        (!want.repository || card.repository === want.repository);
      card.element.hidden = !fits;
      if (fits) shown++;
      snippet(card, words);
    }
    const order = [...cards].sort((a, b) => (words.length ? b.score - a.score : 0) || a.order - b.order);
    list.append(...order.map((c) => c.element));
    clear.hidden = shown === cards.length;
    const total = cards.length === 1 ? "1 plugin" : cards.length + " plugins";
    status.textContent = shown === cards.length ? total : shown === 0 ? "No plugin fits. Try fewer words." : shown + " of " + total;
    remember(want);
  };

  // The search is kept behind the #, so that it can be linked and survives "back".
  const remember = (want) => {
    const hash = new URLSearchParams();
    if (want.q) hash.set("q", want.q);
    for (const type of want.type) hash.append("type", type);
    for (const filter of ["tag", "label", "repository"]) if (want[filter]) hash.set(filter, want[filter]);
    const text = hash.toString();
    if (text !== location.hash.slice(1)) history.replaceState(null, "", text ? "#" + text : location.pathname);
  };
  const recall = () => {
    const hash = new URLSearchParams(location.hash.slice(1));
    input.value = hash.get("q") ?? "";
    for (const c of chips) c.setAttribute("aria-pressed", String(hash.getAll("type").includes(c.dataset.value)));
    for (const p of picks) {
      p.value = hash.get(p.dataset.filter) ?? "";
      if (p.selectedIndex < 0) p.value = "";
    }
    update();
    if (hash.get("q") === "") input.focus();
  };

  clear.addEventListener("click", () => {
    input.value = "";
    for (const c of chips) c.setAttribute("aria-pressed", "false");
    for (const p of picks) p.value = "";
    update();
    input.focus();
  });
  input.addEventListener("input", update);
  input.addEventListener("focus", load);
  for (const p of picks) p.addEventListener("change", update);
  for (const c of chips) {
    c.addEventListener("click", () => {
      c.setAttribute("aria-pressed", String(c.getAttribute("aria-pressed") !== "true"));
      update();
    });
  }
  slash(() => input.focus());
  input.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || !input.value) return;
    input.value = "";
    update();
  });
  addEventListener("hashchange", recall);
  recall();
})();
