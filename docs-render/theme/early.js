// Sets the theme that was chosen before anything is painted. Loaded in the head.
"use strict";
try {
  const theme = localStorage.getItem("imjoy-docs-theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch { /* storage is switched off: the theme of the system stays */ }
