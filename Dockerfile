# The attestation service and its CLI. docs/guides/container.md says how to run it.
#
# The version is pinned by tag; to pin the bytes as well, give both arguments with the digests that you trust:
# docker build --build-arg BUILD_IMAGE=node:20.20.2-bookworm@sha256:… --build-arg RUN_IMAGE=…
ARG BUILD_IMAGE=node:20.20.2-bookworm
ARG RUN_IMAGE=node:20.20.2-bookworm-slim

# The full image, because better-sqlite3 is compiled where no binary of it can be fetched.
FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY . .
RUN npm ci --no-progress && npx tsc -b apps/cli && node tools/build-programs.mjs && node tools/build-console.mjs
# Again without what only development needs, and then what is left of the packages that the CLI needs.
RUN npm ci --no-progress --omit=dev --workspace apps/cli \
    && mkdir -p /app/assay \
    && for folder in packages/*/* apps/*; do \
         if [ -d "$folder/dist" ]; then \
           mkdir -p "/app/assay/$folder" && cp -R "$folder/package.json" "$folder/dist" "/app/assay/$folder/" || exit 1; \
         fi; \
       done \
    && cp -R apps/cli/bin /app/assay/apps/cli/ \
    && cp -R package.json LICENSE node_modules /app/assay/ \
    && find /app/assay/node_modules -xtype l -delete

FROM ${RUN_IMAGE} AS run
COPY --from=build /app/assay /opt/assay
RUN ln -s /opt/assay/apps/cli/bin/assay.js /usr/local/bin/assay \
    && chmod 0755 /opt/assay/apps/cli/bin/assay.js \
    && install -d -o node -g node -m 0700 /var/lib/assay /var/lib/assay-key /var/lib/assay-backup
ENV NODE_ENV=production \
    NODE_OPTIONS=--enable-source-maps \
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
