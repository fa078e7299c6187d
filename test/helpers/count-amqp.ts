import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type AmqpValue, readValue } from '../../infra/local/broker/codec/values.ts';

/** What went over the wire between clients and Service Bus, as Azure would count it. Entities are addresses of links. */
export interface BusCounts {
  /** Messages that the broker took. */
  sends: number;
  /** Messages that it handed out. */
  receives: number;
  /** Messages that were completed, abandoned or the like. */
  settlements: number;
  /** Sessions that were given to a receiver. */
  sessionAccepts: number;
  /** Requests for a message that ended without one. */
  emptyReceives: number;
  /**
   * Requests beside messages, such as the renewal of a lock. Signing in is not among them, nor are peeks: only the local
   * host asks in that way whether the bus is there.
   */
  managementRequests: number;
}

export interface CountingBus {
  readonly port: number;
  readonly counts: BusCounts;
  /** Receivers that wait for any free session now, by entity. */
  waitingReceivers(): ReadonlyMap<string, number>;
  /** How long those wait until they ask again, in ms. */
  readonly waitMs: ReadonlySet<number>;
  /** Sessions that somebody has now. */
  heldSessions(): number;
  close(): Promise<void>;
}

const PERFORMATIVE = { attach: 0x12, flow: 0x13, transfer: 0x14, disposition: 0x15, detach: 0x16 } as const;
const SESSION_FILTER = 'com.microsoft:session-filter';
const PEEK = 'com.microsoft:peek-message';
const HEADER_BYTES = 8;

interface Link {
  readonly address: string;
  readonly kind: 'send' | 'receive' | 'session' | 'request';
  readonly channel: number;
  state: 'waiting' | 'held' | 'closed';
}

