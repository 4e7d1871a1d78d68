import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHttpRequest } from '../../src/proxy/http-request.ts';

const requests = [
  'GET / HTTP/1.1',
  'POST /USER%20kim HTTP/1.0',
  'PRI * HTTP/2.0',
  'OPTIONS / HTTP/1.1',
  'CONNECT pop.example.net:995 HTTP/1.1',
  'FOO /x HTTP/1.1',
  'RETR http://pop.example.net/ HTTP/1.1',
  "x!#$%&'*+-.^_`|~1 / HTTP/1.1",
  `GET /${'a'.repeat(2000)}`,
  `PROPFIND /${'a'.repeat(200)} HTTP/1.1`,
];

for (const line of requests) {
  test(`${line.slice(0, 40)} is a request of HTTP`, () => {
    assert.ok(isHttpRequest(Buffer.from(line)));
  });
}

for (const line of [
  'CAPA',
  'USER get',
  'USER GET / HTTP',
  'PASS x HTTP/1.1 y z',
  'AUTH PLAIN',
  '',
]) {
  test(`${JSON.stringify(line)} is none`, () => {
    assert.ok(!isHttpRequest(Buffer.from(line)));
  });
}
