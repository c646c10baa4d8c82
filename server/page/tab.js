// Tabs of the browser that hold one window each. A tab is a page of ours that does nothing
// by itself: what is in it lives in the page that opened it, and ends with that.

const LOADS = 10000; // milliseconds in which a tab has to be there

const tabs = new Set();
addEventListener("pagehide", () => tabs.forEach((tab) => tab.close()));

// openTab answers the window of a new tab, or null where the browser opens none: it does
// only soon after a click.
export async function openTab(title) {
  const tab = open("/window", "_blank");
  if (!tab) return null;
  tabs.add(tab);
  if (!(await loaded(tab))) {
    tab.close();
    return null;
  }
  tab.document.title = title;
  tab.document.documentElement.dataset.theme = document.documentElement.dataset.theme || "";
  tab.addEventListener("pagehide", () => tabs.delete(tab));
  return tab;
}

// loaded waits for the page: what hears of "load" before it begins to load is gone then.
function loaded(tab) {
  return new Promise((resolve) => {
    const end = Date.now() + LOADS;
    const timer = setInterval(() => {
      const there = !tab.closed && tab.location.pathname === "/window" && tab.document.readyState === "complete";
      if (!there && !tab.closed && Date.now() < end) return;
      clearInterval(timer);
      resolve(there);
    }, 20);
  });
}
