/** A message to send. `body` is written as JSON; bytes are sent as they are. */
export interface OutgoingMessage {
  readonly messageId: string;
  readonly sessionId?: string;
  readonly subject?: string;
  readonly contentType: string;
  readonly body: unknown;
  readonly applicationProperties?: Readonly<Record<string, string | number>>;
  /** The message becomes visible to receivers then, not before. */
  readonly scheduledEnqueueTime?: Date;
}

/** Sends to queues and topics. */
export interface Bus {
  /**
   * Resolves once the bus has confirmed all messages.
   * @throws TransientError when it did not in time; it may have taken them all the same.
   */
  send(entity: string, messages: readonly OutgoingMessage[]): Promise<void>;
  /** Resolves when the bus answers. @throws TransientError when it does not. */
  check(): Promise<void>;
  close(): Promise<void>;
}
