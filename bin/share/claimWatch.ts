/**
 * Whether the owner of a claim lives, and what to do if not. A process of this host can be gone. All others,
 * and those that hang, show it by the claim: it is stale when its text has not changed for a minute in which
 * we kept looking, by our own clock that cannot be set. Clocks of two machines are never compared.
 */

import { textOf } from '../../lib/node/files.js';
import { moveAway } from '../../lib/node/moveAway.js';
import { goneBecause, isHere, ownerName } from '../../lib/node/owner.js';
import { runOwner } from '../../lib/node/run/runLock.js';
import { type Claim, claimPath, parseClaim, takeClaim } from './claim.js';

/** Seconds without a change after which a claim is stale: twelve beats. */
export const STALE_SECONDS = 60;
/** What counts at most between two looks: while this process itself was suspended, it saw nothing. */
const MOST_BETWEEN_LOOKS = 10;

/** What was seen of a claim. */
interface Seen {
  readonly text: string;
  /** When it was last looked at, and for how long it had not changed. */
  readonly at: number;
  readonly unchanged: number;
}

export interface ClaimWatch {
  /** Takes the job of a folder if nobody who lives has it. `onLost` is that of `takeClaim`. */
  take(folder: string, onLost: () => void): Claim | undefined;
}

/** `log` is told of claims that are taken over, `now` is in seconds. */
export function watchClaims(
  log: (line: string) => void,
  now: () => number = () => performance.now() / 1000,
): ClaimWatch {
  const seen = new Map<string, Seen>();
  /** Why a claim counts no more; undefined if it does. */
  const goneOwner = (folder: string, text: string): string | undefined => {
    const owner = parseClaim(text);
    const gone = owner && isHere(owner) ? goneBecause(owner) : undefined;
    if (gone !== undefined) return gone;
    const last = seen.get(folder);
    const at = now();
    const unchanged = last?.text === text ? last.unchanged + Math.min(at - last.at, MOST_BETWEEN_LOOKS) : 0;
    seen.set(folder, { text, at, unchanged });
    return unchanged < STALE_SECONDS ? undefined : `it has not moved for ${Math.floor(unchanged)} seconds`;
  };
  return {
    take(folder, onLost) {
      const path = claimPath(folder);
      const text = textOf(path);
      if (text !== undefined) {
        const reason = goneOwner(folder, text);
        if (reason === undefined || !moveAway(path, text)) return undefined;
        log(`${folder}: taken over from ${ownerName(parseClaim(text))}: ${reason}`);
      }
      // A training that outlived its owner, or that was started by hand, first has to save and to end.
      if (runOwner(folder) !== undefined) return undefined;
      return takeClaim(folder, onLost);
    },
  };
}
