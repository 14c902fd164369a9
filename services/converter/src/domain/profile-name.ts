const HEADER = 128;
const TAG = 12;
const MOST_TAGS = 200;
const LONGEST = 120;

/** The description of an ICC profile (ICC.1:2022, 9.2.41; of version 2, 6.5.17); empty where it has none that can be read. */
export function profileName(profile: Buffer): string {
  try {
    const count = Math.min(profile.readUInt32BE(HEADER), MOST_TAGS);
    for (let n = 0; n < count; n++) {
      const at = HEADER + 4 + n * TAG;
      if (profile.toString('latin1', at, at + 4) === 'desc') return cleaned(description(profile, profile.readUInt32BE(at + 4)));
    }
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
  }
  return '';
}

function description(profile: Buffer, at: number): string {
  if (profile.toString('latin1', at, at + 4) === 'mluc') {
    const [length, offset] = [profile.readUInt32BE(at + 20), profile.readUInt32BE(at + 24)];
    return Buffer.from(profile.subarray(at + offset, at + offset + (length - (length % 2))))
      .swap16()
      .toString('utf16le');
  }
  return profile.toString('latin1', at + 12, at + 12 + profile.readUInt32BE(at + 8));
}

const cleaned = (text: string): string =>
  text
    .replace(/\p{Cc}.*$/su, '')
    .trim()
    .slice(0, LONGEST);
