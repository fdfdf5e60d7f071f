/**
 * What a piece of a page looks like, as text: its visible elements, where they are, what they say. Runs in the page.
 */

/** One line for each visible element under `root`, indented: `button.vote 640,24 44x44 "Up"`. */
export function outline(root) {
  const LIKE_MAX = 8;
  const lines = [];

  const own = (node) =>
    [...node.childNodes]
      .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
      .map(({ data }) => data.replace(/\s+/g, ' ').trim())
      .filter(Boolean)
      .join(' ');
  const called = (node) =>
    [node.tagName.toLowerCase(), ...[...node.classList].filter((name) => !/^(s|svelte)-/.test(name))].join('.');
  const states = (node) =>
    ['disabled', 'checked']
      .filter((name) => node[name] === true)
      .map((name) => ` ${name}`)
      .join('');
  const words = (node) => {
    const text = own(node) || (node instanceof HTMLInputElement ? node.value || node.placeholder : '');
    const label = node.getAttribute('aria-label');
    const short = (said) => JSON.stringify(said.length > 80 ? `${said.slice(0, 80)}…` : said);
    return (text === '' ? '' : ` ${short(text)}`) + (label === null ? '' : ` [${short(label)}]`);
  };

  function visit(node, depth) {
    const style = getComputedStyle(node);
    if (style.display === 'none' || style.visibility === 'hidden') return;
    const indent = '  '.repeat(depth);
    if (node.classList.contains('visually-hidden') || style.clipPath === 'inset(50%)') {
      const said = node.textContent.replace(/\s+/g, ' ').trim();
      if (said !== '') lines.push(`${indent}${called(node)} said${words({ __proto__: node, childNodes: [new Text(said)], getAttribute: () => node.getAttribute('aria-label') })}`);
      return;
    }
    const { x, y, width, height } = node.getBoundingClientRect();
    const [left, top, wide, high] = [x, y, width, height].map(Math.round);
    const flow = style.display === 'contents';
    if (!flow && !(wide > 0 && high > 0) && node.childElementCount === 0) return;
    lines.push(`${indent}${called(node)} ${left},${top} ${wide}x${high}${states(node)}${words(node)}`);
    if (node instanceof SVGElement) return;
    const children = [...node.children];
    const shown = children.length > LIKE_MAX * 2 ? [...children.slice(0, 3), null, children.at(-1)] : children;
    for (const child of shown) {
      if (child === null) lines.push(`${indent}  … ${children.length - 4} more`);
      else visit(child, depth + 1);
    }
  }

  for (const child of root.children) visit(child, 0);
  return lines;
}

/** What sticks out of the page sideways, and what cannot be touched, in a few words each. */
export function misfits(root, targetPx) {
  const found = [];
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) found.push(`the page is ${wide} px wider than the screen`);
  const name = (node) => node.outerHTML.slice(0, 100).replace(/\s+/g, ' ');
  for (const node of root.querySelectorAll('*')) {
    if (node instanceof SVGElement && node.tagName !== 'svg') continue;
    if (!node.checkVisibility() || node.closest('.visually-hidden, dialog:not([open])')) continue;
    const box = node.getBoundingClientRect();
    // Decoration may glow beyond the edge; words and controls may not.
    const says = [...node.childNodes].some(({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim() !== '');
    const clipped = node.closest('.truncate, .artwork');
    if (says && !clipped && (box.right > innerWidth + 1 || box.left < -1) && !node.matches('.skip'))
      found.push(`out of the page: ${name(node)}`);
  }
  for (const node of root.querySelectorAll('button, a[href], input, select, summary, [role="option"]')) {
    if (!node.checkVisibility() || node.closest('p, dialog:not([open])') || node.matches('.skip')) continue;
    const box = (node.closest('label') ?? node).getBoundingClientRect();
    if (box.width < 1) continue;
    if (box.width < targetPx - 0.5 || box.height < targetPx - 0.5)
      found.push(`${Math.round(box.width)}x${Math.round(box.height)} is too small to touch: ${name(node)}`);
  }
  return found;
}
