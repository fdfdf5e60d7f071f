/** One message: a sentence with `{names}` to fill in, or one sentence for each plural form of `{count}`. */
export type Plural = { readonly one: string; readonly other: string };
export type Message = string | Plural;

/** The same messages in another language: no more and no less. */
export type Translation<E extends Record<string, Message>> = {
  readonly [K in keyof E]: E[K] extends string ? string : Plural;
};

type Names<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Text<M extends Message> = M extends Plural ? M['one'] | M['other'] : M;

/** What a message wants filled in. */
export type Values<M extends Message> = {
  [Name in Names<Text<M> & string> | (M extends Plural ? 'count' : never)]: string | number;
};

/** Fills a message in, choosing the plural form by the language's own rules. */
export function compose(message: Message, values: Record<string, string | number>, locale: string): string {
  let text: string;
  if (typeof message === 'string') text = message;
  else {
    const form = new Intl.PluralRules(locale).select(Number(values.count));
    text = form === 'one' ? message.one : message.other;
  }
  const number = new Intl.NumberFormat(locale);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? number.format(value) : value;
  });
}
