// The socket's written contract: whether the document is a valid one, and whether what comes is what it says.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

const require = createRequire(import.meta.url);

export class Contract {
  /** What came and was not as the contract says. */
  broken = [];
  #document;
  #ajv = new Ajv2020({ strict: false, validateFormats: false });

  constructor(document) {
    this.#document = document;
    this.#ajv.addSchema({ $id: 'contract', ...document });
  }

  /** The contract that a server gives. */
  static async of(origin) {
    return new Contract(await (await fetch(`${origin}/api/v1/asyncapi.json`)).json());
  }

  get document() {
    return this.#document;
  }

  /** Checks what a channel published. */
  publication(channel, data) {
    this.#check(`/channels/${channel.split(':')[0]}/messages/publication/payload`, data);
  }

  /** Checks what a method answered. */
  answer(method, data) {
    this.#check(`/channels/${method.replace('nest.', '')}/messages/answer/payload`, data);
  }

  #check(pointer, data) {
    const validate = this.#ajv.getSchema(`contract#${pointer}`);
    if (!validate) this.broken.push(`${pointer} is not in the contract`);
    else if (!validate(data)) this.broken.push({ pointer, data, errors: validate.errors });
  }

  /** What the specification of AsyncAPI has against the document. */
  faults() {
    const schema = JSON.parse(readFileSync(require.resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json'), 'utf8'));
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    const validate = ajv.compile(schema);
    return validate(this.#document) ? [] : validate.errors;
  }
}
