// The last line of npm test: what could not run here. With VITRINE_REQUIRE_ENGINES=1 that is a failure.

import { containerEngineAnswers } from '../../src/engines/container-engine.ts';

if (!(await containerEngineAnswers())) {
  process.stdout.write('Left out, since no container engine answers: the suites on Kafka, MongoDB, OpenSearch and S3.\n');
  if (process.env['VITRINE_REQUIRE_ENGINES'] === '1') process.exitCode = 1;
}
