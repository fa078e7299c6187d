/** Hours of a month, as Azure's price pages count them. */
export const MONTH_HOURS = 730;
export const MONTH_SECONDS = MONTH_HOURS * 3_600;
export const MONTH_DAYS = MONTH_HOURS / 24;

/**
 * What can't be measured on one machine. Where no source is named, it is assumed, and rather too much than too little.
 */
export const assumptions = {
  /** A message counts once for each 64 KB that it begins (Service Bus pricing FAQ). */
  operationBytes: 64 * 1024,
  /** The largest message that Standard takes (Service Bus quotas). */
  standardMessageBytes: 256 * 1024,
  /** Per second and namespace of the tier Standard (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-throttling). */
  standardCreditsPerSecond: 1_000,
  /** The same page: the evaluation of a filter costs as much as a message. The topic has one subscription with one. */
  filtersPerTopicMessage: 1,
  /** The Service Bus SDK for .NET, which the host uses, asks for so many sessions at once for each core. */
  sessionAcceptsPerCore: 2,
  /** A period in which an instance runs functions costs at least that (https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#billing). */
  minimumActiveMs: 1_000,
  /** Runs of one function that an instance takes at once; `maxConcurrentSessions` in host.json is twice that. */
  concurrency: 16,
  /** Cores by memory of the instance, in MB. */
  cores: { 512: 0.25, 2048: 1, 4096: 2 },
  /** How long one operation of Service Bus or storage takes in Azure. */
  operationMs: 10,
  /** Delivery functions that a route's steps are spread over; each runs on instances of its own. */
  deliveryFunctions: 4,
  /** Runs of each timer function in an hour. */
  timerRunsPerHour: 4,
  /** Renewals of the host's own leases in an hour, by instance. */
  hostBlobTransactionsPerHour: 400,
  /** The host logs for each run: the request, that it begins, what triggered it, and that it ends. */
  hostRowsPerExecution: 4,
  /** What a row of the log takes beside its message. */
  logRowBytes: 700,
  /** The line about routing names the routes that do not match; the shipped file has some 25. */
  routedLineBytes: 550,
  /** Logs that come even when nothing happens: timers, metrics, audits. */
  idleLogGbPerMonth: 0.3,
  /** A relay among others reads and writes the row that they share once a second (shared/relay, GroupTiming). */
  relayTransactionsPerSecond: 2,
  /** References to secrets are read at each start and once a day. */
  keyVaultOperationsPerMonth: 10_000,
} as const;
