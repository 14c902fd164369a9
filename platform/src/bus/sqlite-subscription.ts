import { KeyLanes } from './key-lanes.ts';
import type { StoredRecord, SubscribeOptions } from './port.ts';

const BATCH = 256;
const WINDOW = 1024;

/** The log of one topic, and whoever waits for its next record. */
export type TopicLog = {
  fetch(from: number, limit: number): StoredRecord[];
  readonly waiting: Set<() => void>;
};

type Progress = { from: number; commit: (next: number) => Promise<void> };

/** One group's reader of one topic. */
export function subscribeTopic(log: TopicLog, options: SubscribeOptions, progress: Progress) {
  let paused = false;
  let closed = false;
  let wake: (() => void) | undefined;
  let position = progress.from;
  let lastCommit: Promise<void> = Promise.resolve();
  let committing = false;
  let done = progress.from;
  let lanes = openLanes();
  let rewinding = false;
  // Raised by rewind(), so that records fetched before it are not admitted after it.
  let epoch = 0;

  const held = () => paused || rewinding;

  function openLanes() {
    const opened = new KeyLanes({ ...options, window: WINDOW, commit: (_partition, next) => commitUpTo(next) });
    if (paused) opened.hold();
    return opened;
  }

  // One commit at a time, always of the newest offset: what comes meanwhile is joined in the next.
  function commitUpTo(next: number): void {
    done = next;
    if (committing) return;
    committing = true;
    lastCommit = (async () => {
      try {
        for (let written = -1; written !== done; ) {
          written = done;
          await progress.commit(written);
        }
      } catch {
        // The offset stays behind: work is repeated after a restart, nothing is lost.
      } finally {
        committing = false;
      }
    })();
  }

  const notify = () => wake?.();
  log.waiting.add(notify);

  function sleep(): Promise<void> {
    return new Promise((resolve) => {
      wake = () => {
        wake = undefined;
        resolve();
      };
    });
  }

  async function read(): Promise<void> {
    while (!closed) {
      const batch = held() ? [] : log.fetch(position, BATCH);
      if (batch.length === 0) {
        await sleep();
        continue;
      }
      const started = epoch;
      for (const record of batch) {
        while (held() && !closed && started === epoch) await sleep();
        if (closed || started !== epoch) break;
        position = record.offset + 1;
        const room = lanes.admit(record);
        if (room) await room;
      }
      // Lets requests and timers have their turn between two batches.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const reading = read();

  return {
    pause: () => {
      paused = true;
      lanes.hold();
    },
    resume: () => {
      paused = false;
      lanes.flow();
      notify();
    },
    /** Ends what is under way; nothing begins until restart(). */
    drain: async () => {
      rewinding = true;
      epoch++;
      notify();
      await lanes.drain();
      await lastCommit;
    },
    /** Goes on at `from`, or where it was. */
    restart: async (from: number | undefined) => {
      if (from !== undefined) {
        commitUpTo(from);
        await lastCommit;
      }
      lanes = openLanes();
      position = done;
      rewinding = false;
      notify();
    },
    close: async () => {
      closed = true;
      log.waiting.delete(notify);
      notify();
      await lanes.drain();
      await reading;
      await lastCommit;
    },
  };
}
