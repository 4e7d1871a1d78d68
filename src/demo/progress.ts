// Owns how the demo shows that it is alive: one line that changes on a terminal, plain lines elsewhere.

export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Progress {
  /** A step begins; stays visible as a line of its own outside a terminal. */
  begin(text: string): void;
  /** The current step goes on; shown on a terminal only. */
  update(text: string): void;
  /** Clears the changing line. */
  end(): void;
}

// ECMA-48: carriage return, then erase the line.
const clearLine = '\r\u001b[2K';
const usualColumns = 80;

export function createProgress(sink: TextSink): Progress {
  if (sink.isTTY !== true) {
    return { begin: (text) => void sink.write(`${text}\n`), update() {}, end() {} };
  }
  let shown: string | undefined;
  const show = (text: string): void => {
    if (text === shown) return;
    shown = text;
    // Some terminals report a width of 0.
    const columns = sink.columns === undefined || sink.columns < 2 ? usualColumns : sink.columns;
    sink.write(clearLine + text.slice(0, columns - 1));
  };
  return { begin: show, update: show, end: () => void sink.write(clearLine) };
}