/** A port that passes everything on to the broker at `brokerPort`, and counts what passes. */
export async function countAmqp(brokerPort: number): Promise<CountingBus> {
  const counts: BusCounts = {
    sends: 0,
    receives: 0,
    settlements: 0,
    sessionAccepts: 0,
    emptyReceives: 0,
    managementRequests: 0,
  };
  const waitMs = new Set<number>();
  const links = new Set<Link>();
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const broker = connect(brokerPort, '127.0.0.1');
    const connection = watchConnection(counts, waitMs, links);
    for (const [from, to, read] of [
      [client, broker, connection.fromClient],
      [broker, client, connection.fromBroker],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (bytes) => {
        to.write(bytes);
        read(Buffer.from(bytes));
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        connection.close();
        to.end();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();

  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    counts,
    waitMs,
    waitingReceivers: () => {
      const waiting = new Map<string, number>();
      for (const { kind, state, address: entity } of links) {
        if (kind === 'session' && state === 'waiting') waiting.set(entity, (waiting.get(entity) ?? 0) + 1);
      }
      return waiting;
    },
    heldSessions: () => [...links].filter(({ kind, state }) => kind === 'session' && state === 'held').length,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function watchConnection(counts: BusCounts, waitMs: Set<number>, links: Set<Link>) {
  const byName = new Map<string, Link>();
  const clientHandles = new Map<string, Link>();
  const brokerHandles = new Map<string, Link>();
  /** Deliveries to the client that are not settled yet. */
  const unsettled = new Set<string>();

  const close = (link: Link | undefined) => {
    if (link === undefined) return;
    link.state = 'closed';
    links.delete(link);
  };

  function clientFrame({ code, fields, channel, bytes }: Frame): void {
    const link = clientHandles.get(`${channel} ${fields[code === PERFORMATIVE.flow ? 4 : 0]}`);
    if (code === PERFORMATIVE.attach) {
      const opened = openedLink(fields, channel);
      byName.set(String(fields[0]), opened);
      clientHandles.set(`${channel} ${fields[1]}`, opened);
      links.add(opened);
      const timeoutMs = mapOf(fields[13]).get('com.microsoft:timeout');
      if (opened.kind === 'session' && typeof timeoutMs === 'number') waitMs.add(timeoutMs);
    } else if (code === PERFORMATIVE.transfer && fields[5] !== true) {
      const isPeek = bytes.includes(PEEK);
      if (link?.kind === 'send') counts.sends += 1;
      else if (link?.address.endsWith('/$management') && !isPeek) counts.managementRequests += 1;
    } else if (code === PERFORMATIVE.flow) {
      const isReceiver = link?.kind === 'session' || link?.kind === 'receive';
      if (isReceiver && fields[8] === true && fields[6] !== 0) counts.emptyReceives += 1;
    } else if (code === PERFORMATIVE.disposition && fields[0] === true) {
      for (let id = Number(fields[1]); id <= Number(fields[2] ?? fields[1]); id++) {
        if (unsettled.delete(`${channel} ${id}`)) counts.settlements += 1;
      }
    } else if (code === PERFORMATIVE.detach) {
      close(link);
    }
  }

  function brokerFrame({ code, fields, channel }: Frame): void {
    if (code === PERFORMATIVE.attach) {
      const link = byName.get(String(fields[0]));
      if (link === undefined) return;
      brokerHandles.set(`${channel} ${fields[1]}`, link);
      if (link.kind !== 'session' || typeof sessionFilter(fields[5]) !== 'string') return;
      link.state = 'held';
      counts.sessionAccepts += 1;
      return;
    }
    const link = brokerHandles.get(`${channel} ${fields[0]}`);
    if (code === PERFORMATIVE.detach) close(link);
    if (code !== PERFORMATIVE.transfer || fields[5] === true) return;
    if (link?.kind !== 'session' && link?.kind !== 'receive') return;
    counts.receives += 1;
    if (typeof fields[1] === 'number') unsettled.add(`${link.channel} ${fields[1]}`);
  }

  return {
    fromClient: frameReader(clientFrame),
    fromBroker: frameReader(brokerFrame),
    close: () => {
      for (const link of byName.values()) close(link);
    },
  };
}

/** The link that a client's attach asks for. */
function openedLink(fields: readonly AmqpValue[], channel: number): Link {
  const isReceiver = fields[2] === true;
  const address = String(listOf(fields[isReceiver ? 5 : 6])[0] ?? '');
  const base = { address, channel, state: 'waiting' } as const;
  if (address.endsWith('$cbs') || address.endsWith('/$management')) return { ...base, kind: 'request' };
  if (!isReceiver) return { ...base, kind: 'send' };
  return { ...base, kind: sessionFilter(fields[5]) === undefined ? 'receive' : 'session' };
}

function sessionFilter(source: AmqpValue | undefined): AmqpValue | undefined {
  const filter = mapOf(listOf(source)[7]).get(SESSION_FILTER);
  return described(filter);
}

interface Frame {
  readonly code: number;
  readonly fields: readonly AmqpValue[];
  readonly channel: number;
  readonly bytes: Buffer;
}

/** Takes the bytes of one direction as they come, and gives the AMQP frames among them. */
function frameReader(take: (frame: Frame) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= HEADER_BYTES) {
      const isProtocolHeader = rest.toString('latin1', 0, 4) === 'AMQP';
      const size = isProtocolHeader ? HEADER_BYTES : rest.readUInt32BE(0);
      if (rest.length < size) return;
      const frame = rest.subarray(0, size);
      rest = rest.subarray(size);
      const bodyStart = frame.readUInt8(4) * 4;
      // Empty frames keep the connection alive; frames of type 1 sign in.
      if (isProtocolHeader || frame.readUInt8(5) !== 0 || bodyStart >= size) continue;
      const { value } = readValue(frame, bodyStart);
      const code = isDescribed(value) ? Number(value.descriptor) : 0;
      const channel = frame.readUInt16BE(6);
      take({ code, fields: listOf(value), channel, bytes: frame });
    }
  };
}

function isDescribed(value: AmqpValue | undefined): value is { descriptor: AmqpValue; value: AmqpValue } {
  return typeof value === 'object' && value !== null && 'descriptor' in value;
}

function described(value: AmqpValue | undefined): AmqpValue | undefined {
  return isDescribed(value) ? value.value : value;
}

function listOf(value: AmqpValue | undefined): readonly AmqpValue[] {
  const list = described(value);
  return Array.isArray(list) ? list : [];
}

function mapOf(value: AmqpValue | undefined): ReadonlyMap<AmqpValue, AmqpValue> {
  const map = described(value);
  return map instanceof Map ? map : new Map();
}
