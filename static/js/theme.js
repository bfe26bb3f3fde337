// A classic script in the head: the chosen theme is there before the first paint, so nothing flashes.
(() => {
  try {
    const theme = localStorage.getItem("convscope.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be closed to this page; then the system's theme is as good as any.
  }
})();
