// Kùzu or Ladybug, which have the same interface, on behalf of entente-bench:
//   node graph_peer.mjs PACKAGE version
//   node graph_peer.mjs PACKAGE run DB SCRIPT             statements, one a line
//   node graph_peer.mjs PACKAGE measure DB REQUEST        asks again and again, tells the times
//   node graph_peer.mjs PACKAGE answer DB REQUEST         asks once, prints the rows
// REQUEST is a JSON file: text, sets, threads, least_runs, most_runs, seconds, limit_seconds.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const [name, task, path, file] = process.argv.slice(2);
const require = createRequire(`${process.env.ENTENTE_BENCH_PEERS}/`);
const peer = require(name);

async function open(readOnly, threads) {
  const database = new peer.Database(path, 4 * 2 ** 30, true, readOnly);
  await database.init();
  const connection = new peer.Connection(database, threads);
  await connection.init();
  return { database, connection };
}

function cell(value) {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toFixed(4);
  return String(value);
}

async function ask(connection, statement, set, keep) {
  const result = await connection.execute(statement, set);
  const rows = await result.getAll();
  result.close();
  return keep ? rows.map((row) => Object.values(row).map(cell)) : rows.length;
}

const seconds = (begin) => Number(process.hrtime.bigint() - begin) / 1e9;

// Seconds of the smallest possible question.
async function callFloor(connection) {
  const statement = await connection.prepare('RETURN 1');
  const times = [];
  for (let i = 0; i < 200; ++i) {
    const begin = process.hrtime.bigint();
    await ask(connection, statement, {}, false);
    times.push(seconds(begin));
  }
  return times.sort((a, b) => a - b)[100];
}

async function measure(request) {
  const { database, connection } = await open(true, request.threads);
  connection.setQueryTimeout(request.limit_seconds * 1000);
  const floor = await callFloor(connection);
  const statement = await connection.prepare(request.text);
  if (!statement.isSuccess()) throw new Error(statement.getErrorMessage());
  const answers = [];
  for (const set of request.sets) answers.push(await ask(connection, statement, set, true));
  const times = [];
  const begin = process.hrtime.bigint();
  while (times.length < request.least_runs ||
         (times.length < request.most_runs && seconds(begin) < request.seconds)) {
    const run = process.hrtime.bigint();
    for (const set of request.sets) await ask(connection, statement, set, false);
    times.push(seconds(run) / request.sets.length);
  }
  console.log(JSON.stringify({ floor, seconds: times, answers }));
  await connection.close();
  await database.close();
}

if (task === 'version') {
  console.log(peer.VERSION);
} else if (task === 'run') {
  const { database, connection } = await open(false, 2);
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line.trim() !== '') (await connection.query(line)).close();
  }
  await connection.close();
  await database.close();
} else {
  const request = JSON.parse(readFileSync(file, 'utf8'));
  if (task === 'measure') {
    await measure(request);
  } else {
    const { database, connection } = await open(true, 1);
    const statement = await connection.prepare(request.text);
    const rows = await ask(connection, statement, request.sets[0], true);
    for (const row of rows) console.log(row.join('\t'));
    await connection.close();
    await database.close();
  }
}
