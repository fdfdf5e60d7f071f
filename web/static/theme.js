// Applies the remembered theme before the first paint. Kept apart from the bundle so that nothing flashes.
try {
  const theme = localStorage.getItem('rookery.theme');
  if (theme === '"light"' || theme === '"dark"') document.documentElement.dataset.theme = theme.slice(1, -1);
} catch {
  // Storage is closed to us: the system's theme stands.
}
