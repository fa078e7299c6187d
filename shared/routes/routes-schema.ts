import * as z from '../zod.ts';

const globs = z.union(
  [z.string().check(z.minLength(1)), z.array(z.string().check(z.minLength(1))).check(z.minLength(1))],
  'Invalid pattern: expected a text, or a list of at least one',
);

/** One route, before its expressions and steps are looked at. */
export const routeSchema = z.strictObject({
  id: z
    .string()
    .check(
      z.regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'Invalid id: use lower-case letters, digits and hyphens, at most 64'),
      z.describe('Names the route in logs, in the ledger and in failures. Do not reuse it for something else.'),
    ),
  description: z.optional(z.string()),
  when: z.strictObject({
    event: globs.check(z.describe('Event types; `*` stands for any run of characters. One match is enough.')),
    source: z.optional(globs.check(z.describe('Event sources, such as `/nimbus/helpdesk@contoso.example`.'))),
    if: z.optional(
      z.string().check(z.minLength(1), z.describe('A JSONata condition over `event`, `data` and `settings`.')),
    ),
  }),
  do: z
    .array(
      z.strictObject({
        step: z.string().check(z.describe('Destination and operation.')),
        with: z._default(z.record(z.string(), z.json()), {}),
        as: z.optional(
          z
            .string()
            .check(
              z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'Invalid name: use letters, digits and underscores'),
              z.describe('Keeps the result for later steps, as `results.<name>`.'),
            ),
        ),
      }),
    )
    .check(z.minLength(1), z.describe('Steps, carried out in this order.')),
});

export type RouteDefinition = z.infer<typeof routeSchema>;

/** What a routes file may contain. */
export const routesFileSchema = z.strictObject({
  settings: z
    ._default(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])), {})
    .check(z.describe('Constants for expressions, as `settings.<name>`. BRIDGE_ROUTE_SETTINGS overrides them.')),
  routes: z.array(routeSchema).check(z.minLength(1)),
});
