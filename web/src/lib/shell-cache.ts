/** Registers the service worker that keeps the shell, where there is one to register. */
export function keepShell(): void {
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return;
  // Without it everything works, only not offline: a refusal is not worth a word.
  navigator.serviceWorker.register('/service-worker.js', { type: 'module' }).catch(() => undefined);
}
