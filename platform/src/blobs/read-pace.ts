/** A positioned read that takes longer than this, in milliseconds, holds up everything else of its thread noticeably. */
const SLOW = 2;
/** A device is slow after this many slow reads; a quick one takes a part of one back. A thread that the system lets wait now and then is no slow device. */
const SLOW_READS = 3;
const TAKES_BACK = 1 / 32;
/** A slow device is tried again after this long, and twice as long after each vain try, in milliseconds. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;
/** So many quick tries in a row make it quick again. */
const QUICK_TRIES = 3;

/**
 * Whether the reads of one device are made at once, in the thread that asks, or by the pool. A warm file answers in microseconds, and the hop
 * through the pool costs more than the read; a slow device would hold up everybody. The reads themselves show which it is.
 */
export class ReadPace {
  readonly #now: () => number;
  #score = 0;
  #isQuick = true;
  #tryAt = 0;
  #pause = FIRST_PAUSE;
  #quickTries = 0;

  /** @param now milliseconds, monotonic */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether the next read is to be made at once. */
  readsAtOnce(): boolean {
    return this.#isQuick || this.#now() >= this.#tryAt;
  }

  /** Says how long a read that was made at once took, in milliseconds. */
  took(milliseconds: number): void {
    const slow = milliseconds > SLOW;
    if (this.#isQuick) {
      this.#score = slow ? this.#score + 1 : Math.max(0, this.#score - TAKES_BACK);
      if (this.#score >= SLOW_READS) this.#rest(FIRST_PAUSE);
    } else if (slow) this.#rest(Math.min(LONGEST_PAUSE, this.#pause * 2));
    else if (++this.#quickTries >= QUICK_TRIES) {
      this.#isQuick = true;
      this.#score = 0;
    }
  }

  #rest(pause: number): void {
    this.#isQuick = false;
    this.#quickTries = 0;
    this.#pause = pause;
    this.#tryAt = this.#now() + pause;
  }
}
