import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Circuit } from '../../../plugins/webhook/circuit.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

const failing = async (): Promise<string> => {
  throw new Error('down');
};
const working = async (): Promise<string> => 'up';
const always = (): boolean => true;

async function brokenCircuit(): Promise<{ circuit: Circuit; clock: FakeClock }> {
  const clock = new FakeClock();
  const circuit = new Circuit({ clock, pauseAfter: 3, pauseMs: 1000 });
  for (let call = 0; call < 3; call += 1) {
    await assert.rejects(circuit.through(failing, always), /^Error: down$/);
  }
  return { circuit, clock };
}

test('failures that do not follow each other break nothing', async () => {
  const circuit = new Circuit({ clock: new FakeClock(), pauseAfter: 2, pauseMs: 1000 });
  for (let call = 0; call < 5; call += 1) {
    await assert.rejects(circuit.through(failing, always), /^Error: down$/);
    assert.equal(await circuit.through(working, always), 'up');
  }
});

test('after failures in a row nothing is called during the pause', async () => {
  const { circuit, clock } = await brokenCircuit();
  await clock.advance(999);
  let calls = 0;
  const counted = async (): Promise<void> => {
    calls += 1;
  };
  await assert.rejects(circuit.through(counted, always), /is left alone$/);
  assert.equal(calls, 0);
});

test('after the pause one call tries, while the others are refused', async () => {
  const { circuit, clock } = await brokenCircuit();
  await clock.advance(1000);
  const { promise, resolve } = Promise.withResolvers<string>();
  const trial = circuit.through(() => promise, always);
  await assert.rejects(circuit.through(working, always), /is left alone$/);
  resolve('back');
  assert.equal(await trial, 'back');
  assert.equal(await circuit.through(working, always), 'up');
});

test('a trial that fails begins another pause', async () => {
  const { circuit, clock } = await brokenCircuit();
  await clock.advance(1000);
  await assert.rejects(circuit.through(failing, always), /^Error: down$/);
  await assert.rejects(circuit.through(working, always), /is left alone$/);
  await clock.advance(1000);
  assert.equal(await circuit.through(working, always), 'up');
});

test('what is not the fault of the receiver does not count', async () => {
  const circuit = new Circuit({ clock: new FakeClock(), pauseAfter: 1, pauseMs: 1000 });
  await assert.rejects(
    circuit.through(failing, () => false),
    /^Error: down$/,
  );
  assert.equal(await circuit.through(working, always), 'up');
});
