import { asProblem, Problem } from '../problem.ts';

const REFUSALS = /AUTHORIZATION_FAILED|SASL|POLICY_VIOLATION/;

/** Whatever Kafka says is the engine's fault and no record's: it holds the group up, and nothing goes to the dead letters for it. */
export function kafkaProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const { message } = asProblem(thrown);
  const inner: unknown = Reflect.get(Object(thrown), 'errors');
  const kind = [thrown, ...(Array.isArray(inner) ? inner : [])]
    .map((error) => `${Reflect.get(Object(error), 'type') ?? ''} ${error instanceof Error ? error.name : ''}`)
    .join(' ');
  if (kind.includes('INVALID_REPLICATION_FACTOR'))
    return new Problem('engine-unfit', { detail: 'kafka has fewer brokers than the replication that VITRINE_BUS asks for', cause: thrown });
  return new Problem(REFUSALS.test(kind) ? 'engine-refused' : 'port-unavailable', { detail: `kafka: ${message}`, cause: thrown });
}
