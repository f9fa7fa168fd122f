// Validates the documents of a bus: OpenAPI by the official schema, AsyncAPI by its own parser.
// usage: node documents.mjs BASE [TOKEN]
import { Validator } from '@seriousme/openapi-schema-validator';
import { Parser } from '@asyncapi/parser';

const [base, token] = process.argv.slice(2);
const headers = token ? { Authorization: `Bearer ${token}` } : {};

async function text(path) {
  const answer = await fetch(base + path, { headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.text();
}

const problems = [];
for (const path of ['/api/swagger-json', '/api/swagger-yaml']) {
  const validator = new Validator();
  const document = await text(path);
  const result = await validator.validate(path.endsWith('json') ? JSON.parse(document) : document);
  if (!result.valid) problems.push(`${path}: ${JSON.stringify(result.errors)}`);
  if (validator.version !== '3.1') problems.push(`${path}: OpenAPI ${validator.version}`);
}

let operations = 0;
for (const path of ['/api/async-json', '/api/async-yaml']) {
  const { document, diagnostics } = await new Parser().parse(await text(path));
  const errors = diagnostics.filter((each) => each.severity === 0);
  if (errors.length > 0) problems.push(`${path}: ${JSON.stringify(errors)}`);
  operations = document ? document.operations().all().length : 0;
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`ok ${operations} operations`);
