// Owns the virus scan of a message by clamd, while the message arrives. Only clamd's complete
// `stream: OK` lets a message pass; whatever goes wrong defers it.
import {
  block,
  definePlugin,
  flag,
  type MessageView,
  pass,
  Turns,
  tempfail,
  type Verdict,
} from '#plugin-api';
import { Clamd } from './clamd.ts';
import { type InstreamResult, instream } from './instream.ts';
import { type ClamavOptions, type ClamdAddress, optionsSchema } from './options.ts';
import { judgeReply } from './reply.ts';
import { SignatureWatch } from './signature-watch.ts';

export default definePlugin<ClamavOptions>({
  name: 'clamav',
  options: optionsSchema,
  async setup(options, { log, resolvePath }) {
    const clamd = await Clamd.create(
      resolved(options.address, resolvePath),
      options.connectTimeoutMs,
    );
    const turns = new Turns(options.maxConcurrent);
    const signatures = new SignatureWatch(clamd, options.versionRefreshMs, log);
    // A clamd that is down defers messages, but never keeps the proxy from starting.
    await signatures.start();
    return {
      inspect: (message) => inspect(message, clamd, turns, options),
      cacheKey: () => signatures.cacheKey,
      async dispose() {
        signatures.stop();
        clamd.close();
      },
    };
  },
});

async function inspect(
  message: MessageView,
  clamd: Clamd,
  turns: Turns,
  options: ClamavOptions,
): Promise<Verdict> {
  const { signal } = message;
  try {
    return await turns.take(signal, async () => {
      const socket = await clamd.connect(signal);
      const result = await instream(socket, message.bytes(), {
        silenceMs: options.scanTimeoutMs,
        maxBytes: options.maxStreamBytes,
        signal,
      });
      return toVerdict(result, clamd, options);
    });
  } catch (error) {
    if (signal.aborted) return tempfail('the scan was given up');
    const text = error instanceof Error ? error.message : String(error);
    return tempfail(`clamd cannot be reached: ${text}`);
  }
}

function toVerdict(result: InstreamResult, clamd: Clamd, options: ClamavOptions): Verdict {
  if (result.kind === 'broken') return tempfail(result.reason);
  if (result.kind === 'oversize') return oversized(options);
  const judgement = judgeReply(result.reply, result.phase, clamd.parseReply);
  switch (judgement.kind) {
    case 'clean':
      return pass();
    case 'infected':
      return block(judgement.signature, {
        explanation: `The virus scanner ClamAV found ${judgement.signature}.`,
      });
    case 'tooLarge':
      return oversized(options);
    case 'failed':
      return tempfail(judgement.reason);
  }
}

function oversized({ oversize }: ClamavOptions): Verdict {
  const reason = 'the message is too large for the virus scanner';
  return oversize === 'flag' ? flag('not-scanned', reason) : tempfail(reason);
}

function resolved(address: ClamdAddress, resolvePath: (path: string) => string): ClamdAddress {
  return address.kind === 'unix' ? { ...address, path: resolvePath(address.path) } : address;
}
