/** What came of a command's runs, told as they end. */
export class Tally {
  #passed = 0;
  #failed = 0;

  readonly say = (text: string): void => void process.stdout.write(`${text}\n`);

  readonly passed = (text: string): void => {
    this.#passed++;
    this.say(`passed: ${text}`);
  };

  readonly failed = (text: string): void => {
    this.#failed++;
    this.say(`FAILED: ${text}`);
  };

  /** Says the sum; answers the exit code. */
  sum(): number {
    this.say(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 && this.#passed > 0 ? 0 : 1;
  }
}
