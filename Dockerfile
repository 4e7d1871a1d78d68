# Builds the published JavaScript, and ships it without compiler, tests and tools.
# How to run it: docs/docker.md.
ARG NODE_VERSION=24

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json build.ts ./
COPY src ./src
COPY plugins ./plugins
RUN npm run build && npm prune --omit=dev

FROM node:${NODE_VERSION}-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY config ./config

# The only folder, besides /tmp, that is written to. No VOLUME: one without a name would go with the
# container, and originals in quarantine with it.
RUN install --directory --owner=1000 --group=1000 --mode=0700 /var/lib/postern

# The user "node" of the base image, by number, so that it can be seen not to be root.
USER 1000:1000

EXPOSE 110 995
STOPSIGNAL SIGTERM

# Healthy is who greets with +OK. A listener for implicit TLS is asked with POSTERN_HEALTH_TLS=1.
ENV POSTERN_HEALTH_PORT=110 POSTERN_HEALTH_TLS=0
HEALTHCHECK --interval=60s --timeout=10s --start-period=20s --retries=3 \
  CMD ["node", "-e", "const { POSTERN_HEALTH_PORT: port, POSTERN_HEALTH_TLS: tls } = process.env; const socket = tls === '1' ? require('node:tls').connect({ port, rejectUnauthorized: false }) : require('node:net').connect({ port }); process.exitCode = 1; socket.setTimeout(8000, () => socket.destroy()); socket.on('error', () => {}); socket.once('data', (line) => { if (line.toString('latin1').startsWith('+OK')) process.exitCode = 0; socket.end('QUIT\\r\\n'); })"]

ENTRYPOINT ["node", "/app/dist/src/cli/main.js"]
CMD ["serve", "--config", "/etc/postern/postern.yaml"]
