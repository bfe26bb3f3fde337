// A classic script in the head: the chosen theme and the line of a first visit are there before the first paint, so
// nothing flashes and nothing moves.
(() => {
  try {
    const theme = localStorage.getItem("convscope.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    const wishes = [localStorage.getItem("convscope.language") ?? "", ...navigator.languages];
    const language = wishes.map((wish) => wish.slice(0, 2)).find((wish) => wish === "en" || wish === "de") ?? "en";
    if (!localStorage.getItem("convscope.visited")) document.documentElement.dataset.visit = language;
  } catch {
    // Storage may be closed to this page; then the system's theme is as good as any.
  }
})();
