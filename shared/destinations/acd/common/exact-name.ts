import { PermanentError } from '../../../errors.ts';

const MAX_SHOWN = 10;

interface Named {
  readonly Name?: string | null | undefined;
}

/**
 * The one of jtel's candidates that bears exactly this name, because jtel searches by parts of names.
 * @param what such as `group`, for the error
 * @throws PermanentError when several do
 */
export function exactlyNamed<Candidate extends Named>(
  candidates: readonly Candidate[],
  name: string,
  what: string,
): Candidate | undefined {
  const [found, ...others] = candidates.filter(({ Name }) => Name === name);
  if (others.length > 0)
    throw new PermanentError(`jtel ACD has ${others.length + 1} ${what}s of this name: use the id`);
  return found;
}

/**
 * As {@link exactlyNamed}, but undefined only when there are no candidates at all: others may mean that the name is
 * misspelt. @throws PermanentError that shows the candidates' names
 */
export function namedIfAny<Candidate extends Named>(
  candidates: readonly Candidate[],
  name: string,
  what: string,
): Candidate | undefined {
  return candidates.length === 0 ? undefined : requireNamed(candidates, name, what);
}

/** As {@link exactlyNamed}, for one that must be there. @throws PermanentError that shows the candidates' names */
export function requireNamed<Candidate extends Named>(
  candidates: readonly Candidate[],
  name: string,
  what: string,
): Candidate {
  const found = exactlyNamed(candidates, name, what);
  if (found !== undefined) return found;
  const similar = candidates.flatMap(({ Name }) => (typeof Name === 'string' ? [`"${Name}"`] : []));
  const shown = [...similar.slice(0, MAX_SHOWN), ...(similar.length > MAX_SHOWN ? ['…'] : [])].join(', ');
  throw new PermanentError(
    `jtel ACD has no ${what} of exactly this name${similar.length === 0 ? '' : `; similar are ${shown}`}`,
  );
}
