import { Id } from '@vitrine/contracts/id.ts';
import { S3Notification } from '@vitrine/contracts/requests.ts';
import { Check } from 'typebox/value';

/** An object that came into a bucket. */
export type CreatedObject = {
  readonly bucket: string;
  readonly key: string;
  /** Of its bytes, without quotation marks; what tells one version from another where nothing else does. */
  readonly etag: string;
};

/**
 * The objects that a notification says were created; undefined where it is no notification. What else happened to objects is left out.
 *
 * Amazon encodes keys as forms do; VersityGW does not, and its names of buckets and keys are now and then another request's, while its ARN, in a form
 * of its own, is always right.
 */
export function createdObjects(notification: unknown): CreatedObject[] | undefined {
  if (!Check(S3Notification, notification)) return undefined;
  if (!('Records' in notification)) return [];
  return notification.Records.flatMap(({ eventName, s3: { bucket, object } }) => {
    if (!/^(s3:)?ObjectCreated:/.test(eventName)) return [];
    const place = /^arn:aws:s3:::\/([^/]+)\/(.+)$/s.exec(bucket.arn ?? '');
    const key = place?.[2] ?? decoded(object.key);
    if (key === undefined) return [];
    return [{ bucket: place?.[1] ?? bucket.name, key, etag: (object.eTag ?? '').replaceAll('"', '') }];
  });
}

function decoded(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** The object and the image that a key `{object}/{file}` names; undefined where it names none. The name of the file without its ending tells images of an object apart. */
export function imageOfKey(key: string): { object: string; image: string } | undefined {
  const [object = '', file = '', ...rest] = key.split('/');
  const name = file.replace(/\.[^.]*$/, '');
  // That would be page n of another image.
  if (/\.p\d+$/.test(name)) return undefined;
  const image = `${object}-${name}`;
  if (rest.length > 0 || name === '' || !Check(Id, object) || !Check(Id, image)) return undefined;
  return { object, image };
}

/** The address of a master in a bucket, as fetchMaster() reads it. */
export const s3Address = ({ bucket, key }: Pick<CreatedObject, 'bucket' | 'key'>): string =>
  `s3://${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
