// Compares the result columns of queries (names, types, order) with those that
// Microsoft's binder finds over goshawk's own catalogue.
//
//   node columns.js GOSHAWK ORACLE QUERIES.jsonl [--all] [--list FILE]
//
// GOSHAWK is the binary, ORACLE a folder with kusto.js and the npm package that it
// loads, QUERIES lines of {"id","query","endpoint"}. Without --all only the endpoint
// queries count. --list writes the differences. Ends with 1 below 99% (95% with --all
// of queries that compile).
'use strict';
const fs = require('fs'), os = require('os'), path = require('path'), { execFileSync, spawnSync } = require('child_process');
const [, , goshawk, oracle, file, ...flags] = process.argv;
const all = flags.includes('--all');
const listing = flags.includes('--list') ? fs.createWriteStream(flags[flags.indexOf('--list') + 1]) : null;

const K = require(path.resolve(oracle, 'kusto.js')), { KL, Sym, list } = K;

// Functions from a table to a table that no KQL text defines.
const fn = (name, params, body) => new Sym.FunctionSymbol.$ctor16(name, params, body, '');
const functions = [
  fn('FileProfile', '(T:(*), x:string="SHA1", y:long=100)', '{ T | extend SHA1="", SHA256="", MD5="", FileSize=long(0), GlobalPrevalence=long(0), GlobalFirstSeen=datetime(null), GlobalLastSeen=datetime(null), Signer="", Issuer="", SignerHash="", IsCertificateValid=false, IsRootSignerMicrosoft=false, SignatureState="", IsExecutable=false, ThreatName="", Publisher="", SoftwareName="", ProfileAvailability="" }'),
  fn('SeenBy', '(T:(*))', '{ T | extend SeenBy=dynamic(null) }'),
];

// What only runs with a case is told to the binder as goshawk reads it.
const unquoted = /(invoke\s+FileProfile\(\s*)([A-Za-z_]\w*)(\s*[,)])/gi;

function globals() {
  const text = execFileSync(goshawk, ['schema', '--format', 'json'], { maxBuffer: 1 << 28 }).toString();
  const members = JSON.parse(text).tables.map(t => K.table(t.name, Object.fromEntries(t.columns.map(c => [c.name, c.type]))));
  const db = new Sym.DatabaseSymbol.ctor('db', [...members, ...functions]);
  return KL.GlobalState.Default.WithDatabase(db);
}

function run(queries) {
  const batch = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'columns-')), 'queries.jsonl');
  fs.writeFileSync(batch, queries.map(q => JSON.stringify({ id: q.id, query: q.query }) + '\n').join(''));
  const out = spawnSync(goshawk, ['query', '--batch', batch, '--format', 'json'], { maxBuffer: 1 << 30 });
  fs.rmSync(path.dirname(batch), { recursive: true });
  const answers = new Map();
  for (const line of out.stdout.toString().split('\n')) if (line) { const a = JSON.parse(line); answers.set(a.id, a); }
  return answers;
}

const queries = fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).map(l => JSON.parse(l)).filter(q => all || q.endpoint);
const g = globals(), answers = run(queries);
const n = { ran: 0, binds: 0, bindsRan: 0, typed: 0, equal: 0 };
for (const q of queries) {
  const a = answers.get(q.id) || { error: { message: 'no answer' } };
  if (!a.error) n.ran++;
  let code;
  try { code = KL.KustoCode.ParseAndAnalyze(q.query.replace(unquoted, '$1"$2"$3'), g); } catch { continue; }
  if (K.diags(code.GetDiagnostics()).some(d => d.sev === 'Error')) continue;
  n.binds++;
  if (!a.error) n.bindsRan++;
  else if (listing) listing.write(JSON.stringify({ id: q.id, error: a.error.message, query: q.query }) + '\n');
  const t = code.ResultType;
  if (a.error || !t || !t.Columns || t.IsOpen) continue;
  const want = list(t.Columns).map(c => [c.Name, c.Type ? c.Type.Name : 'unknown']);
  if (want.some(c => c[1] === 'unknown')) continue;
  n.typed++;
  const have = a.columns.map(c => [c.name, c.type]);
  if (JSON.stringify(want) === JSON.stringify(have)) n.equal++;
  else if (listing) listing.write(JSON.stringify({ id: q.id, want, have, query: q.query }) + '\n');
}
const share = (a, b) => `${a}/${b} (${(100 * a / Math.max(b, 1)).toFixed(1)}%)`;
console.log(`${share(n.ran, queries.length)} run; of those that Microsoft's binder accepts ${share(n.bindsRan, n.binds)}; columns equal ${share(n.equal, n.typed)} of those that it types`);
process.exitCode = n.equal / n.typed >= 0.99 && n.bindsRan / n.binds >= 0.99 ? 0 : 1;
