/** A section of the report: what it shows of the findings. */

import type { Rendered, Title } from '../html/sectionHtml.js';
import type { Findings } from './findings.js';

export interface Section extends Title {
  /** undefined: there is nothing to show. */
  render(findings: Findings): Rendered | undefined;
}
