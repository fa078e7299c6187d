// Fills in the digests of the Dockerfile's images where they are still zeros: node functions/relay/pin-images.mjs
// It needs Docker (buildx) and Node.js, and nothing that npm installs, so that it can run before any build.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [file = join(import.meta.dirname, 'Dockerfile')] = process.argv.slice(2);
const source = readFileSync(file, 'utf8');
const pinned = source.replace(/^(FROM )(\S+)@sha256:0{64}/gm, (_, from, image) => `${from}${image}@${digestOf(image)}`);
if (pinned !== source) writeFileSync(file, pinned);
console.log(pinned === source ? `${file}: every digest is there` : `${file}: filled in; commit it`);

/** Of the manifest for all processors. */
function digestOf(image) {
  const inspect = ['buildx', 'imagetools', 'inspect', image, '--format', '{{.Manifest.Digest}}'];
  const digest = execFileSync('docker', inspect, { encoding: 'utf8' }).trim();
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`no digest for ${image}: ${digest}`);
  return digest;
}
