// Runs before anything is painted, apart from the bundle: applies the remembered looks, so that nothing flashes, and asks for
// what will be needed anyway, so that a phone does not wait for one thing after the other. `scripts/early.js` writes into the
// page which files those are; `lib/api/http.ts` takes the answers.
try {
  const allowed = {
    theme: ['light', 'dark'],
    accent: ['green', 'purple', 'blue', 'pink', 'orange', 'red', 'gold', 'cyan', 'white']
  };
  for (const [name, values] of Object.entries(allowed)) {
    const value = JSON.parse(localStorage.getItem(`rookery.${name}`));
    if (values.includes(value)) document.documentElement.dataset[name] = value;
  }
} catch {
  // Storage is closed to us: the system's theme and the cover's colour stand.
}

{
  const { nest = '', de = '' } = document.currentScript.dataset;
  const files = location.pathname.startsWith('/nest/') ? nest.split(' ') : [];
  let language = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => ['en', 'de'].includes(tag));
  try {
    language = JSON.parse(localStorage.getItem('rookery.language')) ?? language;
  } catch {
    // The browser's language stands.
  }
  if (language === 'de') files.push(de);
  for (const file of files.filter(Boolean)) {
    const link = document.createElement('link');
    // As the build's own code asks for styles: one that is asked for in another way is fetched twice.
    const style = { rel: 'preload', as: 'style', crossOrigin: '' };
    Object.assign(link, file.endsWith('.css') ? style : { rel: 'modulepreload' });
    link.href = file;
    document.head.append(link);
  }
  window.early = new Map();
  for (const path of ['/api/v1/server', '/api/v1/session']) {
    const answer = fetch(path);
    // Whoever takes it asks again; nobody may take it at all.
    answer.catch(() => window.early.delete(path));
    window.early.set(path, answer);
  }
}
