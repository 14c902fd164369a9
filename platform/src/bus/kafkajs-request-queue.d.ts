declare module 'kafkajs/src/network/requestQueue/index.js' {
  type RequestQueue = { readonly pending: readonly unknown[] };
  const RequestQueueClass: { prototype: { scheduleCheckPendingRequests(this: RequestQueue): void } };
  export default RequestQueueClass;
}
