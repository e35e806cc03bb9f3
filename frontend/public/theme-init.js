/* Sets the colour scheme before the first paint. A file of its own, so that the page needs no inline script. */
(() => {
  let choice = "auto";
  try {
    choice = localStorage.getItem("interlock-color-scheme") || "auto";
  } catch {
    /* Storage is closed to us: follow the system. */
  }
  const dark = choice === "dark" || (choice === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
