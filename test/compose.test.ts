import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { load } from 'js-yaml';
import { z } from 'zod';

const text = readFileSync(join(import.meta.dirname, '..', 'compose.yaml'), 'utf8');

const mapping = z
  .strictObject({})
  .nullable()
  .or(z.strictObject({ internal: z.boolean() }));

/** What is used of the Compose Specification; any other key is a slip. */
const serviceSchema = z.strictObject({
  build: z.string().optional(),
  image: z.string().regex(/^[a-z/]+:\d+(\.\d+)+$/, 'a version that is named'),
  profiles: z.array(z.string()).optional(),
  restart: z.literal('unless-stopped'),
  ports: z.array(z.string().regex(/^\d+:\d+$/)).optional(),
  volumes: z.array(z.string()),
  tmpfs: z.array(z.string()).optional(),
  read_only: z.literal(true).optional(),
  cap_drop: z.tuple([z.literal('ALL')]),
  cap_add: z.array(z.string()).optional(),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  stop_grace_period: z.string().optional(),
  pids_limit: z.int().optional(),
  networks: z.array(z.string()),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({ condition: z.enum(['service_healthy', 'service_started']) }),
    )
    .optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()),
      interval: z.string(),
      timeout: z.string(),
      retries: z.int(),
      start_period: z.string(),
    })
    .optional(),
});

const composeSchema = z.strictObject({
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), mapping),
  volumes: z.record(z.string(), mapping),
});

test('compose.yaml names versions, drops privileges and has no unknown key', () => {
  const { services, networks, volumes } = composeSchema.parse(load(text));
  assert.deepEqual(Object.keys(services), ['postern', 'clamav', 'rspamd', 'redis']);
  for (const service of Object.values(services)) {
    for (const network of service.networks) assert.ok(network in networks, network);
    for (const other of Object.keys(service.depends_on ?? {})) assert.ok(other in services, other);
    const named = service.volumes.map((volume) => volume.split(':')[0] ?? '');
    for (const name of named) assert.ok(name.startsWith('./') || name in volumes, name);
  }
});

test('only Postern is reached from outside, read-only and without any capability', () => {
  const { services } = composeSchema.parse(load(text));
  const { postern, ...others } = services;
  assert.equal(postern?.read_only, true);
  assert.equal(postern?.cap_add, undefined);
  for (const { ports } of Object.values(others)) assert.equal(ports, undefined);
});
