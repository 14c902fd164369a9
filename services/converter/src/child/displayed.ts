import type { Sharp } from 'sharp';
import type { ConversionSettings } from './conversion-task.ts';
import type { OpenMaster } from './open-master.ts';
import { unreadable } from './unreadable.ts';

export type Displayed = {
  /** The pixels as a derivative has them; each call decodes anew. */
  readonly image: (decode?: () => Sharp) => Sharp;
  readonly changes: string[];
  readonly lost: string[];
};

const MOST = 255;

/**
 * How a master's pixels become those of a derivative, and what is to be said of it:
 * - words of 16 bits lose their lower eight bits;
 * - numbers (32 bits, floating point) are stretched from 0 to 255: those that lie within 0 and 1 from 0 and 1, others from the least and the
 *   greatest of the image;
 * - colours become sRGB by the profile in the file, else by what libvips takes their space for;
 * - transparency is flattened on the background, or kept where the tiles are lossless.
 */
export async function displayed(master: OpenMaster, { background, encoding }: ConversionSettings): Promise<Displayed> {
  const { facts, grey, scaled, decode } = master;
  const keepsAlpha = facts.alpha && encoding === 'deflate';
  const stretch = scaled === 'numbers' ? await stretchOf(master) : undefined;
  const image = (pixels = decode) => {
    let made = pixels();
    if (stretch) made = made.linear(stretch.by, stretch.plus);
    if (facts.alpha && !keepsAlpha) made = made.flatten({ background });
    return made.toColourspace(grey ? 'b-w' : 'srgb');
  };
  const changes = [...changesOf(master, stretch), ...(facts.alpha && !keepsAlpha ? [`transparency flattened on ${background}`] : [])];
  const lost = [
    ...master.lost,
    ...(facts.alpha && !keepsAlpha ? ['transparency'] : []),
    ...(scaled === 'bytes' ? [] : ['depth beyond 8 bits']),
    ...(facts.space === 'cmyk' || facts.channels > 4 ? ['the separation into CMYK'] : []),
  ];
  return { image, changes, lost };
}

type Stretch = { readonly least: number; readonly greatest: number; readonly by: number; readonly plus: number };

async function stretchOf({ decode, facts }: OpenMaster): Promise<Stretch> {
  const { channels } = await decode()
    .stats()
    .catch((thrown: unknown) => {
      throw unreadable(thrown);
    });
  const colours = facts.alpha ? channels.slice(0, -1) : channels;
  const [lowest, highest] = [Math.min(...colours.map(({ min }) => min)), Math.max(...colours.map(({ max }) => max))];
  const within = lowest >= 0 && highest <= 1;
  const [least, greatest] = within ? [0, 1] : [lowest, highest];
  const by = greatest > least ? MOST / (greatest - least) : 1;
  // Numbers lose what is behind the point when they become bytes.
  return { least, greatest, by, plus: -least * by + 0.5 };
}

function changesOf({ facts, grey, scaled, profile }: OpenMaster, stretch: Stretch | undefined): string[] {
  const { orientation, depth, space } = facts;
  const changes: string[] = [];
  if (orientation !== 1) changes.push(`turned upright (orientation ${orientation})`);
  if (scaled === 'words') changes.push(`${depth} samples reduced to their upper 8 bits`);
  if (stretch) changes.push(`${depth} samples from ${stretch.least} to ${stretch.greatest} stretched to 0 to ${MOST}`);
  if (!grey)
    changes.push(
      profile
        ? `converted from the embedded profile (${facts.profile || 'without a name'}) to sRGB`
        : `no profile: ${space} taken as it is and converted to sRGB`,
    );
  else if (profile) changes.push(`grey by the embedded profile (${facts.profile || 'without a name'})`);
  else changes.push('no profile: grey taken as it is');
  return changes;
}
