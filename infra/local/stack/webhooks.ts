import { nimbusBearerToken } from '../simulators/credentials.ts';

const TRIGGERS = [
  { path: '/v1/triggers/tasks', lookups: '/v1/tasks', eventsKey: 'taskEvents', route: 'nimbus/tasks' },
  {
    path: '/v1/triggers/scheduler-entries',
    lookups: '/v1/scheduler-entries',
    eventsKey: 'schedulerEntryEvents',
    route: 'nimbus/scheduler-entries',
  },
];

/** Registers the bridge with the Nimbus simulator for every service and event, as an administrator would. */
export async function registerWebhooks(nimbusUrl: string, bridgeUrl: string, functionKey: string): Promise<void> {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(nimbusUrl + path, {
      method,
      headers: { authorization: `Bearer ${nimbusBearerToken}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the Nimbus simulator answered ${response.status} to ${method} ${path}`);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  for (const { path, lookups, eventsKey, route } of TRIGGERS) {
    const services = await call('GET', `${lookups}/service-contacts`);
    const events = await call('GET', `${lookups}/events`);
    const values = Array.isArray(events) ? events.map((event) => Reflect.get(event, 'value')) : [];
    const url = `${bridgeUrl}/api/${route}?code=${encodeURIComponent(functionKey)}`;
    await call('POST', path, { config: { url, services, [eventsKey]: values } });
  }
}

/** Has the groups of the jtel ACD simulator post to the bridge, as their parameters *REST Calls* do in the jtel portal. */
export async function setAcdReceiver(acdUrl: string, bridgeUrl: string, functionKey: string): Promise<void> {
  const callbackUrl = `${bridgeUrl}/api/acd/callbacks?code=${encodeURIComponent(functionKey)}`;
  const response = await fetch(new URL('/_simulator/behaviour', acdUrl), {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ callbackUrl, voicemailUrl: `${callbackUrl}&kind=voicemail` }),
  });
  if (!response.ok) throw new Error(`the jtel ACD simulator answered ${response.status} to its receiver's address`);
}
