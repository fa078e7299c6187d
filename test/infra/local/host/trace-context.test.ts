import { expect, it } from 'vitest';
import { childTrace } from '../../../../infra/local/host/trace-context.ts';

const randomHex = (bytes: number) => 'ab'.repeat(bytes);
const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

it("stays in the caller's trace", () => {
  expect(childTrace(parent, 'vendor=1', randomHex)).toEqual({
    traceParent: '00-0af7651916cd43dd8448eb211c80319c-abababababababab-01',
    traceState: 'vendor=1',
    attributes: {},
  });
});

it.each([undefined, 'nonsense', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`])('starts a trace for %s', (header) => {
  expect(childTrace(header, 'vendor=1', randomHex)).toEqual({
    traceParent: `00-${'ab'.repeat(16)}-abababababababab-00`,
    traceState: '',
    attributes: {},
  });
});
