// A classic script in the head: the theme that came with a link or was chosen, and the line of a first visit, are there
// before the first paint, so nothing flashes and nothing moves.
(() => {
  /** @param {string | null} theme */
  const set = (theme) => {
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  };
  const sent = new URLSearchParams(location.search).get("theme");
  set(sent);
  try {
    if (!sent) set(localStorage.getItem("convscope.theme"));
    const size = localStorage.getItem("convscope.size") ?? "1";
    for (const name of ["zoom", "--zoom"]) if (/^1\.(25|5)$/.test(size)) document.documentElement.style.setProperty(name, size);
    const wishes = [localStorage.getItem("convscope.language") ?? "", ...navigator.languages];
    const language = wishes.map((wish) => wish.slice(0, 2)).find((wish) => wish === "en" || wish === "de") ?? "en";
    if (!localStorage.getItem("convscope.visited")) document.documentElement.dataset.visit = language;
  } catch {
    // Storage may be closed to this page; then the system's theme is as good as any.
  }
})();
