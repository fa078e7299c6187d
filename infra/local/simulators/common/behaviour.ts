import * as z from '../../../../shared/zod.ts';

/** The settings in force for what a vendor leaves open; changes hold until `reset`. */
export class Behaviour<Settings extends object> {
  readonly #schema: z.core.$ZodType<Settings>;
  readonly #initial: Settings;
  #current: Settings;

  /** Throws an Error that lists the initial settings that are unknown or wrong. */
  constructor(schema: z.core.$ZodType<Settings>, initial: object) {
    this.#schema = schema;
    this.#initial = this.#read(initial);
    this.#current = this.#initial;
  }

  get current(): Settings {
    return this.#current;
  }

  /** Throws an Error that lists the settings that are unknown or wrong, and then changes none. */
  change(changes: object): Settings {
    this.#current = this.#read({ ...this.#current, ...changes });
    return this.#current;
  }

  reset(): void {
    this.#current = this.#initial;
  }

  #read(settings: object): Settings {
    const parsed = z.safeParse(this.#schema, settings);
    if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
    return parsed.data;
  }
}
