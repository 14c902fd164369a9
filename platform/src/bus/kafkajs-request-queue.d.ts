declare module 'kafkajs/src/network/requestQueue/index.js' {
  type Request = { readonly sentAt: number; readonly requestTimeout: number; timeoutRequest(): void };
  type RequestQueue = {
    readonly pending: readonly unknown[];
    readonly inflight: ReadonlyMap<number, Request>;
    requestTimeoutIntervalId: NodeJS.Timeout;
    isConnected(): boolean;
    destroy(): void;
  };
  const RequestQueueClass: {
    prototype: { scheduleCheckPendingRequests(this: RequestQueue): void; scheduleRequestTimeoutCheck(this: RequestQueue): void };
  };
  export default RequestQueueClass;
}
