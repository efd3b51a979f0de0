/** The dependency lines of an incident, from cause to effects, over the assets that the links walked. */
import type { Asset, Member, Position } from '../api/types';
import type { Path } from './view';

/** One line per cause link that has at least two known places. */
export function pathsOf(members: Member[], assets: ReadonlyMap<string, Asset>): Path[] {
  const places = new Map(members.map(({ signal }) => [signal.asset, signal.position]));
  const at = (id: string) => assets.get(id)?.position ?? places.get(id) ?? null;
  const byId = new Map(members.map(({ signal }) => [signal.id, signal]));
  const seen = new Set<string>();
  const paths: Path[] = [];
  for (const { because } of members) {
    if (!because || because.kind === 'same') continue;
    const key = because.path.join();
    if (key && seen.has(key)) continue;
    seen.add(key);
    const walked = because.path.map(at);
    const ends = [byId.get(because.cause)?.position ?? null, byId.get(because.effect)?.position ?? null];
    const line = (walked.length > 1 ? walked : ends).filter((one): one is Position => one !== null);
    if (line.length > 1) paths.push({ line });
  }
  return paths;
}
