# The replicator as a service: one bundle on distroless Node, without a shell, running as an unprivileged user.
#   docker buildx build --platform linux/arm64 --tag dynamodb-replicator .
# Both base images are arguments, so that a release can pin them by digest and record which ones it used.
ARG BUILD_IMAGE=docker.io/library/node:22-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs22-debian12:nonroot

# Runs on the build machine's platform; its output is for the target platform.
FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
ARG TARGETARCH
WORKDIR /source
# npm publishes no lock file in a package's root, so an installed package has it in image/.
COPY package.json package-lock.json* image/package-lock.json* .npmrc* ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json LICENSE NOTICE ./
COPY image image
COPY cost cost
COPY runtime runtime
RUN npm run bundle -- --out /app --arch "${TARGETARCH}" && mkdir --mode=1777 /temporary

FROM ${RUNTIME_IMAGE}
ARG RUNTIME_IMAGE
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="dynamodb-replicator" \
      org.opencontainers.image.description="Replicates DynamoDB tables into a database: backfill from a point-in-time export, then the stream, exactly." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.base.name="${RUNTIME_IMAGE}"
# ECS gives a volume that it mounts the owner and mode of the image's volume; without one, the folder is root's.
COPY --from=build --chown=65532:65532 /temporary /tmp
VOLUME ["/tmp"]
COPY --from=build /app /app
# A service waits in a gap instead of ending. The health check below uses this port.
ENV NODE_ENV=production \
    DYNAMODB_REPLICATOR_HEALTH_PORT=8080 \
    DYNAMODB_REPLICATOR_LOG_FORMAT=json \
    DYNAMODB_REPLICATOR_ON_GAP=wait
USER 65532:65532
WORKDIR /tmp
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["/nodejs/bin/node", "/app/dynamodb-replicator.js", "healthcheck"]
ENTRYPOINT ["/nodejs/bin/node", "/app/dynamodb-replicator.js"]
CMD ["run"]
