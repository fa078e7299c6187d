import type { FastifyInstance } from 'fastify';
import type { LiveCall, LiveCalls } from './calls.ts';
import { type AcdRecord, callsList, statusOnly } from './envelopes.ts';
import { formatUtcTimestamp } from './local-time.ts';

type ByUfn = { Params: { ufn: string } };

/** Calls under way. Answering, holding and hanging up are GETs, whose answers are not published. */
export function registerCallRoutes(scope: FastifyInstance, calls: LiveCalls): void {
  scope.get('/calls', async () => callsList(calls.all().map(represent)));
  scope.get<ByUfn>('/calls/:ufn/answer', async (request) => {
    calls.answer(request.params.ufn);
    return statusOnly;
  });
  scope.get<ByUfn>('/calls/:ufn/hangup', async (request) => {
    calls.hangUp(request.params.ufn);
    return statusOnly;
  });
  scope.get<ByUfn>('/calls/:ufn/hold', async (request) => {
    calls.hold(request.params.ufn);
    return statusOnly;
  });
}

/** `bOutbound` is a number here, unlike elsewhere. */
function represent({ ufn, caller, serviceNumber, isOutbound, startedAtMs }: LiveCall): AcdRecord {
  return {
    UFN: ufn,
    Caller: caller,
    ServiceNumbersNumber: serviceNumber,
    bOutbound: isOutbound ? 1 : 0,
    dtCallStart: formatUtcTimestamp(startedAtMs),
  };
}
