/** What runs on a node of Slurm: a script whose arguments are the jobs of one submission. */

import { shellWord } from '../../cli/commandLine.js';
import { STOP_SIGNALS } from '../../cli/signals.js';

/** How often a submission may ask to be queued again: a job that never gets further must end some day. */
const MOST_RESTARTS = 50;

/**
 * The text of the script. Slurm sends SIGTERM before the time is over: then the program saves, and the
 * submission asks to be queued again. One that was cancelled just ends: its state is no longer RUNNING.
 */
export function batchScript(command: readonly string[]): string {
  return `#!/bin/sh
# Does the jobs that are its arguments; written by "spiking-unet reproduce --submit slurm".
asked=
child=
stop() {
  asked=yes
  [ -n "$child" ] && kill -TERM "$child" 2>/dev/null
}
trap stop TERM
${command.map(shellWord).join(' ')} "$@" &
child=$!
[ -n "$asked" ] && kill -TERM "$child"
wait "$child"
code=$?
while kill -0 "$child" 2>/dev/null; do # a signal ends a wait before the program has saved
  wait "$child"
  code=$?
done
state=$(squeue --noheader --jobs="$SLURM_JOB_ID" --format=%T)
if [ -n "$asked" ] && [ "$code" -eq ${STOP_SIGNALS.SIGTERM} ] && [ "$state" = RUNNING ]; then
  if [ "\${SLURM_RESTART_COUNT:-0}" -lt ${MOST_RESTARTS} ]; then
    echo "stopped by SIGTERM and saved: asks to be queued again" >&2
    exec scontrol requeue "$SLURM_JOB_ID"
  fi
  echo "was queued again ${MOST_RESTARTS} times: ends" >&2
fi
exit "$code"
`;
}
