/** What the page itself loads comes first: the worker fetches everything else there is. */
const AFTER_LOAD_MS = 4000;

/** Registers the service worker that keeps the shell, where there is one to register. */
export function keepShell(): void {
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return;
  const register = (): void => {
    // Without it everything works, only not offline: a refusal is not worth a word.
    navigator.serviceWorker.register('/service-worker.js', { type: 'module' }).catch(() => undefined);
  };
  const later = (): void => void setTimeout(register, AFTER_LOAD_MS);
  if (document.readyState === 'complete') later();
  else window.addEventListener('load', later, { once: true });
}
