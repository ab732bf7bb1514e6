/** Reads what the build makes of browser/: the script and the style that are put into every page. */

import { readBytes } from '../../lib/node/files.js';
import { packageFile } from '../../lib/node/package.js';
import type { Assets } from './document.js';

export function readAssets(): Assets {
  return { script: read('charts.js'), style: read('page.css') };
}

function read(name: string): string {
  return new TextDecoder().decode(readBytes(packageFile('dist', 'bin', 'html', 'browser', name)));
}
