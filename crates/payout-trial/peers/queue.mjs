// Puts jobs into a queue on PostgreSQL, works them all off, and says on one line of JSON how long each
// took. A job does nothing: the queue alone is measured.
//
// node queue.mjs LIBRARY DATABASE COUNT, in the folder where the libraries are installed

import { createRequire } from "node:module";
import { randomUUID } from "node:crypto";

const require = createRequire(`${process.cwd()}/`);
const [library, database, counted] = process.argv.slice(2);
const count = Number(counted);

// As many jobs at a time as the service is asked for payouts.
const LANES = 64;

// Over so many connections each of them was quickest.
const CONNECTIONS = library === "pg-boss" ? 64 : 20;

// How many jobs one statement puts into the queue where that is possible.
const BATCH = 100;

const NAME = "payout";

/** As much as there is to say of a payout. */
function payload(number) {
  return {
    merchant_account_id: randomUUID(),
    amount_in_minor: 7,
    currency: "GBP",
    beneficiary: {
      type: "payment_source",
      user_id: randomUUID(),
      payment_source_id: randomUUID(),
      reference: `TRIAL ${number}`,
    },
    scheme_selection: { type: "instant_preferred" },
    metadata: { intention: String(number) },
  };
}

/** Calls `act` with every number below `end`, in many lanes side by side. */
async function inLanes(end, act) {
  let next = 0;
  const lane = async () => {
    while (next < end) await act(next++);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** How long something takes, in microseconds, and what this process takes of the processors for it. */
async function timed(act) {
  const cpu = process.cpuUsage();
  const begun = process.hrtime.bigint();
  await act();
  const us = Number((process.hrtime.bigint() - begun) / 1000n);
  const { user, system } = process.cpuUsage(cpu);
  return { us, cpu_us: user + system };
}

function ensure(holds, complaint) {
  if (!holds) throw new Error(`${library}: ${complaint}`);
}

/** graphile-worker, with `put` for how jobs get in. */
async function graphileWorker(put) {
  const { Logger, makeWorkerUtils, run } = require("graphile-worker");
  const { Pool } = require("pg");
  const pgPool = new Pool({ connectionString: database, max: CONNECTIONS });
  const logger = new Logger(() => (level, message) => {
    if (level === "error" || level === "warning") console.error(message);
  });
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  const enqueued = await timed(() => put(utils, pgPool));
  ensure((await left(pgPool)) === count, "not every job is in the queue");

  let done = 0;
  const processed = await timed(async () => {
    const { promise, resolve } = withResolvers();
    const taskList = {
      [NAME]: async () => {
        done += 1;
        if (done === count) resolve();
      },
    };
    const options = { pgPool, logger, taskList, concurrency: CONNECTIONS, noHandleSignals: true };
    const runner = await run({ ...options, parsedCronItems: [] });
    await promise;
    // What was done last is noted before it stops.
    await runner.stop();
  });
  ensure(done === count && (await left(pgPool)) === 0, `${done} of ${count} were done`);
  await utils.release();
  await pgPool.end();
  return { enqueued, processed };
}

async function left(pool) {
  const { rows } = await pool.query("SELECT count(*)::int AS jobs FROM graphile_worker.jobs");
  return rows[0].jobs;
}

function withResolvers() {
  let resolve;
  const promise = new Promise((it) => (resolve = it));
  return { promise, resolve };
}

const oneByOne = (utils) => inLanes(count, (number) => utils.addJob(NAME, payload(number)));

/** Many jobs with one statement. */
const inBatches = (_, pool) =>
  inLanes(Math.ceil(count / BATCH), async (batch) => {
    const numbers = Array.from({ length: BATCH }, (_, place) => batch * BATCH + place);
    const jobs = numbers.filter((number) => number < count).map((number) => payload(number));
    await pool.query(
      `SELECT FROM graphile_worker.add_jobs(ARRAY(
         SELECT json_populate_record(NULL::graphile_worker.job_spec,
             json_build_object('identifier', $1::text, 'payload', job))
         FROM json_array_elements($2::json) AS job))`,
      [NAME, JSON.stringify(jobs)],
    );
  });

/** pg-boss: each job sent, fetched and completed by statements of its own. */
async function pgBoss() {
  const PgBoss = require("pg-boss");
  const boss = new PgBoss({ connectionString: database, max: CONNECTIONS, schedule: false });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  await boss.createQueue(NAME);
  const enqueued = await timed(() =>
    inLanes(count, async (number) => ensure(await boss.send(NAME, payload(number)), "not sent")),
  );
  const processed = await timed(() =>
    inLanes(count, async () => {
      // It says that there is nothing also when another lane was quicker.
      let jobs = [];
      while (jobs.length === 0) jobs = await boss.fetch(NAME);
      const { affected } = await boss.complete(NAME, jobs[0].id);
      ensure(affected === 1, "not completed");
    }),
  );
  ensure((await boss.getQueueSize(NAME)) === 0, "not every job was done");
  await boss.stop({ graceful: false });
  return { enqueued, processed };
}

const libraries = {
  "graphile-worker": () => graphileWorker(oneByOne),
  "graphile-worker-batches": () => graphileWorker(inBatches),
  "pg-boss": pgBoss,
};
ensure(libraries[library] && count > 0, "usage: node queue.mjs LIBRARY DATABASE COUNT");
console.log(JSON.stringify({ count, ...(await libraries[library]()) }));
process.exit(0);
