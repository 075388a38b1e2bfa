// Appends batches with emmett: FOLDER (whose node_modules holds it) and URL as arguments, then one line
// "SIZE APPENDS" a round on standard input; answers each with an empty line.
const { randomUUID } = require("node:crypto");
const { createInterface } = require("node:readline");

const [folder, url, sample] = process.argv.slice(2);
const path = require.resolve("@event-driven-io/emmett-postgresql", { paths: [folder] });
const { getPostgreSQLEventStore } = require(path);
const { type, data, metadata } = JSON.parse(sample);

async function main() {
  const store = getPostgreSQLEventStore(url);
  await store.schema.migrate();
  console.log();
  for await (const line of createInterface({ input: process.stdin })) {
    const [size, appends] = line.split(" ").map(Number);
    for (let turn = 0; turn < appends; turn += 1) {
      const events = Array.from({ length: size }, () => ({ type, data, metadata }));
      await store.appendToStream(`file-${randomUUID()}`, events);
    }
    console.log();
  }
  await store.close();
}

main();
