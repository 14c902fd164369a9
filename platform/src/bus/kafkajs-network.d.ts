declare module 'kafkajs/src/network/requestQueue/index.js' {
  type Request = { readonly sentAt: number; readonly requestTimeout: number; timeoutRequest(): void };
  type RequestQueue = {
    readonly pending: readonly unknown[];
    readonly inflight: ReadonlyMap<number, Request>;
    isConnected(): boolean;
  };
  const RequestQueueClass: {
    new (): RequestQueue;
    prototype: { scheduleCheckPendingRequests(this: RequestQueue): void; scheduleRequestTimeoutCheck(this: RequestQueue): void };
  };
  export default RequestQueueClass;
}
declare module 'kafkajs/src/network/connection.js' {
  export default class Connection {
    /** What came of a response that is not whole yet. */
    chunks: Buffer[];
    bytesBuffered: number;
    bytesNeeded: number;
    isConnected(): boolean;
    connect(): Promise<boolean>;
    disconnect(): Promise<unknown>;
    processData(data: Buffer): void;
    rejectRequests(error: Error): void;
  }
}
