/**
 * What a failure means to whoever handles an event (R7): `permanent` data go to the dead letters at once,
 * `infrastructure` pauses the consumer, a `source` is asked again later, `unexpected` is our bug and gets three tries.
 * `request` marks answers to a request, which never meet the bus.
 */
export type Fault = 'permanent' | 'infrastructure' | 'source' | 'unexpected' | 'request';

type ProblemKind = { readonly status: number; readonly fault: Fault; readonly title: string; readonly help: string };

/** Every error that a user can meet: code, HTTP status, title, and what to do about it. */
export const problems = {
  'access-refused': {
    status: 403,
    fault: 'request',
    title: 'Not open to the public',
    help: 'The institution keeps this object closed; ask it for access.',
  },
  'blob-exists': {
    status: 500,
    fault: 'unexpected',
    title: 'Other bytes are stored under this key',
    help: 'Keys are content addresses; report this with the log line.',
  },
  'blob-missing': {
    status: 500,
    fault: 'unexpected',
    title: 'A stored file is missing',
    help: 'Restore it from the backup, then replay.',
  },
  'collection-invalid': {
    status: 422,
    fault: 'request',
    title: 'The collection can’t be published',
    help: 'The detail names each item and what is wrong with it. Correct or leave out those items, and send it again.',
  },
  'collection-not-found': {
    status: 404,
    fault: 'request',
    title: 'No such collection',
    help: 'GET /api/v1/collections lists those that people made.',
  },
  'configuration-invalid': {
    status: 500,
    fault: 'unexpected',
    title: 'The configuration is wrong',
    help: 'The message names each variable and what it may be; see docs/reference/configuration.md.',
  },
  conflict: {
    status: 409,
    fault: 'infrastructure',
    title: 'The document was changed meanwhile',
    help: 'Read it again and repeat the change.',
  },
  'data-folder-in-use': {
    status: 500,
    fault: 'unexpected',
    title: 'Another Vitrine runs on this data folder',
    help: 'Stop the other process, or give this one its own VITRINE_DATA.',
  },
  'conversion-cancelled': {
    status: 409,
    fault: 'permanent',
    title: 'The conversion was cancelled by an operator',
    help: 'POST /api/v1/images/{image}/conversion asks for it again, and so does a change of its object.',
  },
  'data-folder-unwritable': {
    status: 500,
    fault: 'unexpected',
    title: 'The data folder can’t be written',
    help: 'Give this user the right to write it, or set VITRINE_DATA to another folder.',
  },
  'derivative-damaged': {
    status: 503,
    fault: 'unexpected',
    title: 'A derivative is damaged',
    help: 'The image is converted again by itself; if that does not help within minutes, restore the file that the log names from the backup.',
  },
  'derivative-unverified': {
    status: 422,
    fault: 'permanent',
    title: 'The derivative does not match its master',
    help: 'The master may be damaged in a way that its decoder lets pass: open it to see. If it is whole, replay the conversion, then report it.',
  },
  'engine-refused': {
    status: 503,
    fault: 'infrastructure',
    title: 'An engine refuses us',
    help: 'Give the user of the address in VITRINE_BUS, VITRINE_DOCUMENTS, VITRINE_INDEX or VITRINE_BLOBS the rights that docs/operations.md lists.',
  },
  'engine-unfit': {
    status: 503,
    fault: 'infrastructure',
    title: 'An engine is not as Vitrine needs it',
    help: 'The message says what is different. Nothing was changed there; mend it, or name another engine or another database, bucket or prefix.',
  },
  'event-invalid': {
    status: 422,
    fault: 'permanent',
    title: 'The event does not match its contract',
    help: 'A publisher speaks another version; update both services to the same release, then replay.',
  },
  'client-budget-spent': {
    status: 429,
    fault: 'request',
    title: 'Too much was made for you just now',
    help: 'Try again after the seconds in Retry-After; stored tiles and sizes that info.json lists cost nothing.',
  },
  'export-failed': {
    status: 502,
    fault: 'unexpected',
    title: 'The images could not all be copied',
    help: 'Begin again when the server named answers: what is copied already stays.',
  },
  'image-not-found': {
    status: 404,
    fault: 'request',
    title: 'No such image',
    help: 'Take the address from the manifest; identifiers are case-sensitive.',
  },
  'image-request-invalid': {
    status: 400,
    fault: 'request',
    title: 'Not an Image API request',
    help: 'See Image API 3.0, section 4: region/size/rotation/quality.format.',
  },
  'image-service-invalid': {
    status: 422,
    fault: 'permanent',
    title: 'The image service of the source can’t be used',
    help: 'Its info.json must state width and height; correct the record or the service, then publish an Update.',
  },
  'image-size-exceeds-limit': {
    status: 400,
    fault: 'request',
    title: 'More pixels than this server gives at once',
    help: 'Stay within maxWidth, maxHeight and maxArea of info.json, or ask for tiles.',
  },
  'image-takes-too-long': {
    status: 503,
    fault: 'request',
    title: 'This takes longer than the server gives to one answer',
    help: 'Ask for a smaller size or region, another format, or tiles.',
  },
  'image-too-costly': {
    status: 413,
    fault: 'request',
    title: 'This would take more memory than the server gives to one answer',
    help: 'Ask for a smaller size or region, or for tiles.',
  },
  'image-withdrawn': { status: 410, fault: 'request', title: 'The image was withdrawn', help: 'The institution no longer publishes it.' },
  'manifest-invalid': {
    status: 422,
    fault: 'permanent',
    title: 'The manifest would not be valid',
    help: 'The detail names the place; correct the record or the mapping, then replay.',
  },
  'manifest-rebuilding': { status: 503, fault: 'request', title: 'The manifest is being built again', help: 'Try again in a few seconds.' },
  'master-format-unsupported': {
    status: 422,
    fault: 'permanent',
    title: 'The master is of a format that is not read',
    help: 'The detail says what the file is. TIFF, JPEG, PNG, WebP, AVIF, GIF, JPEG 2000 and PDF are read: export it as one of these, best as TIFF, and publish an Update.',
  },
  'master-missing': {
    status: 404,
    fault: 'permanent',
    title: 'The master is not at its address',
    help: 'Put the file where the record says it is, or correct the record; the next activity asks again.',
  },
  'master-too-large': {
    status: 422,
    fault: 'permanent',
    title: 'The master is larger than allowed',
    help: 'Raise the setting that the detail names, or publish a smaller master.',
  },
  'master-unreadable': {
    status: 422,
    fault: 'permanent',
    title: 'The master is not an image that can be read',
    help: 'Open the file to see if it is whole and not locked by a password. Replace it and publish an Update.',
  },
  'not-found': {
    status: 404,
    fault: 'request',
    title: 'Nothing at this address',
    help: 'Check the address; the objects are listed on the first page.',
  },
  'not-in-presentation-2': {
    status: 404,
    fault: 'request',
    title: 'Presentation 2.1 can’t show this object',
    help: 'It has only sound or video, for which version 2.1 has no form. Ask for version 3.',
  },
  'object-not-found': {
    status: 404,
    fault: 'request',
    title: 'No such object',
    help: 'Take identifiers from /api/v1/objects; a new object appears once its images are ready.',
  },
  'object-withdrawn': {
    status: 410,
    fault: 'request',
    title: 'The object was withdrawn',
    help: 'The institution no longer publishes it, or has no image of it that can be shown.',
  },
  'operator-token-missing': {
    status: 401,
    fault: 'request',
    title: 'This address wants an operator’s token',
    help: 'Send `Authorization: Bearer …` with the token of the file that the start names.',
  },
  'outbound-refused': {
    status: 502,
    fault: 'permanent',
    title: 'The address leads to an inner network',
    help: 'Allow that origin with VITRINE_ALLOWED_ORIGINS if it is yours.',
  },
  'output-taken': {
    status: 409,
    fault: 'permanent',
    title: 'Something else lies where the result would go',
    help: 'The detail names the file. Move it away, or name another --out.',
  },
  'port-in-use': {
    status: 500,
    fault: 'unexpected',
    title: 'The port is taken',
    help: 'Stop the program that listens there, or set VITRINE_PORT to a free one.',
  },
  'port-unavailable': {
    status: 503,
    fault: 'infrastructure',
    title: 'A store or the bus does not answer',
    help: 'Nothing is lost; work goes on when it answers. See the log for which one and why.',
  },
  'listed-record-invalid': {
    status: 422,
    fault: 'permanent',
    title: 'Something that the source lists can’t be used',
    help: 'The detail says which row, file or record, and why; the rest goes on. It is looked at again when the list has changed.',
  },
  'listing-invalid': {
    status: 422,
    fault: 'source',
    title: 'What the source lists can’t be read',
    help: 'The detail says which document or file, and what is wrong with it. It is looked at again at the next interval.',
  },
  'mapping-failed': {
    status: 422,
    fault: 'permanent',
    title: 'The mapping of the source fails for a record',
    help: 'It threw, took longer than five seconds, or too much memory: the detail says which. Mend the mapping of the source; every record is mapped again from our raw copies.',
  },
  'mapping-missing': {
    status: 422,
    fault: 'permanent',
    title: 'No mapping reads this kind of record yet',
    help: 'Our raw copy of it is kept. A later version that reads it maps it without asking the source again; or give the source a mapping of its own (JSONata).',
  },
  'precondition-failed': {
    status: 412,
    fault: 'request',
    title: 'Somebody has changed it meanwhile',
    help: 'Read it again, make the change in what is there now, and send it with the new ETag in If-Match.',
  },
  'precondition-required': {
    status: 428,
    fault: 'request',
    title: 'A change must say what it changes',
    help: 'Read it first, and send its ETag in If-Match; otherwise what another has written would be lost.',
  },
  'record-invalid': {
    status: 422,
    fault: 'permanent',
    title: 'The record is not as its kind demands',
    help: 'The detail names the field; correct the record and publish an Update.',
  },
  'record-not-json': {
    status: 422,
    fault: 'permanent',
    title: 'The record is not JSON',
    help: 'Open its address to see what it answers; publish JSON there, then an Update.',
  },
  'request-gone': {
    status: 408,
    fault: 'request',
    title: 'Whoever asked has gone',
    help: 'Nothing to do: the answer was not made, since nobody waits for it.',
  },
  'request-invalid': { status: 400, fault: 'request', title: 'The request is not well formed', help: 'The detail names the parameter.' },
  'search-query-too-long': { status: 400, fault: 'request', title: 'The query is too long', help: 'Ask for fewer words.' },
  'source-exists': {
    status: 409,
    fault: 'request',
    title: 'There is a source of this name already',
    help: 'Give the new one another name, or change the one that is there with PUT.',
  },
  'source-in-settings': {
    status: 409,
    fault: 'request',
    title: 'This source is in the settings',
    help: 'Change it there (VITRINE_SOURCES, VITRINE_SOURCES_YAML) and start again: what the settings say is so at every start.',
  },
  'source-not-found': {
    status: 404,
    fault: 'request',
    title: 'No such source',
    help: 'The sources are at /api/v1/sources.',
  },
  'source-token-missing': {
    status: 401,
    fault: 'request',
    title: 'A notification wants the token of its source',
    help: 'Send `Authorization: Bearer …` with the token that GET /api/v1/sources/{source} shows to operators.',
  },
  'run-not-found': {
    status: 404,
    fault: 'request',
    title: 'No such run',
    help: 'The runs that are kept are at /api/v1/sources/{source}/runs.',
  },
  'stream-not-found': {
    status: 404,
    fault: 'request',
    title: 'No stream was found',
    help: 'The detail says what was tried. Give the address of the stream itself; its publisher knows it.',
  },
  'source-refused': {
    status: 403,
    fault: 'source',
    title: 'The source refuses access',
    help: 'Ask the publisher to open the address to this server; it is asked again later.',
  },
  'source-too-large': {
    status: 502,
    fault: 'permanent',
    title: 'The answer of the source is too large',
    help: 'Raise the limit that the detail names, or publish a smaller document.',
  },
  'source-unreachable': {
    status: 502,
    fault: 'source',
    title: 'The source does not answer as it should',
    help: 'It is asked again later, by itself; see the detail for what it answered.',
  },
  'stream-activity-invalid': {
    status: 422,
    fault: 'permanent',
    title: 'The activity can’t be used',
    help: 'It needs a type and an object with an id (Change Discovery 1.0, 3.3); the rest of the stream goes on.',
  },
  'stream-invalid': {
    status: 422,
    fault: 'source',
    title: 'The stream is not an Activity Stream',
    help: 'Open its address: it must answer an OrderedCollection in JSON (Change Discovery 1.0, 3.1). It is asked again at the next interval.',
  },
  'stream-page-missing': {
    status: 502,
    fault: 'source',
    title: 'A page of the stream is not there',
    help: 'Open the address in the detail; the walk waits for it and then goes on. After three tries it is passed over where its address has a number.',
  },
  'text-missing': {
    status: 404,
    fault: 'permanent',
    title: 'The OCR is not at its address',
    help: 'Publish it where the record says it is, then an Update; the object goes on without text.',
  },
  'text-not-alto': {
    status: 422,
    fault: 'permanent',
    title: 'The OCR is XML, but not ALTO',
    help: 'Publish ALTO 2, 3 or 4, then an Update; the object goes on without text.',
  },
  'text-not-xml': {
    status: 422,
    fault: 'permanent',
    title: 'The OCR is not XML',
    help: 'Open the file at the place the detail names, correct it, then publish an Update; the object goes on without text.',
  },
  'too-many-requests': { status: 503, fault: 'request', title: 'The server is busy', help: 'Try again after the seconds in Retry-After.' },
  unexpected: {
    status: 500,
    fault: 'unexpected',
    title: 'Something went wrong here',
    help: 'The log has the cause under the same trace; report it, then replay.',
  },
  'version-not-found': {
    status: 404,
    fault: 'request',
    title: 'No such version of the manifest',
    help: 'GET /api/v1/objects/{object}/versions lists those that there are, with their times.',
  },
  'webhook-failed': {
    status: 502,
    fault: 'source',
    title: 'A webhook does not take its messages',
    help: 'The detail says what it answers. Mend it, or remove it by DELETE /api/v1/webhooks/{webhook}; nothing is lost meanwhile, it is tried again.',
  },
  'webhook-not-found': {
    status: 404,
    fault: 'request',
    title: 'No such webhook',
    help: 'GET /api/v1/webhooks lists them.',
  },
  'withdrawals-held': {
    status: 409,
    fault: 'permanent',
    title: 'A source would withdraw more of its objects than it may',
    help: 'Look at its last run: if the objects are really gone, send carry-out to the address in the detail, else discard. Nothing is withdrawn meanwhile.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problems;

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}
