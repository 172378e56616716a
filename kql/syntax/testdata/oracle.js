// Answers for each line {"id","query"} of standard input whether Microsoft's
// parser accepts the query: {"id","ok","message"}. NODE_PATH must lead to
// @kusto/language-service-next.
const base = '@kusto/language-service-next/';
require(base + 'bridge.min.js');
require(base + 'Kusto.Language.Bridge.min.js');
const out = [];
for (const line of require('fs').readFileSync(0, 'utf8').split('\n')) {
  if (!line) continue;
  const { id, query } = JSON.parse(line);
  const list = Kusto.Language.KustoCode.Parse(query).GetDiagnostics();
  let message = '';
  for (let i = 0; i < list.Count; i++) {
    const d = list.getItem(i);
    if (d.Severity === 'Error' && !message) message = d.Message + ' @' + d.Start;
  }
  out.push(JSON.stringify({ id, ok: message === '', message }));
}
console.log(out.join('\n'));
