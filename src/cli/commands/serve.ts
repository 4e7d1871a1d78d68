// Owns `postern serve`: from a configuration to a running proxy, its changes, and its end by signal.
import type { Command } from 'commander';
import { forgetInherited, inheritedSockets } from '../../app/inherited-sockets.ts';
import type { RunningApp } from '../../app/start-app.ts';
import { systemClock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import type { LogOutput } from '../../telemetry/logger.ts';
import { findConfigFile } from '../config-file.ts';
import { onChange, onHangup } from '../config-watch.ts';
import { endingOf } from '../failure.ts';
import { ServiceManager, takeNotifySocket, takeWatchdogMs } from '../service-manager.ts';

interface ServeOptions {
  readonly config?: string;
}

export function register(program: Command): void {
  program
    .command('serve')
    .description('run the proxy until SIGTERM or SIGINT; SIGHUP takes up a changed configuration')
    .option('-c, --config <file>', 'by default ./postern.yaml, else /etc/postern/postern.yaml')
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const [{ loadConfig }, { createLogger, openLogOutput }, { isWorker }] = await Promise.all([
    import('../../config/load.ts'),
    import('../../telemetry/logger.ts'),
    import('../../app/workers/worker-count.ts'),
  ]);
  if (isWorker()) return serveForSupervisor();
  const file = await findConfigFile(options.config);
  const loaded = await loadConfig(file);
  const output = openLogOutput(loaded.config.log);
  const log = createLogger({ ...loaded.config.log, output });
  warnOfPlaintext(loaded.config, log);
  surviveStrayErrors(log);
  const manager = new ServiceManager({
    clock: systemClock,
    log,
    send: takeNotifySocket(process.env) ?? (async () => {}),
  });
  const watchdogMs = takeWatchdogMs(process.env, process.pid);
  const app = await startServing(loaded, log, output);
  log.info({ file: loaded.file, listeners: app.listeners }, 'ready');
  manager.ready('serving');
  if (watchdogMs !== undefined) manager.watch(watchdogMs, () => app.isServing);
  const reload = async (): Promise<void> => {
    manager.reloading();
    try {
      const next = await loadConfig(file);
      warnOfPlaintext(next.config, log);
      await app.reload(next);
      log.info({ file, listeners: app.listeners }, 'configuration taken up');
      manager.ready('serving');
    } catch (error) {
      const { lines } = endingOf(error);
      log.error({ file, problems: lines }, 'configuration not taken up; the one before stays');
      manager.ready('serving with the configuration of before; the new one is wrong, see the log');
    }
  };
  // One after another, so that the file that was read last is the one that stays.
  let reloads = Promise.resolve();
  const reloadNext = (): void => {
    reloads = reloads.then(reload);
  };
  const watches = [onHangup(reloadNext)];
  if (loaded.config.reload.onChange) watches.push(await onChange(file, reloadNext));

  const signal = await nextSignal();
  log.info({ signal }, 'stopping; a second signal ends at once');
  manager.stopping();
  for (const watch of watches) watch.stop();
  void nextSignal().then(() => process.exit(1));
  await app.stop();
  await manager.said();
  log.info({}, 'stopped');
}

/** In this process, or in several that share the ports. */
async function startServing(
  loaded: LoadedConfig,
  log: Logger,
  output: LogOutput,
): Promise<RunningApp> {
  const { workerCount } = await import('../../app/workers/worker-count.ts');
  const workers = workerCount(loaded.config);
  const sockets = inheritedSockets(process.env, process.pid);
  forgetInherited(process.env);
  if (workers === 1) {
    const [{ startApp }, { alone }] = await Promise.all([
      import('../../app/start-app.ts'),
      import('../../app/surroundings.ts'),
    ]);
    return startApp(loaded, { log, surroundings: alone(loaded.config, log, sockets) });
  }
  const { startSupervisor } = await import('../../app/workers/supervisor.ts');
  return startSupervisor(loaded, workers, { log, output, sockets });
}

/** Its lines go through the supervisor, which knows whether somebody reads them on a terminal. */
async function serveForSupervisor(): Promise<void> {
  const [{ runWorker }, { createLogger }] = await Promise.all([
    import('../../app/workers/run-worker.ts'),
    import('../../telemetry/logger.ts'),
  ]);
  runWorker({
    logFor(config) {
      const log = createLogger({ level: config.log.level, format: 'json' });
      surviveStrayErrors(log);
      return log;
    },
    endingOf,
  });
}

/** Allowed, since it was asked for, but it should not go unnoticed. */
function warnOfPlaintext(config: Config, log: Logger): void {
  for (const { name: route, upstream } of config.routes) {
    const { host, port, tls } = upstream;
    if (tls === 'none') log.warn({ route, host, port }, 'passwords go upstream unencrypted');
  }
}

/** A plugin's forgotten timer or promise must not end the sessions of everybody. */
function surviveStrayErrors(log: Logger): void {
  process.on('uncaughtException', (err, origin) => {
    log.error({ err, origin }, 'an error that nobody handles; most likely of a plugin');
  });
}

const stopSignals = ['SIGTERM', 'SIGINT'] as const;

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const onSignal = (signal: NodeJS.Signals): void => {
      for (const name of stopSignals) process.off(name, onSignal);
      resolve(signal);
    };
    for (const name of stopSignals) process.on(name, onSignal);
  });
}
