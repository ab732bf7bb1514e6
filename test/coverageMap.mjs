/**
 * Which test files count towards the coverage of lib/, for tap. V8's counters make plain loops two to three
 * times as slow, so they run where a test asks something of a part of lib/, and not where it
 *
 * - runs the built program, documents, damaged files, or all goldens: it covers nothing of lib/ on purpose;
 * - draws networks or pictures, many or large ones, or does the same many times: what that covers, others
 *   cover, too.
 */

const UNCOUNTED = [
  /^test\/(audit|browser|cli|fuzz|peers|rules)\//,
  /^test\/convert\/(channelwise|layerThresholds)\.test\.ts$/,
  /^test\/data\/(synthDrive|twins)\.test\.ts$/,
  /^test\/engine\/(spikeEngines|spikeGolden|tiles)\.test\.ts$/,
  /^test\/(node\/kills|train\/engines)\.test\.ts$/,
];

/** tap's question: the files that a test covers; an empty list are all, null none. */
export default (file) => (UNCOUNTED.some((kind) => kind.test(file)) ? null : []);
