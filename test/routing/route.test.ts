import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routeSchema } from '../../src/config/route-schema.ts';
import { getRoute } from '../../src/routing/route.ts';

function route(name: string, listeners?: readonly string[]) {
  const upstream = { host: 'pop.example' };
  return routeSchema.parse({ name, upstream, ...(listeners === undefined ? {} : { listeners }) });
}

test('the first route for a listener is taken', () => {
  const routes = [route('office', ['plain']), route('rest'), route('never', ['tls'])];
  assert.equal(getRoute(routes, { listener: 'plain' }).name, 'office');
  assert.equal(getRoute(routes, { listener: 'tls' }).name, 'rest');
});

test('a listener without a route is a lasting fault of the configuration', () => {
  assert.throws(() => getRoute([route('office', ['plain'])], { listener: 'tls' }), {
    code: 'NO_ROUTE',
    fault: 'config',
    responseCode: 'SYS/PERM',
  });
});
