import { tick, type Component } from 'svelte';
import type { App } from '$lib/state/app.svelte';

/** What the server answers, by method and path (without the query). A function is called for every question. */
export type Answers = Record<string, unknown>;

/** A component in one state. */
export interface Story<P = Record<string, unknown>> {
  /** What it is given; a function where that is made of the app. */
  props: P | ((app: App) => P);
  /** Brings the app into the state that is shown; what it returns puts right what it changed outside the app. */
  app?: (app: App) => unknown;
  answers?: Answers;
  /** Presses and types after the component was drawn. */
  act?: (root: HTMLElement) => void | Promise<void>;
  /** The element around it, where it needs one. */
  within?: 'ul';
  /** A selector for what must be there before anybody looks. */
  shows?: string;
}

/** The stories of one component, by name. */
export interface Stories {
  component: Component<Record<string, unknown>>;
  stories: Record<string, Story>;
}

/** Says what a component looks like in which state. The properties are checked against the component's own. */
export function stories<P extends Record<string, any>>(
  component: Component<P, any, any>,
  named: Record<string, Story<P>>
): Stories {
  return { component, stories: named } as unknown as Stories;
}

/** An answer that never comes: something is being loaded. */
export const never = (): Promise<never> => new Promise(() => undefined);

/** The answer that there is none. */
export const nothing = (): Response => new Response(null, { status: 204 });

/** An answer that refuses. */
export const refused = (status: number, code: string) => (): Response =>
  new Response(JSON.stringify({ code, status, title: code, detail: '', type: 'about:blank' }), { status });

/** Puts text into a field as somebody who types. */
export function type(root: HTMLElement, selector: string, text: string): void {
  const field = root.querySelector<HTMLInputElement>(selector);
  if (field === null) throw new Error(`no ${selector}`);
  field.focus();
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Presses the button that says `text` or is labelled so. */
export async function press(root: HTMLElement, text: string): Promise<void> {
  await tick();
  const button = [...root.querySelectorAll<HTMLElement>('button')].find(
    (one) => one.textContent?.trim() === text || one.getAttribute('aria-label') === text
  );
  if (button === undefined) throw new Error(`no button ${text}`);
  button.click();
}
