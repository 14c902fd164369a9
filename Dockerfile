# One image for every service: `command` says which. Node runs the sources as they are, so there is nothing to build but the dependencies.
FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json .npmrc ./
COPY contracts/package.json contracts/
COPY access/package.json access/
COPY mapping/package.json mapping/
COPY pyramid/package.json pyramid/
COPY platform/package.json platform/
COPY services/console/package.json services/console/
COPY services/converter/package.json services/converter/
COPY services/harvester/package.json services/harvester/
COPY services/image/package.json services/image/
COPY services/manifest/package.json services/manifest/
COPY services/search/package.json services/search/
COPY all-in-one/package.json all-in-one/
COPY demo/package.json demo/
COPY e2e/package.json e2e/
COPY bench/package.json bench/
# The packages of Node itself are for hosts without a Node that is new enough; here is one.
RUN npm ci --omit=dev --ignore-scripts && rm -rf node_modules/node-linux-* node_modules/.bin/node ~/.npm
COPY . .
# Volumes take their owner from here. Everything else is read only.
RUN mkdir -p /var/lib/vitrine/operator /var/lib/vitrine/work && chown -R node:node /var/lib/vitrine
USER node
# Names of engines are looked up by threads that pictures and files use too.
ENV VITRINE_HOST=0.0.0.0 VITRINE_DATA=/tmp/vitrine UV_THREADPOOL_SIZE=16
EXPOSE 8080
CMD ["node", "all-in-one/src/main.ts"]
