import { describe, expect, it } from 'vitest';
import { nimbusSource } from '../../../shared/events/nimbus-source.ts';
import { createLastEvents } from '../../../shared/nimbus-webhooks/last-events.ts';
import { MemoryTable } from '../../helpers/memory-table.ts';

const HELPDESK = 'Helpdesk@contoso.example';
const SALES = 'sales+1@contoso.example';

function setUp(table = new MemoryTable()) {
  const time = { ms: Date.parse('2025-03-04T08:00:00Z') };
  let operations = 0;
  table.before = () => {
    operations += 1;
  };
  const process = () => createLastEvents({ table, services: [HELPDESK, SALES], clock: () => time.ms });
  return { table, time, process, lastEvents: process(), operations: () => operations };
}

describe('the last event of a service', () => {
  it('is not known before one came', async () => {
    expect(await setUp().lastEvents.get(HELPDESK)).toBeUndefined();
  });

  it('is the time at which it came, for every process, whatever the casing', async () => {
    const { time, process, lastEvents } = setUp();
    await lastEvents.note(nimbusSource('HELPDESK@contoso.example'));
    expect(await process().get('helpdesk@CONTOSO.example')).toBe(time.ms);
    expect(await process().get(SALES)).toBeUndefined();
  });

  it('is known for UPNs that a source spells differently', async () => {
    const { time, lastEvents } = setUp();
    await lastEvents.note(nimbusSource(SALES));
    expect(await lastEvents.get(SALES)).toBe(time.ms);
  });

  it('is stored once a minute at most', async () => {
    const { time, lastEvents, operations } = setUp();
    const startMs = time.ms;
    await Promise.all(Array.from({ length: 50 }, () => lastEvents.note(nimbusSource(HELPDESK))));
    const operationsOfOne = operations();
    time.ms += 59_999;
    await lastEvents.note(nimbusSource(HELPDESK));
    expect([operations(), operationsOfOne]).toEqual([2, 2]);
    expect(await lastEvents.get(HELPDESK)).toBe(startMs);
    time.ms += 1;
    await lastEvents.note(nimbusSource(HELPDESK));
    expect(await lastEvents.get(HELPDESK)).toBe(time.ms);
  });

  it('leaves out services that are not configured, and sources of others', async () => {
    const { table, lastEvents } = setUp();
    for (const source of ['/nimbus/other@contoso.example', '/nimbus', '/enreach/user/1']) await lastEvents.note(source);
    expect(table.rows).toEqual([]);
  });

  it('does not go back when a slow process stores an earlier time', async () => {
    const { time, process, lastEvents } = setUp();
    await lastEvents.note(nimbusSource(HELPDESK));
    const latest = time.ms;
    time.ms -= 10_000;
    await process().note(nimbusSource(HELPDESK));
    expect(await lastEvents.get(HELPDESK)).toBe(latest);
  });

  it('does no harm when the table does not answer, and is stored with the next event', async () => {
    const { table, time, lastEvents } = setUp();
    table.goDown();
    await expect(lastEvents.note(nimbusSource(HELPDESK))).resolves.toBeUndefined();
    table.recover();
    time.ms += 5;
    await lastEvents.note(nimbusSource(HELPDESK));
    expect(await lastEvents.get(HELPDESK)).toBe(time.ms);
  });
});
