# The attestation service and its CLI. docs/guides/container.md says how to run it.
#
# The version is pinned by tag; to pin the bytes as well, give both arguments with the digests that you trust:
# docker build --build-arg BUILD_IMAGE=node:24.21.0-bookworm@sha256:… --build-arg RUN_IMAGE=…
ARG BUILD_IMAGE=node:24.21.0-bookworm
ARG RUN_IMAGE=node:24.21.0-bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY . .
# Without scripts: no binary is fetched, and none is compiled.
RUN npm ci --no-progress --ignore-scripts && node tools/pack.mjs --npm /packages
# What `npm run pack -- --check` installs, starts and ends without a container.
RUN node tools/deploy/install-image.mjs /packages /opt/assay

FROM ${RUN_IMAGE} AS run
COPY --from=build /opt/assay /opt/assay
RUN ln -s /opt/assay/node_modules/.bin/assay /usr/local/bin/assay \
    && install -d -o node -g node -m 0700 /var/lib/assay /var/lib/assay-key /var/lib/assay-backup
ENV NODE_ENV=production \
    NODE_OPTIONS=--enable-source-maps \
    MALLOC_ARENA_MAX=2 \
    ASSAY_HOST=0.0.0.0 \
    ASSAY_PORT=8787 \
    ASSAY_DATA=/var/lib/assay \
    ASSAY_SEALING_KEY_FILE=/var/lib/assay-key/sealing.key
# Two volumes: a copy of the data is worth little without the key.
VOLUME ["/var/lib/assay", "/var/lib/assay-key"]
USER node
WORKDIR /home/node
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.ASSAY_PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# SIGTERM ends the requests under way, and then the service.
ENTRYPOINT ["assay"]
CMD ["serve"]
