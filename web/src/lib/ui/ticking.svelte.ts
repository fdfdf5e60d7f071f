/** A time that moves: `read()` again every `everyMs`, while the component lives and the page is seen. */
export function ticking(read: () => number, everyMs: number): { readonly now: number } {
  let now = $state(read());
  $effect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) now = read();
    }, everyMs);
    const seen = (): void => void (now = read());
    document.addEventListener('visibilitychange', seen);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  });
  return {
    get now() {
      return now;
    }
  };
}
