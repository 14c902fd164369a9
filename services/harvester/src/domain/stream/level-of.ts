/** Change Discovery 1.0, 2.1: 0 without times, 1 with times alone, 2 where it tells what was created and deleted. What a stream once told it still tells. */
export function levelOf(known: 0 | 1 | 2 | undefined, newest: number | undefined, activityTypes: readonly string[]): 0 | 1 | 2 {
  const tells = activityTypes.some((type) => /^(create|delete|move|add|remove)$/i.test(type));
  const level = newest === undefined ? 0 : tells ? 2 : 1;
  return known !== undefined && known > level ? known : level;
}
