import type { TObject, TSchema } from 'typebox';
import { ImageQuery, Page, ReplayAll, ReplayFailures, S3Notification, SearchQuery } from './requests.ts';
import {
  NewSource,
  RemovalQuery,
  SourceDefinition,
  SourceReplay,
  StreamNotification,
  StreamSearch,
  UnmatchedQuery,
  WithdrawalsDecision,
} from './source-definition.ts';
import type { ServiceName } from './topics.ts';

export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the public base URL; `:name` is a parameter. */
  readonly path: string;
  readonly service: ServiceName;
  /**
   * `door`: shows something of an object, so it asks `access/` before anything else. `list`: shows many objects, each of which
   * asks. `open`: the same for everyone. `operator`: wants a bearer token. `publisher`: wants the
   * token of its source.
   */
  readonly audience: 'door' | 'list' | 'open' | 'operator' | 'publisher';
  /** What it is for, in a line. */
  readonly summary: string;
  readonly query?: TObject;
  /** JSON. */
  readonly body?: TSchema;
  /** Of an answer where all is well, where the method doesn't say. */
  readonly status?: 200 | 201;
  /** The media type of its answer; absent where it only redirects. */
  readonly answers?: string;
};

/** Every address of the product; the services refuse to start with a route that is not here. */
export const routes = [
  { method: 'GET', path: '/iiif/image/3/:image', service: 'image', audience: 'door', summary: "Redirects to the image's information" },
  {
    method: 'GET',
    path: '/iiif/image/3/:image/info.json',
    service: 'image',
    audience: 'door',
    summary: 'What can be asked of an image (Image API 3.0, 5)',
    answers: 'application/ld+json',
  },
  {
    method: 'GET',
    path: '/iiif/image/3/:image/:region/:size/:rotation/:file',
    service: 'image',
    audience: 'door',
    summary: 'Pixels (Image API 3.0, 4)',
    query: ImageQuery,
    answers: 'image/jpeg',
  },
  { method: 'GET', path: '/iiif/image/2/:image', service: 'image', audience: 'door', summary: "Redirects to the image's information" },
  {
    method: 'GET',
    path: '/iiif/image/2/:image/info.json',
    service: 'image',
    audience: 'door',
    summary: 'What can be asked of an image (Image API 2.1, 5)',
    answers: 'application/ld+json',
  },
  {
    method: 'GET',
    path: '/iiif/image/2/:image/:region/:size/:rotation/:file',
    service: 'image',
    audience: 'door',
    summary: 'Pixels (Image API 2.1, 4)',
    query: ImageQuery,
    answers: 'image/jpeg',
  },
  {
    method: 'GET',
    path: '/iiif/presentation/3/manifests/:object',
    service: 'manifest',
    audience: 'door',
    summary: 'A manifest (Presentation API 3.0)',
    answers: 'application/ld+json',
  },
  {
    method: 'GET',
    path: '/iiif/presentation/manifests/:object',
    service: 'manifest',
    audience: 'door',
    summary: 'A manifest, its version negotiated',
    answers: 'application/ld+json',
  },
  {
    method: 'GET',
    path: '/iiif/presentation/3/collections/:collection',
    service: 'manifest',
    audience: 'list',
    summary: 'A collection (Presentation API 3.0); `root` is the top',
    answers: 'application/ld+json',
  },
  {
    method: 'GET',
    path: '/iiif/presentation/collections/:collection',
    service: 'manifest',
    audience: 'list',
    summary: 'A collection, its version negotiated',
    answers: 'application/ld+json',
  },
  {
    method: 'GET',
    path: '/iiif/presentation/canvas/:object/:image',
    service: 'manifest',
    audience: 'door',
    summary: 'A canvas of a manifest',
    answers: 'application/ld+json',
  },
  {
    method: 'GET',
    path: '/iiif/presentation/canvas/:object/:image/page',
    service: 'manifest',
    audience: 'door',
    summary: 'The annotation page of a canvas',
    answers: 'application/ld+json',
  },
  {
    method: 'GET',
    path: '/iiif/presentation/canvas/:object/:image/page/painting',
    service: 'manifest',
    audience: 'door',
    summary: 'The painting annotation of a canvas',
    answers: 'application/ld+json',
  },
  {
    method: 'GET',
    path: '/iiif/search/2/manifests/:object',
    service: 'search',
    audience: 'door',
    summary: 'Words in an object (Content Search 2.0)',
    query: SearchQuery,
    answers: 'application/ld+json',
  },
  { method: 'GET', path: '/', service: 'console', audience: 'list', summary: 'The objects, for people', query: Page, answers: 'text/html' },
  {
    method: 'GET',
    path: '/objects/:object',
    service: 'console',
    audience: 'door',
    summary: 'An object with a viewer, for people',
    answers: 'text/html',
  },
  {
    method: 'GET',
    path: '/assets/:file',
    service: 'console',
    audience: 'open',
    summary: 'Style and scripts of the pages',
    answers: 'application/octet-stream',
  },
  {
    method: 'GET',
    path: '/api/v1/objects',
    service: 'console',
    audience: 'list',
    summary: 'The published objects',
    query: Page,
    answers: 'application/json',
  },
  {
    method: 'GET',
    path: '/api/v1/openapi.json',
    service: 'console',
    audience: 'open',
    summary: 'This description',
    answers: 'application/json',
  },
  {
    method: 'GET',
    path: '/api/v1/problems/:code',
    service: 'console',
    audience: 'open',
    summary: 'What a problem means and what to do',
    answers: 'text/html',
  },
  {
    method: 'GET',
    path: '/api/v1/images/:image/conversion',
    service: 'converter',
    audience: 'operator',
    summary: "What became of an image's master: its state and the conversion report",
    answers: 'application/json',
  },
  {
    method: 'POST',
    path: '/api/v1/images/:image/conversion',
    service: 'converter',
    audience: 'operator',
    summary: "Asks for an image's conversion again, whatever came of it before",
    answers: 'application/json',
  },
  {
    method: 'DELETE',
    path: '/api/v1/images/:image/conversion',
    service: 'converter',
    audience: 'operator',
    summary: "Cancels an image's conversion, under way or still to come, until its object changes or it is asked for again",
  },
  {
    method: 'GET',
    path: '/api/v1/conversions',
    service: 'converter',
    audience: 'operator',
    summary: 'The conversions under way that have taken more than a second, and how far they are',
    answers: 'application/json',
  },
  {
    method: 'POST',
    path: '/api/v1/notifications/s3',
    service: 'converter',
    audience: 'operator',
    summary: 'Takes the notification of an object store that an object was created; its conversion is asked for',
    body: S3Notification,
  },
  {
    method: 'GET',
    path: '/api/v1/failures',
    service: 'console',
    audience: 'operator',
    summary: 'What failed, why, and what to do',
    query: Page,
    answers: 'application/json',
  },
  {
    method: 'POST',
    path: '/api/v1/failures/replay',
    service: 'console',
    audience: 'operator',
    summary: 'Handles failed work again',
    body: ReplayFailures,
    answers: 'application/json',
  },
  {
    method: 'POST',
    path: '/api/v1/replay',
    service: 'console',
    audience: 'operator',
    summary: 'Derives everything again',
    body: ReplayAll,
    answers: 'application/json',
  },
  {
    method: 'GET',
    path: '/api/v1/status',
    service: 'console',
    audience: 'operator',
    summary: 'How many objects are where',
    answers: 'application/json',
  },
  {
    method: 'GET',
    path: '/api/v1/sources',
    service: 'harvester',
    audience: 'operator',
    summary: 'What is harvested, how far, and what is wrong with it',
    answers: 'application/json',
  },
  {
    method: 'POST',
    path: '/api/v1/sources',
    service: 'harvester',
    audience: 'operator',
    summary: 'Adds a source',
    status: 201,
    body: NewSource,
    answers: 'application/json',
  },
  {
    method: 'POST',
    path: '/api/v1/sources/discover',
    service: 'harvester',
    audience: 'operator',
    summary: 'Looks for the stream that a record is in, and says what was tried',
    status: 200,
    body: StreamSearch,
    answers: 'application/json',
  },
  {
    method: 'GET',
    path: '/api/v1/sources/:source',
    service: 'harvester',
    audience: 'operator',
    summary: 'A source: its definition, how far it is, where it takes notifications',
    answers: 'application/json',
  },
  {
    method: 'PUT',
    path: '/api/v1/sources/:source',
    service: 'harvester',
    audience: 'operator',
    summary: 'Gives a source another definition',
    body: SourceDefinition,
    answers: 'application/json',
  },
  {
    method: 'DELETE',
    path: '/api/v1/sources/:source',
    service: 'harvester',
    audience: 'operator',
    summary: 'Removes a source, and withdraws its objects or keeps them',
    query: RemovalQuery,
    answers: 'application/json',
  },
  {
    method: 'POST',
    path: '/api/v1/sources/:source/look',
    service: 'harvester',
    audience: 'operator',
    summary: 'Has a source looked at now',
    answers: 'application/json',
  },
  {
    method: 'GET',
    path: '/api/v1/sources/:source/unmatched',
    service: 'harvester',
    audience: 'operator',
    summary: 'Of a source of images: those that belong to no object that is there, or with `of=objects` the objects that have none',
    query: UnmatchedQuery,
    answers: 'application/json',
  },
  {
    method: 'POST',
    path: '/api/v1/sources/:source/inbox',
    service: 'harvester',
    audience: 'publisher',
    summary: 'Takes a notification that something happened (Activity Streams 2.0): the source is looked at now',
    body: StreamNotification,
  },
  {
    method: 'POST',
    path: '/api/v1/sources/:source/withdrawals',
    service: 'harvester',
    audience: 'operator',
    summary: 'Decides about withdrawals that were held back because they are many',
    body: WithdrawalsDecision,
    answers: 'application/json',
  },
  {
    method: 'POST',
    path: '/api/v1/sources/:source/replay',
    service: 'harvester',
    audience: 'operator',
    summary: 'Derives the objects of a source again from our raw copies; the source is not asked',
    body: SourceReplay,
    answers: 'application/json',
  },
  {
    method: 'GET',
    path: '/api/v1/sources/:source/runs',
    service: 'harvester',
    audience: 'operator',
    summary: 'The last runs of a source, the newest first',
    query: Page,
    answers: 'application/json',
  },
  {
    method: 'GET',
    path: '/api/v1/sources/:source/runs/:run',
    service: 'harvester',
    audience: 'operator',
    summary: 'The report of a run',
    answers: 'application/json',
  },
  {
    method: 'GET',
    path: '/api/v1/ids',
    service: 'harvester',
    audience: 'operator',
    summary: 'The id table: what each identifier stands for',
    query: Page,
    answers: 'application/json',
  },
] as const satisfies readonly Route[];

/** The entry of the table that a service's route claims to be. */
export function routeOf(method: string, path: string): Route | undefined {
  return routes.find((route) => route.method === method && route.path === path);
}
