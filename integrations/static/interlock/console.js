/* The colour scheme chosen in the designer, before the first paint. Everything in the admin works without scripts. */
(() => {
  let choice = "auto";
  try {
    choice = localStorage.getItem("interlock-color-scheme") || "auto";
  } catch {
    /* Storage is closed to us: follow the system. */
  }
  if (choice === "dark" || choice === "light") {
    document.documentElement.setAttribute("data-mantine-color-scheme", choice);
  }
})();
