// npm run generate writes the pages that follow from code; npm run check:generated fails where one differs.

import { readFile, writeFile } from 'node:fs/promises';
import { configParts } from '@vitrine/all-in-one/config.ts';
import { asyncapi } from '@vitrine/contracts/asyncapi.ts';
import { eventContracts } from '@vitrine/contracts/event-contracts.ts';
import { openapi } from '@vitrine/contracts/openapi.ts';
import { problems } from '@vitrine/contracts/problems.ts';
import { routes } from '@vitrine/contracts/routes.ts';
import { LOSSES } from '@vitrine/manifest/domain/presentation-2/losses.ts';
import { renderNginx } from './render-nginx.ts';
import { topics } from '@vitrine/contracts/topics.ts';
import type { TSchema } from 'typebox';

const root = new URL('../../', import.meta.url);
const NOTE = 'This page is made by `npm run generate`: change the code it comes from.';

const field = (schema: TSchema, name: string): unknown => Reflect.get(schema, name);
const cell = (text: unknown) => String(text ?? '').replaceAll('|', '\\|');

function configuration(): string {
  const parts = configParts.map(([title, schema]) => {
    const rows = Object.entries(schema.properties).map(([name, property]: [string, TSchema]) => {
      const choices = field(property, 'anyOf');
      const values = Array.isArray(choices) ? choices.map((choice) => `\`${String(Reflect.get(choice, 'const'))}\``).join(', ') : field(property, 'type');
      const standard = field(property, 'default');
      return `| \`${name}\` | ${cell(values)} | ${standard === undefined || standard === '' ? '' : `\`${cell(standard)}\``} | ${cell(field(property, 'description'))} |`;
    });
    return `## ${title}\n\n| variable | value | default | what it changes |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Configuration\n\n${NOTE}\n\nSettings are environment variables. One that nobody knows, or that is malformed, stops the start and is named.\n\n${parts.join('\n')}`;
}

function environmentExample(): string {
  const parts = configParts.map(([title, schema]) => {
    const lines = Object.entries(schema.properties).map(([name, property]: [string, TSchema]) => `# ${String(field(property, 'description'))}\n# ${name}=${String(field(property, 'default') ?? '')}\n`);
    return `## ${title}\n\n${lines.join('\n')}`;
  });
  return `# Every setting with its default. Made by npm run generate.\n\n${parts.join('\n')}`;
}

function problemPage(): string {
  const rows = Object.entries(problems).map(([code, { status, fault, title, help }]) => `| \`${code}\` | ${status} | ${fault} | ${cell(title)} | ${cell(help)} |`);
  return `# Problems\n\n${NOTE}\n\nEvery error has one of these codes: on the wire (RFC 9457), in the outcomes, in the log. *Fault* says what becomes of the work that met it: \`permanent\` goes to the dead letters, \`infrastructure\` waits, \`source\` is asked again, \`unexpected\` is tried three times, \`request\` is only an answer.\n\n| code | status | fault | title | what to do |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

function addressPage(): string {
  const rows = routes.map(({ method, path, service, audience, summary }) => `| ${method} | \`${path}\` | ${service} | ${audience} | ${cell(summary)} |`);
  const topicRows = Object.entries(topics).map(([name, { owner, partitions, cleanup, consumers }]) => `| \`${name}\` | ${owner ?? 'all'} | ${partitions} | ${cleanup} | ${consumers.join(', ')} |`);
  return `# Addresses and topics\n\n${NOTE}\n\nBelow the public URL. *door*: asks the access decision for its object. *list*: shows only objects that pass it. *open*: the same for everyone. *operator*: wants a bearer token. *publisher*: wants the token of its source. Beside these every process answers \`/livez\` and \`/readyz\`.\n\n| method | path | service | audience | what it is |\n|---|---|---|---|---|\n${rows.join('\n')}\n\n## Topics\n\n| topic | owner | partitions | cleanup | consumers |\n|---|---|---|---|---|\n${topicRows.join('\n')}\n`;
}

function lossesPage(): string {
  const rows = Object.entries(LOSSES).map(([name, what]) => `| ${name} | ${cell(what)} |`);
  return `# What Presentation 2.1 can’t say\n\n${NOTE}\n\nEach manifest is one of Presentation 3.0, and what version 2.1 can say of it. It can’t say:\n\n| loss | what |\n|---|---|\n${rows.join('\n')}\n`;
}

const pages: Readonly<Record<string, () => string>> = {
  'docs/reference/configuration.md': configuration,
  'docs/reference/problems.md': problemPage,
  'docs/reference/addresses.md': addressPage,
  'docs/reference/presentation-2.md': lossesPage,
  '.env.example': environmentExample,
  'docs/reference/openapi.json': () => `${JSON.stringify(openapi('http://localhost:8080'), null, 2)}\n`,
  'docs/reference/asyncapi.json': () => `${JSON.stringify(asyncapi(), null, 2)}\n`,
  'deploy/nginx/vitrine.conf.template': () => renderNginx(routes),
};

/** What this release says on the bus, for the next one to be compared with: written by `npm run generate -- --release`, when one is made. */
function releasedEvents(): string {
  const entries = eventContracts.map(({ type, topic, data }) => [type, { topic, data }]);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

if (process.argv.includes('--release')) await writeFile(new URL('contracts/released/events.json', root), releasedEvents());

let stale = 0;
for (const [path, render] of Object.entries(pages)) {
  const file = new URL(path, root);
  if (!process.argv.includes('--check')) await writeFile(file, render());
  else if ((await readFile(file, 'utf8').catch(() => '')) !== render()) {
    stale++;
    process.stderr.write(`${path} is not what the code says: run npm run generate\n`);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
