/**
 * Arguments of `MessageReceived` that no client can read an event from. All of them are well-formed for SignalR, so
 * that the connection lives on.
 */
export function malformedArguments(entityId: string): readonly (readonly unknown[])[] {
  const subscription = { entityId, eventName: 'userstatus' };
  return [
    [],
    [null],
    [42],
    ['text'],
    [[]],
    [{}],
    [{ subscription }],
    [{ subscription, data: null }],
    [{ subscription, data: 'text' }],
    [{ subscription, data: [1, 2, 3] }],
    [{ subscription: null, data: { userId: entityId } }],
    [{ subscription: { entityId: 7, eventName: null }, data: { userId: entityId } }],
    [{ subscription, data: { userId: { nested: true }, activeQueues: 'many' } }],
  ];
}
