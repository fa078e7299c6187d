import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from '../../../../shared/zod.ts';

const main = fileURLToPath(new URL('../../../../infra/local/host/main.ts', import.meta.url));
const library = createRequire(import.meta.url).resolve('@azure/functions');
const readySchema = z.object({ type: z.literal('ready'), port: z.number(), functions: z.array(z.string()) });

let directory = '';
const children: ChildProcess[] = [];
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'host-main-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(directory, { recursive: true });
});

/** Writes an app whose code may use `app` of @azure/functions. */
async function writeApp(code: string, hostJson: object = { version: '2.0' }): Promise<void> {
  await writeFile(path.join(directory, 'package.json'), JSON.stringify({ main: 'app.cjs' }));
  await writeFile(path.join(directory, 'host.json'), JSON.stringify(hostJson));
  const prelude = code.includes('app.') ? `const { app } = require(${JSON.stringify(library)});\n` : '';
  await writeFile(path.join(directory, 'app.cjs'), prelude + code);
}

function start(...args: string[]) {
  const child = fork(main, ['--app', directory, ...args], { execArgv: ['--import', 'tsx'], silent: true });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output.stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    output.stderr += chunk;
  });
  return { child, output, closed: once(child, 'close').then(([code]: unknown[]) => code) };
}

async function ready({ child, output, closed }: ReturnType<typeof start>) {
  const message = await Promise.race([once(child, 'message').then(([first]: unknown[]) => first), closed]);
  const parsed = readySchema.safeParse(message);
  if (!parsed.success) throw new Error(`not ready: ${output.stderr}`);
  return parsed.data;
}

const hello =
  "app.http('hello', { methods: ['GET'], authLevel: 'function', handler: () => ({ body: process.env.GREETING }) });";

describe('the host process', () => {
  it('reports ready, gives the app its settings, and ends with its parent', async () => {
    await writeApp(hello);
    const settings = path.join(directory, 'local.settings.json');
    await writeFile(
      settings,
      JSON.stringify({ Values: { GREETING: 'hi' }, Host: { LocalHttpPort: 0, Keys: { default: 'k' } } }),
    );
    const host = start('--settings', settings);
    const exited = once(host.child, 'exit');
    const { port, functions } = await ready(host);
    expect(functions).toEqual(['hello']);
    expect(await (await fetch(`http://127.0.0.1:${port}/api/hello?code=k`)).text()).toBe('hi');
    host.child.disconnect();
    expect(await exited).toEqual([0, null]);
  });

  it('loads apps that are ES modules', async () => {
    await writeApp('');
    await writeFile(path.join(directory, 'package.json'), JSON.stringify({ main: 'app.js', type: 'module' }));
    const code = `import { app } from ${JSON.stringify(pathToFileURL(library).href)};
      app.http('hello', { methods: ['GET'], handler: async () => ({ body: 'from a module' }) });`;
    await writeFile(path.join(directory, 'app.js'), code);
    const { port } = await ready(start('--port', '0'));
    expect(await (await fetch(`http://127.0.0.1:${port}/api/hello`)).text()).toBe('from a module');
  });

  // Windows has no SIGTERM: it ends a process at once.
  it.skipIf(process.platform === 'win32')('answers running requests, then ends, on SIGTERM', async () => {
    await writeApp(`
      app.http('slow', { methods: ['GET'], handler: async () => {
        process.send('started');
        await new Promise((resolve) => process.once('message', resolve));
        return { body: 'done' };
      } });
      app.hook.appTerminate(() => console.log('terminated'));`);
    const host = start('--port', '0');
    const { port } = await ready(host);
    const started = once(host.child, 'message');
    const answer = fetch(`http://127.0.0.1:${port}/api/slow`);
    await started;
    host.child.kill('SIGTERM');
    host.child.send('go on');
    expect(await (await answer).text()).toBe('done');
    expect(await host.closed).toBe(0);
    expect(host.output.stdout).toContain('terminated');
  });

  it('names a port that is in use', async () => {
    await writeApp("app.http('a', { handler: () => ({}) });");
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const address = blocker.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const host = start('--port', String(port));
    expect(await host.closed).toBe(1);
    expect(host.output.stderr).toBe(`Port ${port} is in use: the local Functions host cannot listen\n`);
    blocker.close();
  });
});

describe('a start that fails explains itself:', () => {
  const get = (name: string, route = name) =>
    `app.http('${name}', { methods: ['GET'], route: '${route}', handler() {} });`;

  it.each<[string, string, string | RegExp]>([
    ['no registration', "console.log('nothing');", 'app.cjs did not call @azure/functions'],
    ['no function', 'app.setup({});  app.hook.appStart(() => {});', 'did not call @azure/functions'],
    ['code that throws', "throw new Error('broken build');", /app\.cjs fails while loading[\s\S]*broken build/],
    ['the same name twice', get('a') + get('a', 'b'), 'A function with the name or id "a" has already been registered'],
    ['names alike', get('a') + get('A', 'b'), "function 'A': its name differs from 'a' in nothing but case"],
    ['the same route twice', get('a', 'x/{id}') + get('b', 'x/{key}'), "function 'a' already answers these requests"],
    ['a bad route', get('a', 'x/{id'), "function 'a': route 'x/{id': a route needs a '}' for each '{'"],
    ['a missing setting', get('a', '%WHERE%'), "function 'a': '%WHERE%' needs the setting WHERE, which is not set"],
    [
      'a missing connection',
      "app.serviceBusQueue('a', { connection: 'Bus', queueName: 'q', handler() {} });",
      "function 'a': connection 'Bus' needs a connection string in the setting Bus, which is not set",
    ],
    [
      'a connection that is none',
      "process.env.Bus = 'x'; app.serviceBusQueue('a', { connection: 'Bus', queueName: 'q', handler() {} });",
      "function 'a': the setting behind connection 'Bus' is no connection string",
    ],
    ['streaming', `app.setup({ enableHttpStream: true });${get('a')}`, 'enableHttpStream: true }) is not supported'],
    [
      'an appStart hook',
      `${get('a')}app.hook.appStart(() => { throw new Error('no'); });`,
      'An appStart hook of the function app fails',
    ],
  ])('%s', async (_, code, expected) => {
    await writeApp(code);
    const host = start('--port', '0');
    expect(await host.closed).toBe(1);
    expect(host.output.stderr).toMatch(expected);
  });

  it('wrong arguments and files', async () => {
    await writeApp(hello, { version: '2.0', functionTimeout: 'long' });
    const badPort = start('--port', '70710');
    const badHostJson = start('--port', '0');
    const noSettings = start('--settings', path.join(directory, 'nowhere.json'));
    expect(await Promise.all([badPort.closed, badHostJson.closed, noSettings.closed])).toEqual([1, 1, 1]);
    expect(badPort.output.stderr).toContain("--port must be a number from 0 to 65535, not '70710'");
    expect(badHostJson.output.stderr).toMatch(/host\.json:\n {2}- functionTimeout: /);
    expect(noSettings.output.stderr).toMatch(/nowhere\.json:\n {2}- the file cannot be read/);
  });
});
