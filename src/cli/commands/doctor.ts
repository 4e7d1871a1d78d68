// Owns `postern doctor`: its options, what is printed, and the exit code. What is looked at is beside it.
import type { Command } from 'commander';
import { findConfigFile } from '../config-file.ts';
import type { Examination, LoginRequest } from '../doctor/examine.ts';
import { CliError, exitCodes } from '../failure.ts';

interface DoctorOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly login?: string;
  readonly route?: string;
  readonly passwordFile?: string;
}

export function register(program: Command): void {
  program
    .command('doctor')
    .description('look whether everything that the configuration depends on is there and well')
    .option('-c, --config <file>', 'by default ./postern.yaml, else /etc/postern/postern.yaml')
    .option('--json', 'one JSON object per line')
    .option('--login <user>', 'log in once at the mail server, which asks for a password')
    .option('--route <name>', 'whose mail server to log in at; needed when there are several')
    .option('--password-file <file>', 'instead of asking; its content is the password')
    .addHelpText('after', '\nThe exit code is 1 when something failed, else 0.')
    .action(doctor);
}

async function doctor(options: DoctorOptions): Promise<void> {
  const [{ examine }, lines] = await Promise.all([
    import('../doctor/examine.ts'),
    import('../doctor/report-lines.ts'),
  ]);
  const file = await findConfigFile(options.config);
  const examination: Examination = { file, login: await loginOf(file, options) };
  const reports = [];
  for await (const report of examine(examination)) {
    reports.push(report);
    console.log(options.json ? lines.reportJson(report) : lines.reportLine(report));
  }
  if (!options.json) console.log(lines.summaryLine(reports));
  const hasFailed = reports.some(({ level }) => level === 'fail');
  // A look-up that nobody waits for any more must not hold up the end.
  process.stdout.write('', () => process.exit(hasFailed ? exitCodes.failure : 0));
}

async function loginOf(file: string, options: DoctorOptions): Promise<LoginRequest | undefined> {
  const { login: user, route, passwordFile } = options;
  if (user === undefined) return undefined;
  const [{ loadConfig }, { askPassword, readPasswordFile }] = await Promise.all([
    import('../../config/load.ts'),
    import('../password.ts'),
  ]);
  const { routes } = (await loadConfig(file)).config;
  const names = routes.map(({ name }) => name);
  if (route === undefined ? names.length > 1 : !names.includes(route)) {
    throw new CliError([`postern doctor: name one of the routes by --route: ${names.join(', ')}`]);
  }
  const password =
    passwordFile === undefined
      ? await askPassword(`Password of ${user}: `)
      : await readPasswordFile(passwordFile);
  return { credentials: { user: Buffer.from(user), password }, route };
}
