import type { CorrelationFilterDefinition, RuleDefinition } from '../../../../shared/bus/entities.ts';
import type { FilterSubject } from './message.ts';

/** The message is looked into only by filters that need to. */
export type Filter = (subject: () => FilterSubject) => boolean;

const ALWAYS_TRUE = /^\s*(?:1\s*=\s*1|true)\s*$/i;

/**
 * The filter of one subscription: a message is taken when any rule matches; without a rule every message is.
 * `problems` collects what cannot be built, each naming the rule by `path`.
 */
export function compileRules(rules: readonly RuleDefinition[], path: string, problems: string[]): Filter {
  if (rules.length === 0) return () => true;
  const filters = rules.map((rule): Filter => {
    if (rule.filterType === 'CorrelationFilter') return correlationFilter(rule.correlationFilter);
    if (!ALWAYS_TRUE.test(rule.sqlFilter.sqlExpression)) {
      problems.push(
        `rule "${rule.name}" of ${path}: the embedded Service Bus knows only the SQL filters 1=1 and TRUE, not ` +
          `"${rule.sqlFilter.sqlExpression}": use a CorrelationFilter, or run against Azure`,
      );
    }
    return () => true;
  });
  return (subject) => filters.some((filter) => filter(subject));
}

/** All that the filter names must be equal; what it does not name may be anything. */
function correlationFilter({ properties = {}, ...system }: CorrelationFilterDefinition): Filter {
  const wanted = Object.entries(properties);
  const conditions: readonly [keyof FilterSubject['system'], string | undefined][] = [
    ['correlationId', system.correlationId],
    ['messageId', system.messageId],
    ['to', system.to],
    ['replyTo', system.replyTo],
    ['label', system.label],
    ['sessionId', system.sessionId],
    ['replyToSessionId', system.replyToSessionId],
    ['contentType', system.contentType],
  ];
  const named = conditions.filter(([, value]) => value !== undefined);
  return (subject) =>
    named.every(([key, value]) => subject().system[key] === value) &&
    wanted.every(([key, value]) => subject().properties.get(key) === value);
}
