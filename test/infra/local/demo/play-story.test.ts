import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { playStory } from '../../../../infra/local/demo/play-story.ts';
import type { Story } from '../../../../infra/local/demo/stories.ts';
import { type AcdSimulator, startAcdSimulator } from '../../../../infra/local/simulators/acd/simulator.ts';
import { type LucsSimulator, startLucsSimulator } from '../../../../infra/local/simulators/lucs/simulator.ts';
import { type NimbusSimulator, startNimbusSimulator } from '../../../../infra/local/simulators/nimbus/simulator.ts';
import { registerWebhooks } from '../../../../infra/local/stack/webhooks.ts';

const task = { taskId: 'task-1', serviceUPN: 'helpdesk@contoso.example' };

const story: Story = {
  title: 'A story',
  events: [
    { webhook: 'task', payload: { ...task, event: 'Created' } },
    { webhook: 'task', payload: { ...task, event: 'TaskTerminated' } },
  ],
  expected: [
    { vendor: 'lucs', method: 'POST', path: '/v1.0/tasks', body: { Caller: 'Jo Park' } },
    { vendor: 'acd', method: 'POST', path: '/rest/v1.0/7/acd/events/create', body: { Sender: '44', nPriority: 80 } },
  ],
};

let nimbus: NimbusSimulator;
let lucs: LucsSimulator;
let acd: AcdSimulator;
let bridge: Server;
let bridgeUrl: string;

/** What the bridge answers to the webhooks to come, before it takes them. */
let refusals: number[];
/** What the bridge sends when the story's last event was raised. */
let forward: () => Promise<void>;

beforeAll(async () => {
  [nimbus, lucs, acd] = await Promise.all([
    startNimbusSimulator({ port: 0 }),
    startLucsSimulator({ port: 0 }),
    startAcdSimulator({ port: 0 }),
  ]);
  bridge = createServer(async (request, response) => {
    const payload = await json(request);
    const refusal = refusals.shift();
    if (refusal !== undefined) return void response.writeHead(refusal).end('{}');
    response.writeHead(202).end('{"id":"event-1"}');
    if (JSON.stringify(payload).includes('TaskTerminated')) await forward();
  });
  bridge.listen(0, '127.0.0.1');
  await once(bridge, 'listening');
  const address = bridge.address();
  bridgeUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterAll(async () => {
  bridge?.close();
  bridge?.closeAllConnections();
  await Promise.all([nimbus?.close(), lucs?.close(), acd?.close()]);
});

beforeEach(async () => {
  refusals = [];
  forward = async () => undefined;
  lucs.answerNext({ times: 10, status: 201 });
  acd.answerNext({ times: 10, status: 200 });
  await registerWebhooks(nimbus.baseUrl, bridgeUrl, 'key');
});

afterEach(() => {
  for (const simulator of [nimbus, lucs, acd]) simulator.clear();
});

async function post(url: string, body: unknown): Promise<void> {
  await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

const toLucs = () => post(`${lucs.origin}/v1.0/tasks`, { Caller: 'Jo Park', Service: 'more than the story looks at' });
const toAcd = (changes: object = {}) =>
  post(`${acd.origin}/rest/v1.0/7/acd/events/create`, { Sender: '44', nPriority: 80, ...changes });

async function play({ timeoutMs = 200 }: { timeoutMs?: number } = {}) {
  const lines: string[] = [];
  const simulators = { nimbus: nimbus.origin, lucs: lucs.origin, acd: acd.origin, crm: 'http://127.0.0.1:1' };
  const passed = await playStory(story, { simulators, print: (line) => lines.push(line), timeoutMs });
  return { passed, text: lines.join('\n').replaceAll(/^ +\d+ ms {2}/gm, '') };
}

describe('a story', () => {
  it('passes when each vendor got just what it should, and is told step by step', async () => {
    forward = async () => {
      await toLucs();
      await toAcd();
    };

    const { passed, text } = await play();

    expect(passed).toBe(true);
    expect(text.split('\n')).toEqual([
      '',
      'A story',
      'in   Nimbus task Created → 202 event-1',
      'in   Nimbus task TaskTerminated → 202 event-1',
      'out  lucs POST /v1.0/tasks → 201',
      '                  Caller: "Jo Park"',
      'out  acd POST /rest/v1.0/7/acd/events/create → 200',
      '                  Sender: "44"',
      '                  nPriority: 80',
      '  passed',
    ]);
  });

  it('fails when nothing is forwarded', async () => {
    const { passed, text } = await play();

    expect(passed).toBe(false);
    expect(text).toContain('MISSING  lucs POST /v1.0/tasks {"Caller":"Jo Park"}');
    expect(text).toContain('MISSING  acd POST /rest/v1.0/7/acd/events/create {"Sender":"44","nPriority":80}');
    expect(text).toMatch(/\n {2}FAILED$/);
  });

  it('fails when something is forwarded twice', async () => {
    forward = async () => {
      await toLucs();
      await toAcd();
      await toAcd();
    };

    const { passed, text } = await play();

    expect(passed).toBe(false);
    expect(text.match(/DOUBLED.*/g)).toEqual(['DOUBLED  taken 2 times']);
  });

  it('fails when a vendor gets something else', async () => {
    forward = async () => {
      await toLucs();
      await toAcd({ nPriority: 81 });
    };

    const { passed, text } = await play();

    expect(passed).toBe(false);
    expect(text.match(/MISSING {2}\w+/g)).toEqual(['MISSING  acd']);
  });

  it('fails when a vendor refuses what it gets', async () => {
    acd.clear();
    forward = async () => {
      await toLucs();
      await toAcd();
    };

    const { passed, text } = await play();

    expect(passed).toBe(false);
    expect(text).toMatch(/REFUSED with \d{3} {2}acd POST/);
  });

  it('passes when a vendor took at last what it had refused first', async () => {
    acd.clear();
    acd.answerNext({ status: 503 }, { status: 200 });
    forward = async () => {
      await toLucs();
      await toAcd();
      await toAcd();
    };

    expect((await play()).passed).toBe(true);
  });
});

describe('an event of a story', () => {
  it('is raised again when the bridge says that it will be back', async () => {
    refusals = [503];
    forward = async () => {
      await toLucs();
      await toAcd();
    };

    const { passed, text } = await play({ timeoutMs: 5_000 });

    expect(passed).toBe(true);
    expect(text).toContain('in   Nimbus task Created → 503, raised again\n');
  });

  it('ends the story when it is refused for good', async () => {
    refusals = [401];

    await expect(play({ timeoutMs: 5_000 })).rejects.toThrow('the bridge did not take the task webhook');
  });

  it('ends the story when nobody is registered for it', async () => {
    nimbus.clear();

    await expect(play()).rejects.toThrow('no webhook is registered with the Nimbus simulator');
  });
});
