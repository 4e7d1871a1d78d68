// Owns a web server on loopback that answers as a test says, and remembers what it was asked.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `index` counts the requests from 0. */
export type Script = (response: ServerResponse, asked: Asked, index: number) => void;

export interface ReceiverServer extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
}

export async function receiverServer(script: Script): Promise<ReceiverServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('error', () => {});
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one: Asked = { method, url, headers, body: Buffer.concat(pieces).toString() };
      asked.push(one);
      script(response, one, asked.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const answering =
  (body: string, status = 200): Script =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  };
