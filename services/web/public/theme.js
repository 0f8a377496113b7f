// Puts the chosen theme on the page before anything is painted; see src/lib/theme.ts.
try {
  var theme = localStorage.getItem("confab.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the theme follows the system.
}
