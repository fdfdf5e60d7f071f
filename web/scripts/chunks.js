// How the build is cut. Left alone, every module that two parts share becomes a file of its own: fifty files for a first visit,
// most of them of some hundred bytes, and a phone waits for each. Here what every page needs is one file, and what is small
// and shared beyond that is another. Pages, dialogs, and what is large stay apart, so that nobody pays for another.

/**
 * @typedef {object} Graph
 * @property {(id: string) => {
 *   importedIds: readonly string[], dynamicallyImportedIds: readonly string[], code: string | null
 * } | null} getModuleInfo
 */

/** A shared module of more characters than this, before compression, is worth a file of its own. */
const SMALL_CHARS = 2_000;
/** What every page loads: the kit's start, the layout, the page of errors. */
const ALWAYS = /client-optimized\/(app|nodes\/[01])\.js$|kit\/src\/runtime\/client\/entry\.js$/;

/**
 * What comes with a module, by static imports.
 * @param {Graph} graph
 * @param {string} id
 * @param {Set<string>} [found]
 */
function together(graph, id, found = new Set()) {
  if (found.has(id)) return found;
  found.add(id);
  for (const next of graph.getModuleInfo(id)?.importedIds ?? []) together(graph, next, found);
  return found;
}

/**
 * Names the file of every module that is not left where the bundler puts it.
 * @param {Graph} graph
 * @param {ReadonlySet<string>} entries
 */
function cut(graph, entries) {
  /** @type {Set<string>} */
  const always = new Set();
  for (const id of entries) if (ALWAYS.test(id)) together(graph, id, always);
  // Pages and whatever comes later, each with what it loads at once.
  const roots = new Set(entries);
  for (const root of roots) {
    for (const id of together(graph, root)) {
      for (const later of graph.getModuleInfo(id)?.dynamicallyImportedIds ?? []) roots.add(later);
    }
  }
  /** @type {Map<string, number>} */
  const uses = new Map();
  for (const root of roots) {
    if (ALWAYS.test(root)) continue;
    for (const id of together(graph, root)) if (!always.has(id)) uses.set(id, (uses.get(id) ?? 0) + 1);
  }
  /** @type {Map<string, string>} */
  const names = new Map();
  for (const [id, count] of uses) {
    const small = (graph.getModuleInfo(id)?.code?.length ?? 0) < SMALL_CHARS;
    if (count > 1 && small && !roots.has(id)) names.set(id, 'shared');
  }
  for (const id of always) if (!roots.has(id)) names.set(id, 'always');
  return names;
}

/**
 * Cuts the part of the build that browsers get.
 * @returns {import('vite').Plugin}
 */
export function chunks() {
  /** @type {Set<string>} */
  const entries = new Set();
  /** @type {Map<string, string> | undefined} */
  let names;
  /**
   * @param {string} id
   * @param {Graph} graph
   */
  const name = (id, graph) => {
    names ??= cut(graph, entries);
    return names.get(id) ?? null;
  };
  return {
    name: 'chunks',
    apply: 'build',
    moduleParsed({ id, isEntry }) {
      if (isEntry && this.environment.name === 'client') entries.add(id);
    },
    configEnvironment(environment) {
      if (environment !== 'client') return undefined;
      const groups = [{ name, debugName: 'what pages share' }];
      return { build: { rolldownOptions: { output: { codeSplitting: { groups } } } } };
    }
  };
}
