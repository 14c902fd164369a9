/** A Vitrine that a scenario can be played on, however it runs. */
export type Server = {
  readonly base: string;
  /** What it wrote, for a message when something fails. */
  readonly output: string;
  start(): Promise<void>;
  /** An orderly end; what it keeps stays. */
  stop(): Promise<void>;
  token(): Promise<string>;
  /** Derives everything again, after dropping it. */
  replayAll(): Promise<void>;
  /** Nothing of it is left. */
  remove(): Promise<void>;
};
