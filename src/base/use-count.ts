// Owns the count of those who still use something that has been replaced.

export class UseCount {
  #users = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  /** One more; the function returned says, once, that it is done. */
  take(): () => void {
    this.#users += 1;
    let isDone = false;
    return () => {
      if (isDone) return;
      isDone = true;
      this.#users -= 1;
      if (this.#users === 0) this.#idle?.resolve();
    };
  }

  /** Resolves when nobody uses it any longer. */
  async idle(): Promise<void> {
    if (this.#users === 0) return;
    this.#idle ??= Promise.withResolvers<void>();
    await this.#idle.promise;
  }
}
