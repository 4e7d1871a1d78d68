// Owns what the page says about the process itself, by the names that dashboards for Node.js know. All
// of it is read when the page is asked for. In between only the delay of the event loop is measured,
// which the runtime does without JavaScript; the time of garbage collections would be a callback each.
import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Aggregator, Counter, Gauge, type Registry } from 'prom-client';

interface Reading {
  readonly kind: 'counter' | 'gauge';
  readonly name: string;
  readonly help: string;
  /** What the page shows for several processes; by default the sum. */
  readonly merge?: 'min' | 'max';
  /** Undefined where the system does not tell. */
  read(): number | undefined;
}

export function addProcessMetrics(registry: Registry): void {
  for (const reading of [...processorTime, ...memory, ...files, startTime, ...loopDelay()]) {
    add(registry, reading);
  }
  const version = new Gauge({
    name: 'nodejs_version_info',
    help: 'Version of Node.js.',
    aggregator: 'first',
    labelNames: ['version'],
    registers: [registry],
  });
  version.set({ version: process.version }, 1);
}

function add(registry: Registry, { kind, name, help, merge, read }: Reading): void {
  const aggregator: Aggregator = merge ?? 'sum';
  const shape = { name, help, aggregator, registers: [registry] };
  if (kind === 'counter') {
    new Counter({
      ...shape,
      collect() {
        this.reset();
        this.inc(read() ?? 0);
      },
    });
    return;
  }
  new Gauge({
    ...shape,
    collect() {
      const value = read();
      if (value === undefined) this.remove({});
      else this.set(value);
    },
  });
}

const perMicrosecond = 1e-6;

const processorTime: readonly Reading[] = [
  {
    kind: 'counter',
    name: 'process_cpu_user_seconds_total',
    help: 'Processor time of the process.',
    read: () => process.cpuUsage().user * perMicrosecond,
  },
  {
    kind: 'counter',
    name: 'process_cpu_system_seconds_total',
    help: 'Processor time of the system on its behalf.',
    read: () => process.cpuUsage().system * perMicrosecond,
  },
  {
    kind: 'counter',
    name: 'process_cpu_seconds_total',
    help: 'Processor time of both together.',
    read() {
      const { user, system } = process.cpuUsage();
      return (user + system) * perMicrosecond;
    },
  },
];

const memory: readonly Reading[] = [
  {
    kind: 'gauge',
    name: 'process_resident_memory_bytes',
    help: 'Memory that the process holds.',
    read: () => process.memoryUsage.rss(),
  },
  {
    kind: 'gauge',
    name: 'process_virtual_memory_bytes',
    help: 'Memory that it has addresses for.',
    read: () => statusBytes('VmSize'),
  },
  {
    kind: 'gauge',
    name: 'process_heap_bytes',
    help: 'Memory for its data.',
    read: () => statusBytes('VmData'),
  },
  {
    kind: 'gauge',
    name: 'nodejs_heap_size_total_bytes',
    help: 'Heap of V8.',
    read: () => process.memoryUsage().heapTotal,
  },
  {
    kind: 'gauge',
    name: 'nodejs_heap_size_used_bytes',
    help: 'Part of that heap that is in use.',
    read: () => process.memoryUsage().heapUsed,
  },
  {
    kind: 'gauge',
    name: 'nodejs_external_memory_bytes',
    help: 'Memory outside of that heap, such as that of buffers.',
    read: () => process.memoryUsage().external,
  },
];

const files: readonly Reading[] = [
  {
    kind: 'gauge',
    name: 'process_open_fds',
    help: 'Open file descriptors.',
    // One of them is that of the reading itself.
    read: () => fromSystem(() => readdirSync('/proc/self/fd').length - 1),
  },
  {
    kind: 'gauge',
    name: 'process_max_fds',
    help: 'Limit of open file descriptors.',
    read: () => procNumber('limits', /^Max open files +(\d+)/m),
  },
];

const startTime: Reading = {
  kind: 'gauge',
  name: 'process_start_time_seconds',
  merge: 'min',
  help: 'Start of the process, in seconds since 1970.',
  read: () => Math.round(performance.timeOrigin / 1000),
};

function loopDelay(): Reading[] {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const reading = (name: string, word: string, read: () => number): Reading => ({
    kind: 'gauge',
    name: `nodejs_eventloop_lag_${name}_seconds`,
    merge: 'max',
    help: `Delay of the event loop since the page before: ${word}.`,
    read() {
      const nanoseconds = read();
      return Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : undefined;
    },
  });
  return [
    reading('min', 'least', () => delay.min),
    reading('mean', 'mean', () => delay.mean),
    reading('stddev', 'standard deviation', () => delay.stddev),
    reading('p50', 'median', () => delay.percentile(50)),
    reading('p90', '90th percentile', () => delay.percentile(90)),
    reading('p99', '99th percentile', () => delay.percentile(99)),
    reading('max', 'most', () => {
      const { max } = delay;
      // The page reads this one last.
      delay.reset();
      return max;
    }),
  ];
}

function statusBytes(field: string): number | undefined {
  const kilobytes = procNumber('status', new RegExp(`^${field}:\\s+(\\d+) kB`, 'm'));
  return kilobytes === undefined ? undefined : kilobytes * 1024;
}

function procNumber(file: string, pattern: RegExp): number | undefined {
  const digits = fromSystem(() => pattern.exec(readFileSync(`/proc/self/${file}`, 'latin1'))?.[1]);
  return digits === undefined ? undefined : Number(digits);
}

/** Undefined on systems without /proc. */
function fromSystem<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
