/** Learning-rate schedules: the factor on the initial rate as a function of the run's progress. */

import { cosTurns } from '../core/elementary.js';
import { UsageError } from '../core/error.js';

/** Progress 0..1 (updates done / updates in all) to a factor. */
export type Schedule = (progress: number) => number;

export const schedules: Readonly<Record<string, Schedule>> = {
  constant: () => 1,
  linear: (progress) => 1 - progress,
  /** A tenth after half of the updates, a hundredth after 80 % of them. */
  steps: (progress) => (progress < 0.5 ? 1 : progress < 0.8 ? 0.1 : 0.01),
  cosine: (progress) => (1 + cosTurns(progress / 2)) / 2,
};

/** A schedule by name; UsageError for a name that is not in the table. */
export function findSchedule(name: string): Schedule {
  const schedule = Object.hasOwn(schedules, name) ? schedules[name] : undefined;
  if (!schedule)
    throw new UsageError(`schedule ${name}: expected one of ${Object.keys(schedules).join(', ')}`);
  return schedule;
}
