/**
 * The shapes that the Functions host, the Node worker and `@azure/functions` 4 exchange.
 *
 * Names and optionality follow the worker's protobuf contract as the library's sources use it; `undefined` and `null` both
 * mean "not sent".
 */

/** One value on its way between host and function. Exactly one member is set. */
export interface TypedData {
  string?: string;
  /** JSON text; the library parses it. */
  json?: string;
  bytes?: Uint8Array;
  http?: HttpData;
  int?: number;
  double?: number;
  collectionString?: { string: string[] };
  collectionBytes?: { bytes: Uint8Array[] };
  collectionSint64?: { sint64: Int64[] };
}

/** A 64-bit integer as the worker's protobuf library delivers it inside collections: never a plain number. */
export interface Int64 {
  low: number;
  high: number;
  unsigned: boolean;
}

export type NullableStrings = Record<string, { value: string }>;

/** A request (url, method, nullable maps) or a response (statusCode, headers, cookies). */
export interface HttpData {
  url?: string;
  method?: string;
  nullableHeaders?: NullableStrings;
  nullableParams?: NullableStrings;
  nullableQuery?: NullableStrings;
  body?: TypedData | null | undefined;
  statusCode?: string | null | undefined;
  headers?: Record<string, string> | null | undefined;
  cookies?: HttpCookie[] | null | undefined;
}

/** A response cookie. `expires` is in whole seconds, `maxAge` in seconds; `none` is "unspecified", `explicitNone` is None. */
export interface HttpCookie {
  name?: string | null | undefined;
  value?: string | null | undefined;
  domain?: { value?: string } | null | undefined;
  path?: { value?: string } | null | undefined;
  expires?: { value?: { seconds?: number } } | null | undefined;
  secure?: { value?: boolean } | null | undefined;
  httpOnly?: { value?: boolean } | null | undefined;
  sameSite?: string | null | undefined;
  maxAge?: { value?: number } | null | undefined;
}

export interface NamedData {
  name?: string;
  data?: TypedData | null | undefined;
}

export interface RpcException {
  source?: string;
  stackTrace?: string;
  message?: string;
}

export interface RetryContext {
  retryCount: number;
  maxRetryCount: number;
  exception?: RpcException;
}

export interface TraceContext {
  traceParent: string;
  traceState: string;
  attributes: Record<string, string>;
}

export interface InvocationRequest {
  invocationId: string;
  functionId: string;
  inputData: NamedData[];
  triggerMetadata: Record<string, TypedData>;
  traceContext: TraceContext;
  retryContext?: RetryContext;
}

export interface InvocationResponse {
  outputData?: NamedData[] | null | undefined;
  returnValue?: TypedData | null | undefined;
}

export type Binding = { type?: string; direction?: string } & Record<string, unknown>;

/** What `app.http`, `app.timer`, … register. `retryOptions` intervals are whole seconds. */
export interface FunctionMetadata {
  name: string;
  functionId?: string;
  bindings: Record<string, Binding>;
  retryOptions?: Record<string, unknown> | undefined;
}

export type FunctionCallback = (...args: unknown[]) => unknown;

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type LogCategory = 'user' | 'system' | 'customMetric';

export type InvocationState = 'preInvocationHooks' | 'invocation' | 'postInvocationHooks';

/** What the library's invocation model is made from. It reads `state` to notice log calls that come too late. */
export interface CoreInvocationContext {
  invocationId: string;
  request: InvocationRequest;
  metadata: FunctionMetadata;
  state?: InvocationState;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

export interface ProgrammingModel {
  name: string;
  version: string;
  getCapabilities(defaults: Record<string, string>): Promise<Record<string, string>> | Record<string, string>;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
}
