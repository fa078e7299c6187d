import { resolve } from 'node:path';
import { type Deployed, type Deployment, deploy } from '../../../infra/tools/bicep/deploy.ts';
import { isList, isObject, type Value } from '../../../infra/tools/bicep/values.ts';
import { appFolder } from '../../../infra/tools/build.ts';

const relayToo = {
  DEPLOY_RELAY: 'true',
  SERVICE_RELAY_IMAGE_NAME: 'registry.example.com/relay:1.0.0',
  BRIDGE_OPERATOR_GROUP_ID: '44444444-4444-4444-4444-444444444444',
};

/** What the shipped parameter files deploy, with and without a relay, and a set of parameters that uses every option. */
export const deployments: Readonly<Record<string, Deployment>> = {
  dev: deploy(resolve(appFolder, 'infra/dev.bicepparam')),
  'dev with relay': deploy(resolve(appFolder, 'infra/dev.bicepparam'), { environment: relayToo }),
  prod: deploy(resolve(appFolder, 'infra/prod.bicepparam')),
  'prod with relay': deploy(resolve(appFolder, 'infra/prod.bicepparam'), { environment: relayToo }),
  'prod with a private network': deploy(resolve(appFolder, 'infra/prod.bicepparam'), {
    environment: { BRIDGE_PRIVATE_NETWORK: 'true' },
  }),
  'all options': deploy(resolve(appFolder, 'test/fixtures/infra/all-options.bicepparam')),
};

export const cases = Object.entries(deployments);

export function ofType({ resources }: Deployment, type: string): Deployed[] {
  return resources.filter((each) => each.type === type);
}

/** The only resource of a type. */
export function only(deployment: Deployment, type: string): Deployed {
  const [first, ...more] = ofType(deployment, type);
  if (first === undefined || more.length > 0) throw new Error(`expected one ${type}`);
  return first;
}

/** The value at a path of names and positions; undefined where there is none. */
export function at(value: Value | undefined, ...path: readonly (string | number)[]): Value | undefined {
  let current = value;
  for (const step of path) {
    if (isList(current)) current = current[Number(step)];
    else current = isObject(current) ? current[String(step)] : undefined;
  }
  return current;
}

/** `[{ name, value }, …]` as an object. */
export function asRecord(list: Value | undefined): Record<string, Value | undefined> {
  if (!isList(list)) throw new Error('expected a list');
  return Object.fromEntries(list.map((each) => [String(at(each, 'name')), at(each, 'value')]));
}

/** Every property in a value, however deep, with its path. */
export function everyProperty(value: Value, path = ''): { path: string; name: string; value: Value }[] {
  if (isList(value)) return value.flatMap((each, index) => everyProperty(each, `${path}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => [
    { path: `${path}.${name}`, name, value: each },
    ...everyProperty(each, `${path}.${name}`),
  ]);
}
