import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readLocalSettings, withSettings } from '../host/local-settings.ts';
import { azuriteConnectionString, type Ports, serviceBusConnectionString } from './addresses.ts';
import {
  azuritePart,
  funcPart,
  type HostReport,
  hostPart,
  type Part,
  relayPart,
  type SimulatorUrls,
  serviceBusPart,
  simulatorsPart,
} from './parts.ts';
import { type Supervised, supervise } from './supervise.ts';
import { simulatorSettings, vendorsToSimulate } from './vendor-settings.ts';
import { registerWebhooks, setAcdReceiver } from './webhooks.ts';

export interface StackOptions {
  /** The folder of host.json, with a built app. */
  readonly appFolder: string;
  /** Path of local.settings.json. */
  readonly settingsFile: string;
  /** Where Azurite and the embedded Service Bus keep their data. */
  readonly dataFolder: string;
  readonly ports: Ports;
  /** Wins over the settings file. */
  readonly environment: NodeJS.ProcessEnv;
  /** Runs Azure Functions Core Tools in place of the local host. */
  readonly useFunc: boolean;
  /** How many relays hear the RTE hub: none, one, or two that share the work as RELAY_MODE says. */
  readonly relays: 0 | 1 | 2;
  readonly onLine: (part: string, line: string) => void;
  /** A part ended and could not be started again. */
  readonly onGivenUp: (error: unknown) => void;
}

/** The whole bridge on one machine. */
export interface Stack {
  readonly bridgeUrl: string;
  readonly functionKey: string;
  readonly masterKey: string;
  readonly ports: Ports;
  /** Base URLs; absent where a vendor's own address is set. */
  readonly simulators: SimulatorUrls;
  readonly serviceBusConnectionString: string;
  readonly storageConnectionString: string;
  /** Programs that can be killed; they are started again. */
  readonly parts: {
    readonly serviceBus: Supervised;
    readonly azurite: Supervised;
    readonly host: Supervised;
    readonly relays: readonly Supervised[];
    /** Absent where every vendor's own address is set. */
    readonly simulators: Supervised | undefined;
  };
  stop(): Promise<void>;
}

/** Starts everything, the function app last. What was started is stopped again when something fails. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataFolder, ports, settingsFile, appFolder, onLine } = options;
  await mkdir(dataFolder, { recursive: true });
  const settings = await readLocalSettings(settingsFile);
  const configured = withSettings(options.environment, settings.values);
  const running: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const part of running.reverse().splice(0)) await part.stop();
  };
  /** A part that is started again keeps the ports that its first start was given. */
  const run = async <Report>(make: (report: Report | undefined) => Part<Report>, onBack?: () => Promise<void>) => {
    const first = make(undefined);
    const supervised = await supervise(first.spec, {
      again: (ready) => make(first.report(ready)).spec,
      ...(onBack && { onBack }),
      onGivenUp: options.onGivenUp,
    });
    running.push(supervised);
    return { supervised, report: first.report(supervised.ready) };
  };

  /** Simulators forget where to post when they end. */
  let register = async () => {};

  try {
    const wanted = vendorsToSimulate(configured);
    const [bus, azurite, simulators] = await allOrFirstError([
      run<number>((port) =>
        serviceBusPart(port ?? ports.serviceBus, dataFolder, (line) => onLine('Service Bus', line)),
      ),
      run((given: Pick<Ports, 'blob' | 'queue' | 'table'> | undefined) =>
        azuritePart(given ?? ports, dataFolder, (line) => onLine('Azurite', line)),
      ),
      wanted.length === 0
        ? undefined
        : run<SimulatorUrls>(
            (urls) =>
              simulatorsPart(
                Object.fromEntries(wanted.map((name) => [name, portOf(urls?.[name]) ?? ports[name]])),
                (line) => onLine('Simulators', line),
              ),
            () => register(),
          ),
    ]);
    const simulatorUrls = simulators?.report ?? {};
    const serviceBus = serviceBusConnectionString(bus.report);
    const storage = azuriteConnectionString(azurite.report);
    const env = withSettings(
      {
        ...options.environment,
        ServiceBus: serviceBus,
        AzureWebJobsStorage: storage,
        ...simulatorSettings(simulatorUrls),
      },
      settings.values,
    );

    const host = await run((report: HostReport | undefined) => {
      const port = report?.port ?? ports.http;
      return options.useFunc
        ? funcPart({ port, appFolder, env }, (line) => onLine('func', line))
        : hostPart({ port, appFolder, settingsFile, env }, (line) => onLine('host', line));
    });
    const bridgeUrl = `http://127.0.0.1:${host.report.port}`;
    const functionKey = settings.keys.default ?? '';
    const relays = await allOrFirstError(
      Array.from({ length: options.relays }, (_, index) =>
        run<number>((given) =>
          relayPart(
            { port: given ?? (index === 0 ? ports.relay : 0), spoolFolder: join(dataFolder, 'relay'), env },
            (line) => onLine('relay', line),
          ),
        ),
      ),
    );
    const { nimbus, acd } = simulatorUrls;
    register = async () => {
      if (nimbus !== undefined) await registerWebhooks(nimbus, bridgeUrl, functionKey);
      if (acd !== undefined) await setAcdReceiver(acd, bridgeUrl, functionKey);
    };
    await register();
    return {
      bridgeUrl,
      functionKey,
      masterKey: settings.keys.master ?? '',
      ports: {
        ...ports,
        ...azurite.report,
        serviceBus: bus.report,
        http: host.report.port,
        relay: relays[0]?.report ?? 0,
      },
      simulators: simulatorUrls,
      serviceBusConnectionString: serviceBus,
      storageConnectionString: storage,
      parts: {
        serviceBus: bus.supervised,
        azurite: azurite.supervised,
        host: host.supervised,
        relays: relays.map(({ supervised }) => supervised),
        simulators: simulators?.supervised,
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for all even when one fails, so that everything that did start can be stopped. */
async function allOrFirstError<T extends readonly unknown[]>(
  promises: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

function portOf(url: string | undefined): number | undefined {
  return url === undefined ? undefined : Number(new URL(url).port);
}
